// destinations.md §4.1, §4.2
#include "destinations/hookdeck/testing/source_far_end.hpp"

namespace outpost::hookdeck {
namespace {

using Verified = std::expected<model::Destination, ports::Rejection>;

class HookdeckProviderTest : public testing::Test {
protected:
    Verified verify(model::Destination destination, std::optional<model::Destination> stored = {}) {
        return far_end_.wire().run(far_end_.provider().verify(std::move(destination), std::move(stored), Deadline()));
    }
    static std::string rule(const ports::Rejection& rejection) {
        if (rejection.problems.size() != 1) return rejection.text;
        EXPECT_EQ(rejection.problems[0].field, "credentials.token");
        return rejection.problems[0].rule;
    }
    std::size_t asked() { return far_end_.wire().service.requests.size(); }

    SourceFarEnd far_end_;
};

TEST_F(HookdeckProviderTest, RefusesATokenThatIsNone) {
    model::Destination destination = SourceFarEnd::with_token("no colon");
    EXPECT_EQ(rule(far_end_.provider().validate(destination).error()), "invalid_token_format");
    EXPECT_EQ(rule(far_end_.provider().preprocess(destination, {}).error()), "invalid_token_format");
    destination.credentials.clear();
    EXPECT_EQ(rule(far_end_.provider().preprocess(destination, {}).error()), "token_required");
}

TEST_F(HookdeckProviderTest, LearnsTheNameOfTheSourceFromHookdeck) {
    model::Destination destination = far_end_.good();
    destination.config = {{"source_name", "mine"}, {"source_id", "mine"}};
    const Verified verified = verify(destination);
    ASSERT_TRUE(verified.has_value());
    EXPECT_EQ(verified->config, (model::StringMap{{"source_id", "src_1"}, {"source_name", "orders"}}));
    const ports::Target target = far_end_.provider().target(*verified);
    EXPECT_EQ(target.text, "orders");
    EXPECT_EQ(target.url, "https://dashboard.hookdeck.com/sources/src_1");
}

TEST_F(HookdeckProviderTest, RefusesATokenThatHookdeckDoesNotKnow) {
    EXPECT_EQ(rule(verify(SourceFarEnd::with_token("src_1:wrong")).error()), "token_verification_failed");
    EXPECT_EQ(rule(verify(SourceFarEnd::with_token("src_2:secret")).error()), "token_verification_failed");
    far_end_.cause(ports::conformance::Trouble::gone);
    EXPECT_EQ(rule(verify(far_end_.good()).error()), "token_verification_failed");
}

TEST_F(HookdeckProviderTest, DoesNotAskAgainForTheTokenThatIsStored) {
    EXPECT_TRUE(verify(far_end_.good(), far_end_.good()).has_value());
    EXPECT_EQ(asked(), 0u);
    EXPECT_TRUE(verify(far_end_.good(), SourceFarEnd::with_token("src_0:old")).has_value());
    EXPECT_EQ(asked(), 1u);
}

TEST_F(HookdeckProviderTest, AsksNobodyWhenTheOperatorSaysSo) {
    far_end_.settings().hookdeck_verify = false;
    const Verified verified = verify(far_end_.good());
    ASSERT_TRUE(verified.has_value());
    EXPECT_EQ(verified->config, (model::StringMap{{"source_id", "src_1"}}));
    EXPECT_EQ(asked(), 0u);
}

TEST_F(HookdeckProviderTest, ShowsWhereItSendsTo) {
    model::Destination destination = far_end_.good();
    EXPECT_EQ(far_end_.provider().target(destination).text, "Hookdeck source ID: src_1");
    destination.credentials = {{"token", "?"}};
    EXPECT_EQ(far_end_.provider().target(destination).text, "Hookdeck (invalid token)");
    destination.credentials.clear();
    EXPECT_EQ(far_end_.provider().target(destination).text, "Hookdeck (no token)");
    EXPECT_EQ(far_end_.provider().target(destination).url, "");
}

TEST_F(HookdeckProviderTest, OffersALinkToMakeAToken) {
    ASSERT_TRUE(far_end_.provider().type().setup_link.has_value());
    EXPECT_EQ(far_end_.provider().type().setup_link->href, "https://dashboard.hookdeck.com/connect");
}

}  // namespace
}  // namespace outpost::hookdeck
