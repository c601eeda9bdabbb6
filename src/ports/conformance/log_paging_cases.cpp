// Paging through events and attempts (storage.md §15.5; api.md §4.4, decisions D4, D5).
#include "ports/conformance/log_reader_suite.hpp"

#include <fmt/format.h>

namespace outpost::ports::conformance {
namespace {

using Ids = std::vector<std::string>;
using Rows = std::vector<model::Position>;

constexpr std::array<std::size_t, 7> kSizes{0, 1, 5, 6, 7, 9, 10};

Rows part(const Rows& rows, std::size_t from, std::size_t to) {
    return {rows.begin() + static_cast<std::ptrdiff_t>(from), rows.begin() + static_cast<std::ptrdiff_t>(to)};
}

}  // namespace

void link_log_paging_cases() {}

TEST_P(LogReaderSuite, PagesThroughEventsOfAnyNumber) {
    for (const std::size_t size : kSizes) {
        const Series series = make_series(size, now() - 20min);
        EventQuery filter{.tenants = {TenantId(series.tenant)}};
        expect_pages_of_any_size(fetch_events(filter), series.events);
        filter.destinations = {DestinationId("even")};
        expect_pages_of_any_size(fetch_events(filter), series.even_events);
    }
}

TEST_P(LogReaderSuite, PagesThroughAttemptsOfAnyNumber) {
    for (const std::size_t size : kSizes) {
        const Series series = make_series(size, now() - 20min);
        AttemptQuery filter{.tenants = {TenantId(series.tenant)}};
        expect_pages_of_any_size(fetch_attempts(filter), series.attempts);
        filter.destinations = {DestinationId("even")};
        expect_pages_of_any_size(fetch_attempts(filter), series.even_attempts);
    }
}

TEST_P(LogReaderSuite, PagesThroughAllTenants) {
    const Series first = make_series(5, now() - 1h);
    const Series second = make_series(6, now() - 1h + 500ms);
    Rows events = first.events;
    events.insert(events.end(), second.events.begin(), second.events.end());
    std::ranges::sort(events);
    expect_pages_of_any_size(fetch_events({}), events);
    const Series third = make_series(7, now() - 10h);
    EventQuery two_of_them{.tenants = {TenantId(first.tenant), TenantId(second.tenant)}};
    expect_pages_of_any_size(fetch_events(two_of_them), events);
    Rows attempts = third.attempts;
    attempts.insert(attempts.end(), first.attempts.begin(), first.attempts.end());
    AttemptQuery filter{.tenants = {TenantId(first.tenant), TenantId(third.tenant)}};
    expect_pages_of_any_size(fetch_attempts(filter), attempts);
}

TEST_P(LogReaderSuite, PagesThroughEventsOfOneMillisecondById) {
    const TimePoint same = now() - 1h;
    Rows rows;
    std::vector<Acceptance> batch;
    for (const char* id : {"b", "a", "B", "10", "9", "z::z", "\xC3\xBC", "a b"}) {
        batch.push_back(population().acceptance({.id = EventId(id), .time = same}, {}));
        rows.push_back({.time = same, .id = id});
    }
    for (const Milliseconds beside : {Milliseconds(-1), Milliseconds(1)}) {
        const std::string id = fmt::format("m{}", beside.count());
        batch.push_back(population().acceptance({.id = EventId(id), .time = same + beside}, {}));
        rows.push_back({.time = same + beside, .id = id});
    }
    publish_all(std::move(batch));
    std::ranges::sort(rows);  // ids as bytes
    expect_pages_of_any_size(fetch_events({.tenants = {TenantId("t1")}}), rows);
}

TEST_P(LogReaderSuite, PagesThroughAttemptsOfOneMillisecondById) {
    std::vector<Acceptance> batch;
    for (int index = 0; index < 8; ++index)
        batch.push_back(population().acceptance({.id = EventId(fmt::format("e{}", index))}, {destination("d1")}));
    const auto accepted = publish_all(std::move(batch));
    Rows rows;
    std::vector<std::pair<model::DeliveryKey, Try>> tries;
    for (const char* id : {"b", "a", "B", "10", "9", "z::z", "c", "A"}) {
        rows.push_back({.time = now(), .id = id});
        tries.emplace_back(model::DeliveryKey{accepted[tries.size()].event, destination("d1")},
                           Try{.id = id, .time = now()});
    }
    attempt_all(tries);
    std::ranges::sort(rows);
    expect_pages_of_any_size(fetch_attempts({.destinations = {DestinationId("d1")}}), rows);
}

TEST_P(LogReaderSuite, PagesThroughEventsThatArrivedInAnotherOrder) {
    Rows rows;
    for (const int index : {4, 0, 3, 6, 1, 5, 2}) {  // hours apart: some far behind the clock, some before it
        const TimePoint time = now() + std::chrono::hours(3 * index - 9);
        const std::string id = fmt::format("e{}", index);
        publish({.id = EventId(id), .time = time});
        rows.push_back({.time = time, .id = id});
    }
    std::ranges::sort(rows);
    expect_pages_of_any_size(fetch_events({.tenants = {TenantId("t1")}}), rows);
}

TEST_P(LogReaderSuite, PagesInsideATimeWindow) {
    const Series series = make_series(20, now() - 2h);
    const Rows window = part(series.events, 5, 15);
    EventQuery filter{.tenants = {TenantId(series.tenant)},
                      .time = {.at_or_after = window.front().time, .at_or_before = window.back().time}};
    expect_pages_of_any_size(fetch_events(filter), window);
    filter.time = {.after = window.front().time, .before = window.back().time};
    expect_pages_of_any_size(fetch_events(filter), part(series.events, 6, 14));

    const Rows attempts = part(series.attempts, 5, 15);
    AttemptQuery attempt_filter{.tenants = {TenantId(series.tenant)},
                                .time = {.at_or_after = attempts.front().time, .at_or_before = attempts.back().time}};
    expect_pages_of_any_size(fetch_attempts(attempt_filter), attempts);
    attempt_filter.time = {.after = attempts.front().time, .before = attempts.back().time};
    expect_pages_of_any_size(fetch_attempts(attempt_filter), part(series.attempts, 6, 14));
}

TEST_P(LogReaderSuite, AFilterHoldsBesideACursorOfAnUnfilteredPage) {
    const Series series = make_series(10, now() - 2h);
    const auto unfiltered = fetch_events({.tenants = {TenantId(series.tenant)}});
    const PageOfIds first = unfiltered({.limit = 3});
    ASSERT_TRUE(first.links.next.has_value());  // the third newest
    EventQuery filter{.tenants = {TenantId(series.tenant)},
                      .destinations = {DestinationId("even")},
                      .time = {.at_or_after = series.events[2].time}};
    const PageOfIds filtered = fetch_events(filter)({.limit = 100, .after = first.links.next});
    EXPECT_EQ(filtered.ids, (Ids{series.events[6].id, series.events[4].id, series.events[2].id}));
    EXPECT_FALSE(filtered.links.next.has_value());
    EXPECT_TRUE(filtered.links.previous.has_value());
}

TEST_P(LogReaderSuite, APageDoesNotChangeWhenNewerRowsArrive) {
    const Series series = make_series(6, now() - 1h);
    const auto fetch = fetch_events({.tenants = {TenantId(series.tenant)}});
    const PageOfIds first = fetch({.limit = 2});
    publish({.id = EventId("newer"), .tenant_id = TenantId(series.tenant), .time = now()});
    const PageOfIds second = fetch({.limit = 2, .after = first.links.next});
    EXPECT_EQ(second.ids, (Ids{series.events[3].id, series.events[2].id}));
    const PageOfIds back = fetch({.limit = 10, .before = second.links.previous});
    EXPECT_EQ(back.ids, (Ids{"newer", series.events[5].id, series.events[4].id}));
    EXPECT_FALSE(back.links.previous.has_value());
}

TEST_P(LogReaderSuite, ListsAThousandRowsAtOnce) {
    const Series series = make_series(1000, now() - 1h);
    const PageOfIds events = fetch_events({.tenants = {TenantId(series.tenant)}})({.limit = 1000});
    EXPECT_EQ(events.ids.size(), 1000U);
    EXPECT_FALSE(events.links.next.has_value());
    const PageOfIds attempts = fetch_attempts({.tenants = {TenantId(series.tenant)}})({.limit = 999});
    EXPECT_EQ(attempts.ids.size(), 999U);
    EXPECT_TRUE(attempts.links.next.has_value());
}

}  // namespace outpost::ports::conformance
