// Counts by dimension, under filters (storage.md §15.6, §8.5; api.md §13.1).
#include "ports/conformance/metrics_suite.hpp"

namespace outpost::ports::conformance {

using M = model::MetricMeasure;
using Filters = model::MetricFilters;

constexpr double kJanuarySeconds = 2'678'400;

void link_metrics_dimension_cases() {}

/// Filters of tenant m1.
Filters with(auto change) {
    Filters filters{.tenants = {TenantId("m1")}};
    change(filters);
    return filters;
}

TEST_P(MetricsSuite, CountsEvents) {
    make_january();
    EXPECT_EQ(shown(events({})), "=300");
    EXPECT_FALSE(events({}).truncated());
    EXPECT_EQ(value(events({}), 0, M::rate), 300 / kJanuarySeconds);
    EXPECT_EQ(shown(events({.dimensions = {"topic"}})), "topic0=100 topic1=100 topic2=100");
    EXPECT_EQ(shown(events({.dimensions = {"destination_id"}})), "d0=150 d1=150");
    EXPECT_EQ(shown(events({.dimensions = {"tenant_id"}, .filters = {}})), "m1=300 m2=5");
    EXPECT_EQ(shown(events({.dimensions = {"topic", "destination_id"}})),
              "topic0,d0=50 topic0,d1=50 topic1,d0=50 topic1,d1=50 topic2,d0=50 topic2,d1=50");
}

TEST_P(MetricsSuite, CountsFilteredEvents) {
    make_january();
    EXPECT_EQ(shown(events({.filters = with([](Filters& f) { f.topics = {"topic1"}; })})), "=100");
    EXPECT_EQ(shown(events({.filters = with([](Filters& f) { f.topics = {"topic1", "topic2", "none"}; })})), "=200");
    EXPECT_EQ(shown(events({.filters = with([](Filters& f) { f.destinations = {DestinationId("d0")}; })})), "=150");
    EXPECT_EQ(shown(events({.filters = {.tenants = {TenantId("m2")}}})), "=5");
    EXPECT_EQ(shown(events({.filters = {.destinations = {DestinationId("d0")}}})), "=153");  // of both tenants
    EXPECT_EQ(shown(events({.filters = {.tenants = {TenantId("nobody")}}})), "");
    EXPECT_EQ(shown(events({.filters = with([](Filters& f) { f.destinations = {DestinationId("none")}; })})), "");
    EXPECT_EQ(shown(events({.filters = with([](Filters& f) {
                                f.topics = {"topic1"};
                                f.destinations = {DestinationId("d0")};
                            })})),
              "=50");
}

TEST_P(MetricsSuite, CountsNothingWhereNothingWas) {
    make_january();
    const MetricQuestion march{.start = "2000-03-01T00:00:00Z", .end = "2000-04-01T00:00:00Z"};
    EXPECT_EQ(events(march).size(), 0U);
    EXPECT_EQ(attempts(march).size(), 0U);
}

TEST_P(MetricsSuite, MeasuresAttempts) {
    make_january();
    const auto all = attempts({});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(value(all, 0, M::count), 300);
    EXPECT_EQ(value(all, 0, M::successful_count), 180);
    EXPECT_EQ(value(all, 0, M::failed_count), 120);
    EXPECT_EQ(value(all, 0, M::error_rate), 0.4);
    EXPECT_EQ(value(all, 0, M::first_attempt_count), 270);
    EXPECT_EQ(value(all, 0, M::retry_count), 0);
    EXPECT_EQ(value(all, 0, M::manual_retry_count), 30);
    EXPECT_EQ(value(all, 0, M::avg_attempt_number), 1.0);
    EXPECT_EQ(value(all, 0, M::rate), 300 / kJanuarySeconds);
    EXPECT_EQ(value(all, 0, M::successful_rate), 180 / kJanuarySeconds);
    EXPECT_EQ(value(all, 0, M::failed_rate), 120 / kJanuarySeconds);
}

TEST_P(MetricsSuite, CountsAttemptsByEachDimension) {
    make_january();
    EXPECT_EQ(shown(attempts({.dimensions = {"status"}})), "failed=120 success=180");
    EXPECT_EQ(shown(attempts({.dimensions = {"destination_id"}})), "d0=150 d1=150");
    EXPECT_EQ(shown(attempts({.dimensions = {"tenant_id"}, .filters = {}})), "m1=300 m2=5");
    EXPECT_EQ(shown(attempts({.dimensions = {"attempt_number"}})), "1=300");
    EXPECT_EQ(shown(attempts({.dimensions = {"code"}})), "200=90 201=90 422=60 500=60");
    EXPECT_EQ(shown(attempts({.dimensions = {"topic"}})), "topic0=100 topic1=100 topic2=100");
    EXPECT_EQ(shown(attempts({.dimensions = {"manual"}})), "false=270 true=30");
    EXPECT_EQ(shown(attempts({.dimensions = {"destination_type"}})), "webhook=300");
    EXPECT_EQ(shown(attempts({.dimensions = {"status", "code"}})),
              "failed,422=60 failed,500=60 success,200=90 success,201=90");
}

TEST_P(MetricsSuite, CountsFilteredAttempts) {
    make_january();
    const auto count = [&](auto change) { return shown(attempts({.filters = with(change)})); };
    EXPECT_EQ(count([](Filters& f) { f.statuses = {"failed"}; }), "=120");
    EXPECT_EQ(count([](Filters& f) { f.statuses = {"failed", "success"}; }), "=300");
    EXPECT_EQ(count([](Filters& f) { f.statuses = {"weird"}; }), "");
    EXPECT_EQ(count([](Filters& f) { f.topics = {"topic2"}; }), "=100");
    EXPECT_EQ(count([](Filters& f) { f.codes = {"500"}; }), "=60");
    EXPECT_EQ(count([](Filters& f) { f.codes = {"500", "200"}; }), "=150");
    EXPECT_EQ(count([](Filters& f) { f.manual = {true}; }), "=30");
    EXPECT_EQ(count([](Filters& f) { f.manual = {true, false}; }), "=300");
    EXPECT_EQ(count([](Filters& f) { f.attempt_numbers = {1}; }), "=300");
    EXPECT_EQ(count([](Filters& f) { f.attempt_numbers = {2, 3}; }), "");
    EXPECT_EQ(count([](Filters& f) { f.destination_types = {"webhook"}; }), "=300");
    EXPECT_EQ(count([](Filters& f) { f.destination_types = {"kafka"}; }), "");
    EXPECT_EQ(count([](Filters& f) { f.destinations = {DestinationId("d1")}; }), "=150");
    EXPECT_EQ(count([](Filters& f) {
                  f.codes = {"500"};
                  f.manual = {true};
              }),
              "");  // lists are AND-ed
}

TEST_P(MetricsSuite, CountsAnEventOncePerDestinationOnlyByThatDimension) {  // storage.md §15.6 "Add"
    const TimePoint time = *parse_rfc3339("2000-01-15T12:00:30Z");
    const auto add = [&](const std::string& id, std::vector<model::DestinationKey> to) {
        publish({.id = EventId(id), .tenant_id = TenantId("m1"), .topic = "t", .time = time}, std::move(to));
    };
    const auto key = [&](const std::string& id) { return destination(id, "m1"); };
    add("both", {key("a"), key("b")});
    add("one", {key("a")});
    add("none", {});
    add("others", {key("c"), key("d")});
    EXPECT_EQ(shown(events({})), "=4");
    EXPECT_EQ(shown(events({.dimensions = {"topic"}})), "t=4");
    EXPECT_EQ(shown(events({.dimensions = {"destination_id"}})), "a=2 b=1 c=1 d=1");
    const auto among = [](std::vector<DestinationId> ids) {
        return with([&](Filters& f) { f.destinations = std::move(ids); });
    };
    const DestinationId a("a");
    const DestinationId b("b");
    EXPECT_EQ(shown(events({.filters = among({b})})), "=1");
    EXPECT_EQ(shown(events({.filters = among({a, b})})), "=2");  // any of them, each event once
    EXPECT_EQ(shown(events({.filters = among({a, a})})), "=2");
    // The filter chooses events; their other destinations are listed too.
    EXPECT_EQ(shown(events({.dimensions = {"destination_id"}, .filters = among({b})})), "a=1 b=1");
    EXPECT_EQ(shown(events({.start = "2000-01-15T00:00:00Z",
                            .end = "2000-01-16T00:00:00Z",
                            .granularity = "1d",
                            .dimensions = {"destination_id"},
                            .filters = among({a})})),
              "2000-01-15T00:00:00Z/a=2 2000-01-15T00:00:00Z/b=1");
}

TEST_P(MetricsSuite, CountsRetriesByTheirNumbers) {  // storage.md §15.6 "manual retries"
    const Accepted accepted = publish({.id = EventId("e"), .tenant_id = TenantId("m1")}, {destination("d", "m1")});
    const model::DeliveryKey delivery{accepted.event, accepted.destinations.at(0)};
    const TimePoint time = *parse_rfc3339("2000-01-15T12:00:00Z");
    const auto failed = model::AttemptStatus::failed;
    attempt(delivery, {.id = "a1", .time = time, .status = failed, .code = "500"}, true);
    attempt(delivery, {.id = "a2", .time = time + 1min, .status = failed, .code = "timeout"}, true);
    attempt(delivery, {.id = "a3", .time = time + 2min, .manual = true});
    EXPECT_EQ(shown(attempts({.dimensions = {"attempt_number", "manual", "code"}})),
              "1,false,500=1 2,false,timeout=1 3,true,200=1");
    const auto all = attempts({});
    EXPECT_EQ(value(all, 0, M::first_attempt_count), 1);
    EXPECT_EQ(value(all, 0, M::retry_count), 2);
    EXPECT_EQ(value(all, 0, M::manual_retry_count), 1);
    EXPECT_EQ(value(all, 0, M::avg_attempt_number), 2.0);
    EXPECT_EQ(shown(attempts({.filters = with([](Filters& f) { f.attempt_numbers = {2, 3}; })})), "=2");
}

TEST_P(MetricsSuite, CountsUnderTheIdsOfDeletedDestinations) {
    const TimePoint time = *parse_rfc3339("2000-01-15T12:00:00Z");
    const auto add = [&](const std::string& id, const model::DestinationKey& to) {
        publish({.id = EventId(id), .tenant_id = TenantId("m1"), .time = time}, {to});
    };
    add("before", destination("d", "m1"));
    add("after", population().recreate(DestinationId("d"), TenantId("m1")));
    EXPECT_EQ(shown(events({.dimensions = {"destination_id"}})), "d=2");
    EXPECT_EQ(shown(events({.filters = with([](Filters& f) { f.destinations = {DestinationId("d")}; })})), "=2");
}

TEST_P(MetricsSuite, CountsAtOnce) {  // decision A8
    if (!it().reads_its_writes()) GTEST_SKIP() << "this log is late on purpose (decision A8, brokered)";
    const TimePoint time = *parse_rfc3339("2000-01-15T12:00:00Z");
    for (std::uint64_t count = 1; count <= 5; ++count) {
        publish({.id = EventId(fmt::format("e{}", count)), .tenant_id = TenantId("m1"), .time = time});
        EXPECT_EQ(counts(events({})), std::vector{count});
        if (count == 3) it().advance(1min);
    }
}

TEST_P(MetricsSuite, CountsTheSameAfterARestart) {
    if (!it().is_durable()) GTEST_SKIP();
    make_january();
    const MetricQuestion by_all{.granularity = "1d", .dimensions = {"topic", "destination_id", "code"}, .filters = {}};
    const std::string before = shown(attempts(by_all));
    EXPECT_FALSE(before.empty());
    it().restart();
    EXPECT_EQ(shown(attempts(by_all)), before);
    it().advance(1min);
    EXPECT_EQ(shown(attempts(by_all)), before);
}

}  // namespace outpost::ports::conformance
