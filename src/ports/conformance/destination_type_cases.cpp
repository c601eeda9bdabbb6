#include "ports/conformance/destination_type_suite.hpp"

#include <set>

namespace outpost::ports::conformance {
namespace {

using model::AttemptStatus;

TEST_P(DestinationTypeSuite, DescribesItsFields) {  // destinations.md §1.2
    const model::DestinationType& type = it().provider().type();
    const model::Destination good = it().good();
    EXPECT_EQ(type.type, good.type);
    EXPECT_FALSE(type.label.empty());
    EXPECT_TRUE(type.icon.starts_with("<svg"));
    for (const auto* fields : {&type.config_fields, &type.credential_fields}) {
        for (const model::TypeField& field : *fields) {
            EXPECT_FALSE(field.label.empty()) << field.key;
            EXPECT_FALSE(field.description.empty()) << field.key;
        }
    }
}

TEST_P(DestinationTypeSuite, AcceptsAGoodDestinationAndMissesWhatItRequires) {  // §1.5
    const model::DestinationType& type = it().provider().type();
    const model::Destination good = it().good();
    EXPECT_TRUE(model::check_fields(type, good.config, good.credentials).empty());
    EXPECT_TRUE(it().provider().validate(good).has_value());
    for (const model::TypeField& field : type.config_fields) {
        if (!field.required) continue;
        model::StringMap config = good.config;
        config.erase(field.key);
        const auto problems = model::check_fields(type, config, good.credentials);
        ASSERT_EQ(problems.size(), 1u) << field.key;
        EXPECT_EQ(problems[0], (std::pair<std::string, std::string>{"config." + field.key, "required"}));
    }
}

TEST_P(DestinationTypeSuite, ShowsATargetAndNoSecret) {  // §1.7
    const model::Destination good = it().good();
    EXPECT_FALSE(it().provider().target(good).text.empty());
    const model::Destination shown = it().provider().display(good, kAttemptTime);
    for (const std::string& secret : secrets(good, it().provider().type()))
        for (const auto& [key, value] : shown.credentials) EXPECT_NE(value, secret) << key;
}

TEST_P(DestinationTypeSuite, DoesNotOpenWhatCannotWork) {  // §1.10
    auto stored = std::make_shared<model::StoredDestination>();
    stored->destination.type = it().good().type;
    const auto opened = it().provider().open(stored);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code(), Errc::invalid);
}

TEST_P(DestinationTypeSuite, DeliversDataAndMetadata) {  // §1.8, decision B1
    model::Destination good = it().good();
    good.delivery_metadata = {{"team", "billing"}, {"region", "overridden"}};
    const auto answer = send(open(good), event());
    EXPECT_EQ(text(answer), it().code_of_success());
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, AttemptStatus::success);
    ASSERT_EQ(it().arrived().size(), 1u);
    const Arrived arrived = it().arrived()[0];
    EXPECT_EQ(arrived.data, event().data.view());
    const model::StringMap expected = {
        {"event-id", "evt_123"}, {"topic", "orders"}, {"timestamp", "2024-06-01T08:23:36Z"},
        {"source", "a<b&c"},     {"region", "eu"},    {"team", "billing"}};
    for (const auto& [key, value] : expected) {
        ASSERT_TRUE(arrived.metadata.contains(key)) << key;
        EXPECT_EQ(arrived.metadata.at(key), value) << key;
    }
}

TEST_P(DestinationTypeSuite, LetsNoEventReplaceItsIdOrTime) {  // decision B19
    model::Event forged = event();
    forged.metadata = {{"event-id", "evt_other"}, {"timestamp", "1970-01-01T00:00:00Z"}};
    EXPECT_EQ(text(send(open(it().good()), forged)), it().code_of_success());
    ASSERT_EQ(it().arrived().size(), 1u);
    EXPECT_EQ(it().arrived()[0].metadata["event-id"], "evt_123");
    EXPECT_EQ(it().arrived()[0].metadata["timestamp"], "2024-06-01T08:23:36Z");
}

TEST_P(DestinationTypeSuite, DeliversTenAtOnceEachOnce) {
    constexpr std::size_t count = 10;
    const auto publisher = open(it().good());
    std::vector<std::shared_ptr<Sending>> sends;
    for (std::size_t i = 0; i < count; ++i) sends.push_back(start(publisher, event(fmt::format("evt_{}", i))));
    for (const auto& sending : sends) EXPECT_EQ(text(await(sending)), it().code_of_success());
    std::set<std::string> ids;
    for (Arrived& arrived : it().arrived()) ids.insert(arrived.metadata["event-id"]);
    EXPECT_EQ(ids.size(), count);
    EXPECT_EQ(it().arrived().size(), count);
}

