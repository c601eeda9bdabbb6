// Events by id and by filter (storage.md §15.4, §8.4; decisions A7, A8).
#include "ports/conformance/log_reader_suite.hpp"

namespace outpost::ports::conformance {

using Ids = std::vector<std::string>;

void link_log_event_cases() {}

TEST_P(LogReaderSuite, FindsAnEventWithAllItsMembers) {
    Acceptance acceptance =
        population().acceptance({.id = EventId("e1"), .time = now() - 3h}, {destination("d2"), destination("d1")});
    const model::EventPtr published = acceptance.event;
    const Accepted accepted = publish_all({std::move(acceptance)}).at(0);
    const auto found = find_event("t1", "e1");
    ASSERT_TRUE(found.has_value()) << found.error().describe();
    EXPECT_EQ(found->ref, accepted.event);
    EXPECT_EQ(found->event->id, published->id);
    EXPECT_EQ(found->event->tenant_id, published->tenant_id);
    EXPECT_EQ(found->event->topic, published->topic);
    EXPECT_EQ(found->event->time, published->time);
    EXPECT_EQ(found->event->received, published->received);
    EXPECT_EQ(found->event->eligible_for_retry, published->eligible_for_retry);
    EXPECT_EQ(found->event->metadata, published->metadata);
    EXPECT_EQ(found->event->data.view(), published->data.view());  // byte for byte
    EXPECT_EQ(found->matched, (std::vector{destination("d2"), destination("d1")}));
    EXPECT_EQ(found->matched_destination_ids, (std::vector{DestinationId("d2"), DestinationId("d1")}));
}

TEST_P(LogReaderSuite, KeepsAnEventWithoutTopicMetadataAndRetries) {
    Acceptance acceptance = population().acceptance({.id = EventId("bare")}, {});
    model::Event bare = *acceptance.event;
    bare.topic.clear();
    bare.metadata.clear();
    bare.eligible_for_retry = false;
    bare.data = Bytes("{}");
    acceptance.event = std::make_shared<const model::Event>(bare);
    publish_all({std::move(acceptance)});
    const auto found = find_event("t1", "bare");
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->event->topic, "");
    EXPECT_TRUE(found->event->metadata.empty());
    EXPECT_FALSE(found->event->eligible_for_retry);
    EXPECT_EQ(found->event->data.view(), "{}");
    EXPECT_TRUE(found->matched_destination_ids.empty());
}

TEST_P(LogReaderSuite, FindsAnEventOnlyUnderItsTenant) {
    population().tenant(TenantId("t2"));
    publish({.id = EventId("e1")});
    EXPECT_TRUE(find_event("t1", "e1").has_value());
    EXPECT_TRUE(find_event(std::nullopt, "e1").has_value());
    for (const char* tenant : {"t2", "nobody"}) {
        const auto found = find_event(tenant, "e1");
        ASSERT_FALSE(found.has_value());
        EXPECT_EQ(found.error().code(), Errc::not_found);
    }
    EXPECT_EQ(find_event("t1", "unknown").error().code(), Errc::not_found);
    EXPECT_EQ(find_event(std::nullopt, "E1").error().code(), Errc::not_found);
}

TEST_P(LogReaderSuite, TellsEventsOfTheSameIdApartByTenant) {
    const Accepted of_t1 = publish({.id = EventId("same"), .topic = "one"});
    const Accepted of_t2 = publish({.id = EventId("same"), .tenant_id = TenantId("t2"), .topic = "two"});
    EXPECT_EQ(find_event("t1", "same")->ref, of_t1.event);
    EXPECT_EQ(find_event("t2", "same")->ref, of_t2.event);
    EXPECT_EQ(find_event(std::nullopt, "same")->ref, of_t2.event);  // the newest
    EXPECT_EQ(find_event("t2", "same")->event->topic, "two");
}

TEST_P(LogReaderSuite, ShowsAnEventAsSoonAsItIsAccepted) {
    if (!it().reads_its_writes()) GTEST_SKIP() << "this log is late on purpose (decision A8, brokered)";
    publish({.id = EventId("e1")}, {destination("d1")});
    const auto found = it().await(it().log().find_event(TenantId("t1"), EventId("e1"), Deadline::never()), 1);
    EXPECT_TRUE(found.has_value());
    const auto page = it().await(it().log().list_events({.tenants = {TenantId("t1")}}, Deadline::never()), 1);
    ASSERT_TRUE(page.has_value());
    EXPECT_EQ(page->events.size(), 1U);
}

TEST_P(LogReaderSuite, ListsEventsByTenant) {
    publish({.id = EventId("a"), .tenant_id = TenantId("t1")}, {destination("d1", "t1")});
    it().advance(1s);
    publish({.id = EventId("b"), .tenant_id = TenantId("t2")}, {destination("d1", "t2")});
    EXPECT_EQ(event_ids({.tenants = {TenantId("t1")}}), (Ids{"a"}));
    EXPECT_EQ(event_ids({.tenants = {TenantId("t2")}}), (Ids{"b"}));
    EXPECT_EQ(event_ids({.tenants = {TenantId("t2"), TenantId("t1")}}), (Ids{"a", "b"}));
    EXPECT_EQ(event_ids({}), (Ids{"a", "b"}));
    EXPECT_EQ(event_ids({.tenants = {TenantId("nobody")}}), Ids{});
}

