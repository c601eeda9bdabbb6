// Filters that look at the rows themselves, and counts (portal.md §15a N5).
#include "ports/conformance/log_reader_suite.hpp"

namespace outpost::ports::conformance {

using Ids = std::vector<std::string>;
using enum model::AttemptStatus;

void link_log_filter_cases() {}

TEST_P(LogReaderSuite, FiltersAttemptsByCodeNumberAndWhoAsked) {
    const Accepted event = publish({.id = EventId("e1")}, {destination("d1"), destination("d2")});
    const model::DeliveryKey first{event.event, destination("d1")};
    attempt(first, {.id = "a1", .time = now(), .status = failed, .code = "503"}, true);
    attempt(first, {.id = "a2", .time = now() + 1s, .status = failed, .code = "timeout"}, true);
    attempt(first, {.id = "a3", .time = now() + 2s, .code = "201"});
    attempt({event.event, destination("d2")},
            {.id = "b1", .time = now() + 3s, .status = failed, .code = "404", .manual = true});
    const auto ids = [&](model::AttemptConditions conditions) {
        return attempt_ids({.conditions = std::move(conditions)});
    };
    EXPECT_EQ(ids({}), (Ids{"a1", "a2", "a3", "b1"}));
    EXPECT_EQ(ids({.codes = {"404", "timeout"}}), (Ids{"a2", "b1"}));
    EXPECT_EQ(ids({.codes = {"500"}}), Ids{});
    EXPECT_EQ(ids({.code_classes = {*model::CodeClass::parse("2xx"), *model::CodeClass::parse("timeout")}}),
              (Ids{"a2", "a3"}));
    EXPECT_EQ(ids({.manual = true}), (Ids{"b1"}));
    EXPECT_EQ(ids({.manual = false}), (Ids{"a1", "a2", "a3"}));
    EXPECT_EQ(ids({.number_min = 2}), (Ids{"a2", "a3"}));
    EXPECT_EQ(ids({.number_min = 2, .number_max = 2}), (Ids{"a2"}));
    EXPECT_EQ(ids({.code_classes = {*model::CodeClass::parse("http_4xx")}, .number_max = 1}), (Ids{"b1"}));
    EXPECT_EQ(attempt_ids({.destinations = {DestinationId("d2")}, .conditions = {.codes = {"503"}}}), Ids{});
}

TEST_P(LogReaderSuite, FiltersEventsByTextAndPayload) {
    publish({.id = EventId("alpha"), .topic = "user.created", .data = R"({"n":1,"in":{"word":"one"}})"});
    publish({.id = EventId("beta"), .topic = "user.deleted", .data = R"({"n":1.0,"in":{"word":"two"}})"});
    publish({.id = EventId("gamma"), .topic = "user.deleted", .data = R"({"n":"1","list":["one"]})"});
    const auto ids = [&](model::EventConditions conditions) {
        return event_ids({.conditions = std::move(conditions)});
    };
    EXPECT_EQ(ids({.text = "alp", .data = {}}), (Ids{"alpha"}));
    EXPECT_EQ(ids({.text = "deleted", .data = {}}), (Ids{"beta", "gamma"}));
    EXPECT_EQ(ids({.text = "\"one\"", .data = {}}), (Ids{"alpha", "gamma"}));
    EXPECT_EQ(ids({.text = "ONE", .data = {}}), Ids{});
    EXPECT_EQ(ids({.text = "", .data = {{"n", {"1"}}}}), (Ids{"alpha", "gamma"}));
    EXPECT_EQ(ids({.text = "", .data = {{"in.word", {"one", "two"}}}}), (Ids{"alpha", "beta"}));
    EXPECT_EQ(ids({.text = "", .data = {{"in.word", {"two"}}, {"n", {"1"}}}}), Ids{});
    EXPECT_EQ(event_ids({.topics = {"user.created"}, .conditions = {.text = "a", .data = {}}}), (Ids{"alpha"}));
}

TEST_P(LogReaderSuite, FiltersEventsByWhatBecameOfThem) {
    using enum OutcomeState;
    const Accepted one = publish({.id = EventId("one")}, {destination("d1")});
    const Accepted two = publish({.id = EventId("two")}, {destination("d1"), destination("d2")});
    publish({.id = EventId("three")}, {destination("d2")});
    publish({.id = EventId("unmatched")});
    attempt({one.event, destination("d1")}, {.id = "a1", .time = now()});
    attempt({two.event, destination("d1")},
            {.id = "a2", .time = now(), .status = model::AttemptStatus::failed, .code = "500"}, true);
    const auto ids = [&](std::vector<std::optional<OutcomeState>> outcomes,
                         std::vector<DestinationId> destinations = {}) {
        return event_ids({.destinations = std::move(destinations), .outcomes = std::move(outcomes)});
    };
    EXPECT_EQ(ids({}), (Ids{"one", "three", "two", "unmatched"}));  // of one time: by id
    EXPECT_EQ(ids({delivered}), (Ids{"one"}));
    EXPECT_EQ(ids({retrying}), (Ids{"two"}));
    EXPECT_EQ(ids({delivered, retrying}), (Ids{"one", "two"}));
    EXPECT_EQ(ids({std::nullopt}), (Ids{"three", "two"}));
    EXPECT_EQ(ids({std::nullopt}, {DestinationId("d1")}), Ids{});
    EXPECT_EQ(ids({retrying}, {DestinationId("d2")}), Ids{});
    decide({two.event, destination("d1")}, DecisionKind::cancelled, "requested");
    EXPECT_EQ(ids({retrying}), Ids{});
    EXPECT_EQ(ids({cancelled}), (Ids{"two"}));
    const model::DeliveryKey later{one.event, destination("later")};  // it did not match
    decide(later, DecisionKind::redeliver, "requested");
    EXPECT_EQ(ids({retrying}), (Ids{"one"}));
}

TEST_P(LogReaderSuite, CountsWhatFitsOnAllPages) {
    const Series series = make_series(30, now());
    EventQuery events_of{.tenants = {TenantId(series.tenant)}};
    AttemptQuery attempts_of{.tenants = {TenantId(series.tenant)}, .destinations = {DestinationId("even")}};
    events_of.page.limit = attempts_of.page.limit = 4;
    EXPECT_EQ(events(events_of).count, std::nullopt);
    EXPECT_EQ(attempts(attempts_of).count, std::nullopt);
    events_of.with_count = attempts_of.with_count = true;
    EXPECT_EQ(events(events_of).count, (model::RowCount{.rows = 30, .exact = true}));
    EXPECT_EQ(attempts(attempts_of).count, (model::RowCount{.rows = 15, .exact = true}));
    events_of.page.after = series.events.at(3);
    EXPECT_EQ(events(events_of).count, (model::RowCount{.rows = 30, .exact = true})) << "whichever page";
    events_of.conditions.text = "-e2";
    EXPECT_EQ(events(events_of).count, (model::RowCount{.rows = 11, .exact = true}));
    events_of.tenants = {TenantId("nobody")};
    EXPECT_EQ(events(events_of).count, (model::RowCount{.rows = 0, .exact = true}));
}

TEST_P(LogReaderSuite, PagesThroughRowsThatWereLookedAt) {
    const Series series = make_series(40, now());
    EventQuery query{.tenants = {TenantId(series.tenant)}, .conditions = {.text = "-e1", .data = {}}};
    std::vector<model::Position> fitting;  // e1 and e10…e19
    for (const model::Position& row : series.events)
        if (row.id.contains("-e1")) fitting.push_back(row);
    ASSERT_EQ(fitting.size(), 11U);
    expect_pages_of_any_size(fetch_events(query), fitting);
}

}  // namespace outpost::ports::conformance
