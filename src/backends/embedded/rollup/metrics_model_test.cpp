// Metrics over random logs — open, finished, sealed and removed segments, copies of carried events, a rollup that is
// behind, restarted or lost — against a naive count of the rows (storage.md §16.5).
#include "backends/embedded/fakes/read_world.hpp"
#include "backends/embedded/rollup/metric_reads.hpp"
#include "backends/embedded/rollup/rollup.hpp"

#include <fstream>

namespace outpost::embedded {
namespace {

using namespace fakes;
using model::MetricDimension;
using model::MetricKind;

const TimePoint kFirstDay = std::chrono::floor<std::chrono::days>(kNow);

/// A row as the naive count sees it.
struct NaiveRow {
    TimePoint time;
    std::uint32_t tenant = 0;
    std::vector<std::uint32_t> destinations;
    std::string topic;
    model::Attempt attempt;
};

class MetricsModel : public testing::TestWithParam<std::uint64_t> {
protected:
    // ---- the log grows

    void grow() {
        for (std::uint64_t count = below(40); count > 0; --count)
            world.append(with_other_values(rows.next(world.next_place())));
        if (below(3) == 0) carry();
        if (below(3) == 0) world.begin_segment();
        const auto some = static_cast<std::uint32_t>(1 + below(world.number));
        const SegmentPtr segment = SegmentDirectory::find(*world.segments.list(), some);
        if (segment != nullptr && some < world.number && !segment->sealed()) world.seal(some);
        if (below(5) == 0) remove_oldest();
        if (below(6) == 0) {
            world.restart();
            rollup = Rollup(file);
        }
        if (below(8) == 0) ASSERT_TRUE(remove_lost_rollup());
        for (std::uint64_t steps = below(4); steps > 0; --steps) {
            const auto stepped = rollup.step(rollup_sources(*world.segments.list()));
            ASSERT_TRUE(stepped.has_value()) << stepped.error().describe();
        }
    }
    Row with_other_values(Row row) {
        if (auto* acceptance = std::get_if<ports::Acceptance>(&row)) {
            model::Event event = *acceptance->event;
            event.time = below(6) == 0 ? a_far_time() : a_time();
            acceptance->event = std::make_shared<const model::Event>(std::move(event));
        } else if (auto* settlement = std::get_if<ports::Settlement>(&row)) {
            settlement->attempt.time = a_time();
            settlement->attempt.code = fmt::format("{}", 200 + below(3));
        }
        return row;
    }
    /// Within four days, on a minute's edge now and then.
    TimePoint a_time() {
        const auto minute = std::chrono::minutes(below(4 * 1440));
        return kFirstDay + minute + Milliseconds(below(3) == 0 ? 0 : below(60'000));
    }
    /// As a client with a broken clock has it.
    TimePoint a_far_time() {
        constexpr std::chrono::days kFar[] = {-std::chrono::days(40'000), -std::chrono::days(700),
                                              -std::chrono::days(2), std::chrono::days(9), std::chrono::days(60'000)};
        return kFirstDay + kFar[below(std::size(kFar))] + Milliseconds(below(3 * 86'400'000));
    }
    /// Copies an event into the open segment, as retention does before it removes the event's.
    void carry() {
        std::vector<model::EventRef> there;
        for (const auto& [place, row] : world.rows) {
            if (place.segment < world.number && std::holds_alternative<ports::Acceptance>(row)) there.push_back(place);
        }
        if (!there.empty()) world.carry(there[below(there.size())]);
    }
    void remove_oldest() {
        const auto list = world.segments.list();
        if (list->size() >= 3 && list->front()->sealed()) world.remove(list->front()->number);
    }
    /// The file goes, or turns to rubbish, while nobody has it open.
    bool remove_lost_rollup() {
        rollup = Rollup(file);
        if (below(2) == 0) return remove_rollup(file).has_value();
        std::ofstream(file, std::ios::binary | std::ios::trunc) << std::string(8192, 'x');
        return true;
    }

    // ---- questions

    model::MetricQuery question() {
        model::MetricQuery query;
        query.kind = below(2) == 0 ? MetricKind::events : MetricKind::attempts;
        constexpr const char* kGranularities[] = {"7s", "1m", "7m", "1h", "5h", "1d", "3d", "1w", "1M"};
        const std::uint64_t which = below(std::size(kGranularities) + 3);
        if (which < std::size(kGranularities)) query.granularity = *model::parse_granularity(kGranularities[which]);
        TimePoint first = a_time();
        TimePoint last = a_time();
        if (below(3) == 0) first = std::chrono::floor<std::chrono::days>(first);
        if (below(3) == 0) last = std::chrono::ceil<std::chrono::hours>(last);
        if (below(6) == 0) last = first + Milliseconds(1 + below(90'000));
        if (below(8) == 0) first = a_far_time();
        if (below(8) == 0) last = a_far_time();
        if (last < first) std::swap(first, last);
        query.window = {first, last + 1ms};
        add_dimensions(query);
        add_filters(query);
        return query;
    }
    void add_dimensions(model::MetricQuery& query) {
        for (const std::string_view name : {"tenant_id", "topic", "destination_id", "destination_type", "status",
                                            "code", "manual", "attempt_number"}) {
            if (below(4) != 0) continue;
            if (const auto dimension = model::find_dimension(query.kind, name)) query.dimensions.push_back(*dimension);
        }
    }
    void add_filters(model::MetricQuery& query) {
        model::MetricFilters& filters = query.filters;
        for (std::uint64_t count = below(3); count > 0; --count)
            filters.tenants.emplace_back(fmt::format("t{}", 1 + below(4)));
        if (below(3) == 0) {
            for (std::uint64_t count = 1 + below(2); count > 0; --count) {
                filters.destinations.emplace_back(fmt::format("d{}", 1 + below(4)));
            }
        }
        if (below(4) == 0) filters.topics = {below(2) == 0 ? "user.created" : "unknown"};
        if (query.kind == MetricKind::events) return;
        if (below(5) == 0) filters.destination_types = {below(2) == 0 ? "webhook" : "kafka"};
        if (below(5) == 0) filters.statuses = {below(3) == 0 ? "weird" : "failed"};
        if (below(5) == 0) filters.codes = {"200", "201"};
        if (below(5) == 0) filters.manual = {below(2) == 0};
        if (below(5) == 0) filters.attempt_numbers = {1, 3};
    }

    // ---- what must come

    template <class List, class Value>
    static bool allows(const List& list, const Value& value) {
        return list.empty() || std::ranges::find(list, value) != list.end();
    }
    static DestinationId id_of(std::uint32_t destination) {
        return DestinationId(fmt::format("d{}", destination % 10));
    }
    static NaiveRow naive(const ports::Acceptance& acceptance) {
        NaiveRow row{.time = acceptance.event->time, .tenant = acceptance.tenant, .topic = acceptance.event->topic};
        for (const auto& key : acceptance.destinations) row.destinations.push_back(key.destination);
        return row;
    }
    std::vector<NaiveRow> naive_rows(MetricKind kind) {
        std::vector<NaiveRow> all;
        for (const auto& [place, row] : world.rows) {
            const auto* acceptance = std::get_if<ports::Acceptance>(&row);
            const auto* settlement = std::get_if<ports::Settlement>(&row);
            if (acceptance != nullptr && kind == MetricKind::events) all.push_back(naive(*acceptance));
            if (settlement != nullptr && kind == MetricKind::attempts) {
                all.push_back({.time = settlement->attempt.time,
                               .tenant = settlement->key.destination.tenant,
                               .destinations = {settlement->key.destination.destination},
                               .topic = settlement->event->topic,
                               .attempt = settlement->attempt});
            }
        }
        if (kind == MetricKind::attempts) return all;
        for (const auto& [origin, event] : world.shown_copies()) all.push_back(naive(event));
        return all;
    }
    static bool passes(const NaiveRow& row, const model::MetricQuery& query) {
        const model::MetricFilters& filters = query.filters;
        const bool any_destination =
            filters.destinations.empty() || std::ranges::any_of(row.destinations, [&](std::uint32_t number) {
                return allows(filters.destinations, id_of(number));
            });
        if (!query.window.contains(row.time) || !any_destination || !allows(filters.topics, row.topic)) return false;
        if (!allows(filters.tenants, TenantId(fmt::format("t{}", row.tenant)))) return false;
        const model::Attempt& attempt = row.attempt;
        return query.kind == MetricKind::events ||
               (allows(filters.destination_types, attempt.destination_type) &&
                allows(filters.statuses, to_string(attempt.status)) && allows(filters.codes, attempt.code) &&
                allows(filters.manual, attempt.manual) &&
                allows(filters.attempt_numbers, std::int64_t{attempt.number}));
    }
    static model::MetricValue value_of(const NaiveRow& row, std::uint32_t destination, MetricDimension dimension) {
        switch (dimension) {
            case MetricDimension::tenant_id: return fmt::format("t{}", row.tenant);
            case MetricDimension::topic: return row.topic;
            case MetricDimension::destination_id: return id_of(destination).value;
            case MetricDimension::destination_type: return row.attempt.destination_type;
            case MetricDimension::status: return std::string(to_string(row.attempt.status));
            case MetricDimension::code: return row.attempt.code;
            case MetricDimension::manual: return row.attempt.manual;
            case MetricDimension::attempt_number: return std::int64_t{row.attempt.number};
        }
        return std::string();
    }
    model::MetricGroups expected(const model::MetricQuery& query) {
        model::MetricGrouping grouping;
        for (const NaiveRow& row : naive_rows(query.kind)) {
            if (!passes(row, query)) continue;
            const bool each = query.has_dimension(MetricDimension::destination_id);
            const std::vector<std::uint32_t> once{0};
            for (const std::uint32_t destination : each ? row.destinations : once) {
                model::MetricKey key;
                if (query.granularity) key.bucket = model::bucket_of(*query.granularity, row.time);
                for (const MetricDimension dimension : query.dimensions) {
                    key.values.push_back(value_of(row, destination, dimension));
                }
                const model::MetricTally one{.count = 1};
                const model::Attempt& attempt = row.attempt;
                const bool success = attempt.status == model::AttemptStatus::success;
                grouping.add(std::move(key), query.kind == MetricKind::events
                                                 ? one
                                                 : model::tally_of({success, attempt.manual, attempt.number}));
            }
        }
        return std::move(grouping).finish();
    }
    static std::string shown(const model::MetricGroups& groups) {
        std::string text;
        for (const model::MetricGroup& group : groups.groups) {
            if (group.key.bucket) text += to_rfc3339(*group.key.bucket) + " ";
            for (const auto& value : group.key.values) {
                std::visit([&](const auto& inner) { text += fmt::format("{} ", inner); }, value);
            }
            const model::MetricTally& tally = group.tally;
            text += fmt::format("= {} {} {} {} {} {}\n", tally.count, tally.successes, tally.first_attempts,
                                tally.retries, tally.manual, tally.number_sum);
        }
        return text;
    }

    std::uint64_t below(std::uint64_t sides) { return rows.below(sides); }

    ReadWorld world;
    std::filesystem::path file = rollup_path(world.paths.root);
    Rollup rollup{file};
    RandomRows rows{GetParam()};
};

TEST_P(MetricsModel, CountsAsOneWhoLooksAtEveryRow) {
    std::size_t answers_from_cells = 0;
    for (int round = 0; round < 40; ++round) {
        grow();
        if (HasFatalFailure()) return;
        answers_from_cells += rollup.watermark() > model::EventRef{} ? 1 : 0;
        for (int asked = 0; asked < 12; ++asked) {
            const model::MetricQuery query = question();
            const auto answer = count_metrics(*world.session, file, query, [] { return false; });
            ASSERT_TRUE(answer.has_value()) << answer.error().describe();
            ASSERT_EQ(shown(answer->groups), shown(expected(query)))
                << "round " << round << ", " << (query.kind == MetricKind::events ? "events " : "attempts ")
                << to_rfc3339(query.window.start) << " to " << to_rfc3339(query.window.end) << " by "
                << (query.granularity ? to_string(*query.granularity) : "nothing");
        }
    }
    EXPECT_GT(answers_from_cells, 10U);
}

/// design.md §4: one late event does not make a segment part of every window.
TEST(LateEventsInMetrics, DoNotMakeEveryWindowReadTheirSegment) {
    ReadWorld world;
    world.append(make_acceptance({.id = "punctual"}));
    world.append(make_acceptance({.id = "past", .time = kNow - 9000h}));
    world.append(make_acceptance({.id = "future", .time = kNow + 9000h}));
    world.begin_segment();
    world.seal(1);
    std::filesystem::remove(segment_path(world.paths.log(), 1));  // whoever reads it fails
    const auto counts = [&](TimePoint from, TimePoint to) {
        model::MetricQuery query;
        query.window = {from, to};
        return count_metrics(*world.session, world.paths.root / "none", query, [] { return false; }).has_value();
    };
    EXPECT_TRUE(counts(kNow - 8000h, kNow - 1h));
    EXPECT_TRUE(counts(kNow + 1h, kNow + 8000h));
    EXPECT_FALSE(counts(kNow - 1h, kNow + 1h));
    EXPECT_FALSE(counts(kNow - 9001h, kNow - 8000h));
    EXPECT_FALSE(counts(kNow + 8000h, kNow + 9001h));
    EXPECT_FALSE(counts(kNow + 9000h, kNow + 9001h));  // the start belongs to a window
    EXPECT_TRUE(counts(kNow - 9001h, kNow - 9000h));   // its end does not
}

INSTANTIATE_TEST_SUITE_P(Seeds, MetricsModel, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace outpost::embedded