TEST_P(LogReaderSuite, IsolatesTenantsThatShareDestinationIds) {
    publish({.id = EventId("a"), .tenant_id = TenantId("t1")}, {destination("same", "t1")});
    publish({.id = EventId("b"), .tenant_id = TenantId("t2")}, {destination("same", "t2")});
    EventQuery query{.tenants = {TenantId("t1")}, .destinations = {DestinationId("same")}};
    EXPECT_EQ(event_ids(query), (Ids{"a"}));
    query.tenants.clear();
    EXPECT_EQ(event_ids(query).size(), 2U);
}

TEST_P(LogReaderSuite, FindsAnEventByAnyOfItsDestinations) {
    publish({.id = EventId("both")}, {destination("d1"), destination("d2")});
    it().advance(1s);
    publish({.id = EventId("first")}, {destination("d1")});
    destination("d3");
    const auto by = [&](std::vector<DestinationId> ids) { return event_ids({.destinations = std::move(ids)}); };
    EXPECT_EQ(by({DestinationId("d1")}), (Ids{"both", "first"}));
    EXPECT_EQ(by({DestinationId("d2")}), (Ids{"both"}));
    EXPECT_EQ(by({DestinationId("d1"), DestinationId("d2")}), (Ids{"both", "first"}));  // each once
    EXPECT_EQ(by({DestinationId("d3")}), Ids{});
    EXPECT_EQ(by({DestinationId("never")}), Ids{});
}

TEST_P(LogReaderSuite, FindsEventsOfADeletedDestination) {
    const auto old_key = destination("d1");
    publish({.id = EventId("before")}, {old_key});
    it().advance(1s);
    const auto new_key = population().recreate(DestinationId("d1"));
    publish({.id = EventId("after")}, {new_key});
    EXPECT_EQ(event_ids({.destinations = {DestinationId("d1")}}), (Ids{"before", "after"}));
    EXPECT_EQ(find_event("t1", "before")->matched_destination_ids, std::vector{DestinationId("d1")});
    EXPECT_EQ(find_event("t1", "before")->matched, std::vector{old_key});
}

TEST_P(LogReaderSuite, FiltersEventsByIdAndTopic) {
    publish({.id = EventId("a"), .topic = "user.created"});
    it().advance(1s);
    publish({.id = EventId("b"), .topic = "user.deleted"});
    it().advance(1s);
    publish({.id = EventId("c"), .topic = ""});
    EXPECT_EQ(event_ids({.topics = {"user.created"}}), (Ids{"a"}));
    EXPECT_EQ(event_ids({.topics = {"user.created", "user.deleted"}}), (Ids{"a", "b"}));
    EXPECT_EQ(event_ids({.topics = {"user.*"}}), Ids{});  // compared as text
    EXPECT_EQ(event_ids({.topics = {""}}), (Ids{"c"}));
    EXPECT_EQ(event_ids({.ids = {EventId("b")}}), (Ids{"b"}));
    EXPECT_EQ(event_ids({.ids = {EventId("c"), EventId("a"), EventId("x")}}), (Ids{"a", "c"}));
    EXPECT_EQ(event_ids({.ids = {EventId("a")}, .topics = {"user.deleted"}}), Ids{});  // lists are AND-ed
    EXPECT_EQ(event_ids({.tenants = {TenantId("t2")}, .ids = {EventId("a")}}), Ids{});
}

TEST_P(LogReaderSuite, BoundsEventTimesInclusivelyAndExclusively) {
    const TimePoint start = now() - 10h;
    for (int second = 0; second < 5; ++second)
        publish({.id = EventId("e" + std::to_string(second)), .time = start + std::chrono::seconds(second)});
    const TimePoint first = start + 1s;
    const TimePoint last = start + 3s;
    EXPECT_EQ(event_ids({.time = {.at_or_after = first, .at_or_before = last}}), (Ids{"e1", "e2", "e3"}));
    EXPECT_EQ(event_ids({.time = {.after = first, .before = last}}), (Ids{"e2"}));
    EXPECT_EQ(event_ids({.time = {.at_or_after = first, .at_or_before = first}}), (Ids{"e1"}));
    EXPECT_EQ(event_ids({.time = {.after = first}}), (Ids{"e2", "e3", "e4"}));
    EXPECT_EQ(event_ids({.time = {.before = first}}), (Ids{"e0"}));
    EXPECT_EQ(event_ids({.time = {.at_or_after = first + 1ms, .at_or_before = last - 1ms}}), (Ids{"e2"}));
    EXPECT_EQ(event_ids({.time = {.after = last, .before = first}}), Ids{});
}

TEST_P(LogReaderSuite, OrdersEventsByTheirOwnTimes) {  // chosen by clients: any order, far off the clock
    publish({.id = EventId("now"), .time = now()});
    publish({.id = EventId("future"), .time = now() + std::chrono::days(400)});
    publish({.id = EventId("1970"), .time = from_unix_ms(1)});
    publish({.id = EventId("yesterday"), .time = now() - 24h});
    EXPECT_EQ(event_ids({}), (Ids{"1970", "yesterday", "now", "future"}));
    EXPECT_EQ(event_ids({.time = {.before = now() - 1h}}), (Ids{"1970", "yesterday"}));
    EXPECT_EQ(event_ids({.time = {.after = now()}}), (Ids{"future"}));
}

TEST_P(LogReaderSuite, ADuplicateAddsNoEvent) {
    publish({.id = EventId("e1")}, {destination("d1")});
    publish({.id = EventId("e1"), .topic = "other"}, {destination("d2")});
    EXPECT_EQ(event_ids({}), (Ids{"e1"}));
    EXPECT_EQ(find_event("t1", "e1")->event->topic, "user.created");
}

}  // namespace outpost::ports::conformance
