#include "pipeline/deliver/publishers.hpp"

#include "pipeline/testing/stage_fixture.hpp"
#include "ports/fakes/scripted_destination.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

class PublishersTest : public ::testing::Test {
protected:
    static std::shared_ptr<const model::StoredDestination> a_destination(std::uint32_t number,
                                                                         std::uint64_t version = 1,
                                                                         std::uint32_t incarnation = 0,
                                                                         std::string type = "scripted") {
        auto stored = std::make_shared<model::StoredDestination>();
        stored->destination.type = std::move(type);
        stored->key = {.tenant = 1, .destination = number, .incarnation = incarnation};
        stored->version = version;
        return stored;
    }

    Result<model::Outcome> send() {
        model::Delivery delivery{.event = std::make_shared<const model::Event>()};
        const TimePoint now = stage_.clock().now();
        return stage_.await(publishers_.send(std::move(delivery), a_destination(1), now, Deadline::never()));
    }

    testing::Stage stage_;
    ports::fakes::DestinationScript script_;
    ports::fakes::ScriptedDestination provider_{script_, stage_.clock()};
    Publishers publishers_{{{"scripted", &provider_}}};
};

TEST_F(PublishersTest, OpensOneAVersion) {  // decision B9
    const auto first = publishers_.get(a_destination(1));
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(*publishers_.get(a_destination(1)), *first);
    EXPECT_EQ(provider_.opened(), 1U);
    const auto newer = publishers_.get(a_destination(1, 2));
    EXPECT_NE(*newer, *first);
    EXPECT_EQ(*publishers_.get(a_destination(1, 2)), *newer);
    EXPECT_EQ(provider_.opened(), 2U);
    EXPECT_EQ(first->use_count(), 1) << "the old one is kept open by the sends that use it, and by nothing else";
}

TEST_F(PublishersTest, ADestinationCreatedAnewIsAnother) {
    const auto first = publishers_.get(a_destination(1, 1, 0));
    EXPECT_NE(*publishers_.get(a_destination(1, 1, 1)), *first);
}

TEST_F(PublishersTest, TellsThatATypeIsNotInThisBuild) {
    const auto missing = publishers_.get(a_destination(1, 1, 0, "carrier_pigeon"));
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code(), Errc::not_found);
}

TEST_F(PublishersTest, AConfigurationThatCantWorkIsTriedAgainWithTheNextSend) {
    provider_.refuse_to_open("config.url: invalid");
    EXPECT_FALSE(publishers_.get(a_destination(1)).has_value());
    provider_.refuse_to_open("");
    EXPECT_TRUE(publishers_.get(a_destination(1)).has_value());
}

TEST_F(PublishersTest, MakesAnOutcomeOfWhateverADestinationDoes) {  // decisions B11, B12
    using ports::fakes::Reply;
    EXPECT_EQ(send()->code, "200");
    script_.next(Reply::failure("503"));
    EXPECT_EQ(send()->code, "503");
    script_.next(Reply::exception("a bug"));
    EXPECT_EQ(send()->code, "internal_error");
    script_.next(Reply::our_fault());
    EXPECT_EQ(send().error().code(), Errc::unavailable) << "no attempt was made";
}

TEST_F(PublishersTest, OneThatCantBeOpenedFailsTheAttempt) {  // destinations.md §1.10
    provider_.refuse_to_open("config.url: invalid");
    const auto outcome = send();
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->code, "ERR");
    EXPECT_EQ(outcome->response_data, R"({"error":"failed to create publisher: validation failed"})");
}

TEST_F(PublishersTest, ClosesTheLeastRecentlyUsedBeyondItsBound) {
    const auto oldest = publishers_.get(a_destination(0));
    const auto used_again = publishers_.get(a_destination(1));
    for (std::uint32_t number = 2; number < kPublishersMax; ++number) (void)publishers_.get(a_destination(number));
    EXPECT_EQ(*publishers_.get(a_destination(1)), *used_again);
    (void)publishers_.get(a_destination(kPublishersMax));
    EXPECT_EQ(oldest->use_count(), 1);
    EXPECT_EQ(*publishers_.get(a_destination(1)), *used_again);
    const std::size_t opened = provider_.opened();
    EXPECT_TRUE(publishers_.get(a_destination(0)).has_value());
    EXPECT_EQ(provider_.opened(), opened + 1);
}

}  // namespace
}  // namespace outpost::pipeline
