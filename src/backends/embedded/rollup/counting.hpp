// One question: which rows it is about, and their counts so far. Works on inner numbers; public ids come at the end.
#pragma once

#include "backends/embedded/read/names.hpp"
#include "backends/embedded/rollup/cell.hpp"
#include "model/metric_groups.hpp"

#include <span>

namespace outpost::embedded {

inline constexpr std::size_t kCountedGroupsMax = 500'000;  ///< of one question: about 100 MB

/// The query's filters by inner numbers.
struct MetricFilter {
    std::vector<std::int64_t> tenants;
    std::vector<std::int64_t> destinations;
    std::vector<std::string> topics, types, codes;
    std::optional<bool> success, manual;
    std::vector<std::int64_t> numbers;
    bool one_destination = false;  ///< of `destinations`, an event can have matched at most one
    bool matches_nothing = false;
};
Result<MetricFilter> resolve(Names& names, const model::MetricQuery& query);

/// One thread.
class Counting {
public:
    Counting(const model::MetricQuery& query, MetricFilter filter) : query_(query), filter_(std::move(filter)) {}

    const model::MetricQuery& query() const { return query_; }
    const MetricFilter& filter() const { return filter_; }
    bool of_events() const { return query_.kind == model::MetricKind::events; }
    bool per_destination() const { return query_.has_dimension(model::MetricDimension::destination_id); }
    /// Whether topic, type or code matter: a tail knows only their hashes.
    bool needs_texts() const;
    /// Whether counts by cells are enough: they do not tell which destinations an event matched together.
    bool cells_suffice() const;
    /// Which cells of events count: those of each event, or those of its destinations.
    bool wants_cell_of(std::uint32_t destination) const;

    /// Rows or cells that are equal: counted unless a filter is against it. `time_ms` lies in the window. For cells of
    /// events, and for attempts. @return limited
    Result<void> add(std::int64_t time_ms, const Cell& rows, std::uint64_t count = 1);
    /// One event with all it matched. @return limited
    Result<void> add_event(std::int64_t time_ms, Cell event, std::span<const std::uint32_t> matched);

    /// The groups by public ids. Once.
    Result<model::MetricGroups> finish(Names& names);

private:
    bool passes(const Cell& rows) const;
    Cell group_of(std::int64_t time_ms, const Cell& rows) const;
    Result<void> count_up(std::int64_t time_ms, const Cell& rows, std::uint64_t count);

    const model::MetricQuery& query_;
    MetricFilter filter_;
    std::map<Cell, model::MetricTally> groups_;
};

}  // namespace outpost::embedded
