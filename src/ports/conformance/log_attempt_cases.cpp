// Attempts by id and by filter (storage.md §15.4, §8.4; decision A8).
#include "ports/conformance/log_reader_suite.hpp"

namespace outpost::ports::conformance {

using Ids = std::vector<std::string>;
using enum model::AttemptStatus;

void link_log_attempt_cases() {}

TEST_P(LogReaderSuite, FindsAnAttemptWithAllItsMembers) {
    const Accepted accepted = publish({.id = EventId("e1"), .topic = "user.deleted"}, {destination("d1")});
    attempt({accepted.event, destination("d1")},
            {.id = "a1",
             .time = now() + 5ms,
             .status = failed,
             .type = "aws_sqs",
             .code = "timeout",
             .trace = R"({"request":{"method":"POST"}})"},
            true);
    const TimePoint due = now();
    const auto found = find_attempt("t1", "a1");
    ASSERT_TRUE(found.has_value()) << found.error().describe();
    EXPECT_EQ(found->attempt.id.value, "a1");
    EXPECT_EQ(found->attempt.number, 1U);
    EXPECT_FALSE(found->attempt.manual);
    EXPECT_EQ(found->attempt.status, failed);
    EXPECT_EQ(found->attempt.time, now() + 5ms);
    EXPECT_EQ(found->attempt.duration, Milliseconds(7));
    EXPECT_EQ(found->attempt.code, "timeout");
    EXPECT_EQ(found->attempt.response_data, R"({"status":200})");
    EXPECT_EQ(found->attempt.destination_type, "aws_sqs");
    EXPECT_EQ(found->attempt.trace, R"({"request":{"method":"POST"}})");
    EXPECT_EQ(found->next_due, due);
    EXPECT_EQ(found->event_ref, accepted.event);
    EXPECT_EQ(found->tenant_id.value, "t1");
    EXPECT_EQ(found->event_id.value, "e1");
    EXPECT_EQ(found->destination_id.value, "d1");
    EXPECT_EQ(found->topic, "user.deleted");
    EXPECT_EQ(found->event, nullptr);
}

TEST_P(LogReaderSuite, BringsTheEventOfAnAttemptWhenAsked) {
    const Accepted accepted = publish({.id = EventId("e1")}, {destination("d1")});
    attempt({accepted.event, destination("d1")}, {.id = "a1", .time = now()});
    const auto found = find_attempt("t1", "a1", true);
    ASSERT_TRUE(found.has_value());
    ASSERT_NE(found->event, nullptr);
    EXPECT_EQ(found->event->id.value, "e1");
    EXPECT_EQ(found->event->data.view(), an_event({.id = EventId("e1")}, {})->data.view());
    AttemptQuery query{.tenants = {TenantId("t1")}};
    EXPECT_EQ(attempts(query).attempts.at(0).event, nullptr);
    query.with_event = true;
    const AttemptPage page = attempts(query);
    ASSERT_EQ(page.attempts.size(), 1U);
    ASSERT_NE(page.attempts[0].event, nullptr);
    EXPECT_EQ(page.attempts[0].event->id.value, "e1");
}

TEST_P(LogReaderSuite, FindsAnAttemptOnlyUnderItsTenant) {
    population().tenant(TenantId("t2"));
    const Accepted accepted = publish({.id = EventId("e1")}, {destination("d1")});
    attempt({accepted.event, destination("d1")}, {.id = "a1", .time = now()});
    EXPECT_TRUE(find_attempt(std::nullopt, "a1").has_value());
    EXPECT_EQ(find_attempt("t2", "a1").error().code(), Errc::not_found);
    EXPECT_EQ(find_attempt("t1", "a2").error().code(), Errc::not_found);
    EXPECT_EQ(find_attempt("t1", "e1").error().code(), Errc::not_found);
}

TEST_P(LogReaderSuite, ShowsAnAttemptAsSoonAsItIsSettled) {
    if (!it().reads_its_writes()) GTEST_SKIP() << "this log is late on purpose (decision A8, brokered)";
    const Accepted accepted = publish({.id = EventId("e1")}, {destination("d1")});
    attempt({accepted.event, destination("d1")}, {.id = "a1", .time = now()});
    const auto found =
        it().await(it().log().find_attempt(TenantId("t1"), AttemptId("a1"), false, Deadline::never()), 1);
    EXPECT_TRUE(found.has_value());
    const auto page = it().await(it().log().list_attempts({.events = {EventId("e1")}}, Deadline::never()), 1);
    ASSERT_TRUE(page.has_value());
    EXPECT_EQ(page->attempts.size(), 1U);
}

TEST_P(LogReaderSuite, ListsEveryAttemptOfADelivery) {
    const Accepted accepted = publish({.id = EventId("e1")}, {destination("d1"), destination("d2")});
    const model::DeliveryKey first{accepted.event, destination("d1")};
    attempt(first, {.id = "a1", .time = now(), .status = failed}, true);
    attempt(first, {.id = "a2", .time = now() + 1s, .status = failed}, true);
    attempt(first, {.id = "a3", .time = now() + 2s});
    attempt({accepted.event, destination("d2")}, {.id = "b1", .time = now() + 500ms});
    EXPECT_EQ(attempt_ids({.events = {EventId("e1")}}), (Ids{"a1", "b1", "a2", "a3"}));
    EXPECT_EQ(attempt_ids({.events = {EventId("e1")}, .destinations = {DestinationId("d1")}}), (Ids{"a1", "a2", "a3"}));
    EXPECT_EQ(find_attempt("t1", "a3")->attempt.number, 3U);
    EXPECT_EQ(find_attempt("t1", "b1")->attempt.number, 1U);
    EXPECT_EQ(event_ids({}), (Ids{"e1"}));  // one row for the event
}

TEST_P(LogReaderSuite, FiltersAttempts) {
    const Accepted e1 = publish({.id = EventId("e1"), .topic = "user.created"}, {destination("d1")});
    const Accepted e2 = publish({.id = EventId("e2"), .topic = "user.deleted"}, {destination("d1"), destination("d2")});
    attempt({e1.event, destination("d1")}, {.id = "a1", .time = now(), .status = success, .type = "webhook"});
    attempt({e2.event, destination("d1")}, {.id = "a2", .time = now() + 1s, .status = failed, .type = "webhook"});
    attempt({e2.event, destination("d2")}, {.id = "a3", .time = now() + 2s, .status = failed, .type = "kafka"});
    EXPECT_EQ(attempt_ids({}), (Ids{"a1", "a2", "a3"}));
    EXPECT_EQ(attempt_ids({.destinations = {DestinationId("d2")}}), (Ids{"a3"}));
    EXPECT_EQ(attempt_ids({.destinations = {DestinationId("d1"), DestinationId("d2")}}), (Ids{"a1", "a2", "a3"}));
    EXPECT_EQ(attempt_ids({.destinations = {DestinationId("unknown")}}), Ids{});
    EXPECT_EQ(attempt_ids({.destination_types = {"kafka"}}), (Ids{"a3"}));
    EXPECT_EQ(attempt_ids({.destination_types = {"webhook", "kafka"}}), (Ids{"a1", "a2", "a3"}));
    EXPECT_EQ(attempt_ids({.destination_types = {"carrier pigeon"}}), Ids{});
    EXPECT_EQ(attempt_ids({.topics = {"user.deleted"}}), (Ids{"a2", "a3"}));
    EXPECT_EQ(attempt_ids({.topics = {"unknown"}}), Ids{});
    EXPECT_EQ(attempt_ids({.status = "success"}), (Ids{"a1"}));
    EXPECT_EQ(attempt_ids({.status = "failed"}), (Ids{"a2", "a3"}));
    EXPECT_EQ(attempt_ids({.status = "sideways"}), Ids{});  // compared as text
    EXPECT_EQ(attempt_ids({.events = {EventId("e2")}, .destination_types = {"webhook"}, .status = "failed"}),
              (Ids{"a2"}));
    EXPECT_EQ(attempt_ids({.events = {EventId("e1"), EventId("unknown")}}), (Ids{"a1"}));
}

TEST_P(LogReaderSuite, IsolatesTheAttemptsOfTenants) {
    const Accepted of_t1 = publish({.id = EventId("same"), .tenant_id = TenantId("t1")}, {destination("d", "t1")});
    const Accepted of_t2 = publish({.id = EventId("same"), .tenant_id = TenantId("t2")}, {destination("d", "t2")});
    attempt({of_t1.event, destination("d", "t1")}, {.id = "a1", .time = now()});
    attempt({of_t2.event, destination("d", "t2")}, {.id = "a2", .time = now() + 1s});
    EXPECT_EQ(attempt_ids({.tenants = {TenantId("t1")}}), (Ids{"a1"}));
    EXPECT_EQ(attempt_ids({.tenants = {TenantId("t2")}, .destinations = {DestinationId("d")}}), (Ids{"a2"}));
    EXPECT_EQ(attempt_ids({.tenants = {TenantId("t2")}, .events = {EventId("same")}}), (Ids{"a2"}));
    EXPECT_EQ(attempt_ids({.tenants = {TenantId("t1"), TenantId("t2")}}), (Ids{"a1", "a2"}));
    EXPECT_EQ(attempt_ids({.destinations = {DestinationId("d")}}), (Ids{"a1", "a2"}));
    EXPECT_EQ(attempt_ids({.tenants = {TenantId("nobody")}}), Ids{});
    EXPECT_EQ(find_attempt("t2", "a2")->tenant_id.value, "t2");
}

TEST_P(LogReaderSuite, FindsAttemptsOfADestinationsEveryIncarnation) {
    const auto old_key = destination("d1");
    const Accepted before = publish({.id = EventId("before")}, {old_key});
    attempt({before.event, old_key}, {.id = "a1", .time = now()});
    const auto new_key = population().recreate(DestinationId("d1"));
    const Accepted after = publish({.id = EventId("after")}, {new_key});
    attempt({after.event, new_key}, {.id = "a2", .time = now() + 1s});
    EXPECT_EQ(attempt_ids({.destinations = {DestinationId("d1")}}), (Ids{"a1", "a2"}));
}

TEST_P(LogReaderSuite, BoundsAttemptTimesNotEventTimes) {
    const Accepted old_event = publish({.id = EventId("old"), .time = now() - 48h}, {destination("d1")});
    const Accepted new_event = publish({.id = EventId("new"), .time = now()}, {destination("d1")});
    attempt({old_event.event, destination("d1")}, {.id = "late", .time = now() + 2s});
    attempt({new_event.event, destination("d1")}, {.id = "early", .time = now() + 1s});
    EXPECT_EQ(attempt_ids({}), (Ids{"early", "late"}));
    EXPECT_EQ(attempt_ids({.time = {.at_or_after = now() + 2s}}), (Ids{"late"}));
    EXPECT_EQ(attempt_ids({.time = {.after = now() + 1s, .at_or_before = now() + 2s}}), (Ids{"late"}));
    EXPECT_EQ(attempt_ids({.time = {.before = now() + 2s}}), (Ids{"early"}));
    EXPECT_EQ(attempt_ids({.time = {.after = now() + 2s}}), Ids{});
}

TEST_P(LogReaderSuite, ShowsTheAttemptsOfAManualRetry) {
    const Accepted accepted = publish({.id = EventId("e1")}, {destination("d1")});
    const model::DeliveryKey key{accepted.event, destination("d1")};
    attempt(key, {.id = "a1", .time = now()});
    std::vector<Decision> decisions{
        {.key = key, .kind = DecisionKind::redeliver, .time = now(), .reason = "requested"}};
    const auto decided = it().await(it().ledger().decide(std::move(decisions), Deadline::never()),
                                    it().shards().owner_of(key.destination.destination));
    ASSERT_TRUE(decided.has_value());
    attempt(key, {.id = "a2", .time = now() + 1s});
    const auto found = find_attempt("t1", "a2");
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->attempt.manual);
    EXPECT_EQ(found->attempt.number, 2U);
    EXPECT_EQ(attempt_ids({.events = {EventId("e1")}}), (Ids{"a1", "a2"}));
}

}  // namespace outpost::ports::conformance