TEST_P(DestinationTypeSuite, FinishesWhatRunsWhenItsOwnerLetsGo) {
    auto publisher = open(it().good());
    std::vector<std::shared_ptr<Sending>> sends;
    for (int i = 0; i < 3; ++i) sends.push_back(start(publisher, event(fmt::format("evt_{}", i))));
    it().io().restart();
    it().io().poll_one();
    publisher.reset();
    for (const auto& sending : sends) EXPECT_EQ(text(await(sending)), it().code_of_success());
    EXPECT_EQ(it().arrived().size(), 3u);
}

TEST_P(DestinationTypeSuite, UsesItsConnectionAgain) {
    const auto publisher = open(it().good());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(text(send(publisher, event())), it().code_of_success());
    EXPECT_EQ(it().connections(), 1u);
}

TEST_P(DestinationTypeSuite, EndsAtTheDeadline) {
    const auto destination = it().cause(Trouble::silent);
    ASSERT_TRUE(destination.has_value());
    const auto answer = send(open(*destination), event(), 30ms);
    EXPECT_EQ(text(answer), it().code_of(Trouble::silent));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, AttemptStatus::failed);
    EXPECT_TRUE(answer->unreachable || answer->code == "timeout");
}

TEST_P(DestinationTypeSuite, IsNoAttemptWhenCancelledAndWorksAfterwards) {
    const auto destination = it().cause(Trouble::silent);
    ASSERT_TRUE(destination.has_value());
    const auto publisher = open(*destination);
    const auto sending = start(publisher, event());
    it().io().restart();
    while (it().connections() == 0) it().io().run_one();
    sending->cancel.emit(boost::asio::cancellation_type::terminal);
    const auto answer = await(sending);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code(), Errc::cancelled);
    it().recover();
    EXPECT_EQ(text(send(publisher, event("evt_after"))), it().code_of_success());
}

TEST_P(DestinationTypeSuite, OpensNoConnectionToAForbiddenAddress) {  // §15.4 rule 13, decision B20
    const auto destination = it().cause(Trouble::blocked_address);
    if (!destination) GTEST_SKIP() << "the type has no address to choose";
    EXPECT_FALSE(it().provider().validate(*destination).has_value());
    const auto answer = send(open(*destination), event());
    EXPECT_EQ(text(answer), "blocked_address");
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->response_data, "");
}

TEST_P(DestinationTypeSuite, FailsWithoutASecretInItsWordsWhenItsCredentialsAreWrong) {
    const auto destination = it().cause(Trouble::wrong_credentials);
    if (!destination) GTEST_SKIP() << "the far end asks for no credentials";
    const auto answer = send(open(*destination), event());
    EXPECT_EQ(text(answer), it().code_of(Trouble::wrong_credentials));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, AttemptStatus::failed);
    for (const std::string& secret : secrets(*destination, it().provider().type()))
        EXPECT_FALSE(answer->response_data.contains(secret));
    EXPECT_TRUE(it().arrived().empty());
}

TEST_P(DestinationTypeSuite, FailsWhenWhatItSendsToIsNotThere) {
    const auto destination = it().cause(Trouble::missing_target);
    ASSERT_TRUE(destination.has_value());
    const auto answer = send(open(*destination), event());
    EXPECT_EQ(text(answer), it().code_of(Trouble::missing_target));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, AttemptStatus::failed);
    EXPECT_TRUE(it().arrived().empty());
}

TEST_P(DestinationTypeSuite, FailsForAnEventThatIsTooLargeAndWorksForTheNext) {
    const auto destination = it().cause(Trouble::oversize);
    ASSERT_TRUE(destination.has_value());
    const auto publisher = open(*destination);
    model::Event large = event();
    large.data = Bytes(R"({"text":")" + std::string(1'200'000, 'x') + "\"}");
    const auto answer = send(publisher, std::move(large));
    EXPECT_EQ(text(answer), it().code_of(Trouble::oversize));
    EXPECT_TRUE(it().arrived().empty());
    EXPECT_EQ(text(send(publisher, event())), it().code_of_success());
}

TEST_P(DestinationTypeSuite, FailsWhileTheFarEndIsGoneAndWorksWhenItIsBack) {
    const auto publisher = open(it().good());
    EXPECT_EQ(text(send(publisher, event("evt_before"))), it().code_of_success());
    ASSERT_TRUE(it().cause(Trouble::gone).has_value());
    const auto answer = send(publisher, event("evt_lost"));
    EXPECT_EQ(text(answer), it().code_of(Trouble::gone));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, AttemptStatus::failed);
    it().recover();
    EXPECT_EQ(text(send(publisher, event("evt_after"))), it().code_of_success());
    EXPECT_EQ(it().arrived().size(), 2u);
}

}  // namespace

void link_destination_type_cases() {}

}  // namespace outpost::ports::conformance
