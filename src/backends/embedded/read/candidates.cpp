#include "backends/embedded/read/candidates.hpp"

#include "backends/embedded/log/segment_file.hpp"

namespace outpost::embedded {

Walk::Walk(const model::PageRequest& page, const model::TimeRange& range)
    : ascending((page.direction == model::Direction::ascending) != page.before.has_value()),
      backwards(page.before.has_value()),
      from(page.before ? page.before : page.after),
      wanted(page.limit + 1) {
    const auto at_least = [&](std::int64_t ms) { time_first = std::max(time_first, ms); };
    const auto at_most = [&](std::int64_t ms) { time_last = std::min(time_last, ms); };
    if (range.at_or_after) at_least(unix_ms(*range.at_or_after));
    if (range.after) at_least(unix_ms(*range.after) + 1);
    if (range.at_or_before) at_most(unix_ms(*range.at_or_before));
    if (range.before) at_most(unix_ms(*range.before) - 1);
    if (from && ascending) at_least(unix_ms(from->time));
    if (from && !ascending) at_most(unix_ms(from->time));
}

bool Walk::before(std::int64_t time_a, std::string_view id_a, std::int64_t time_b, std::string_view id_b) const {
    const bool less = time_a != time_b ? time_a < time_b : id_a < id_b;
    const bool equal = time_a == time_b && id_a == id_b;
    return ascending ? less : !less && !equal;
}

bool Walk::beyond(std::int64_t time_ms, std::string_view id) const {
    return !from || before(unix_ms(from->time), from->id, time_ms, id);
}

void Candidates::add(Candidate candidate) {
    if (!walk_.beyond(candidate.time_ms, candidate.id)) return;
    const auto at = std::ranges::upper_bound(rows_, candidate, [&](const Candidate& a, const Candidate& b) {
        return walk_.before(a.time_ms, a.id, b.time_ms, b.id);
    });
    if (at == rows_.end() && rows_.size() >= walk_.wanted) return;
    rows_.insert(at, std::move(candidate));
    if (rows_.size() > walk_.wanted) rows_.pop_back();
}

bool Candidates::may_improve(std::int64_t time_first, std::int64_t time_last) const {
    if (time_first > time_last || time_last < walk_.time_first || time_first > walk_.time_last) return false;
    if (rows_.size() < walk_.wanted) return true;
    const std::int64_t worst = rows_.back().time_ms;
    return walk_.ascending ? time_first <= worst : time_last >= worst;
}

Candidates::Page Candidates::finish() && {
    Page page;
    const bool more = rows_.size() == walk_.wanted;
    if (more) rows_.pop_back();
    page.rows = std::move(rows_);
    if (walk_.backwards) std::ranges::reverse(page.rows);
    if (page.rows.empty()) return page;
    const auto position_of = [](const Candidate& row) { return model::Position{from_unix_ms(row.time_ms), row.id}; };
    if (walk_.backwards || more) page.links.next = position_of(page.rows.back());
    if (walk_.backwards ? more : walk_.from.has_value()) page.links.previous = position_of(page.rows.front());
    return page;
}

SegmentList in_walk_order(const SegmentList& segments, const Walk& walk,
                          std::pair<std::int64_t, std::int64_t> (*range_of)(const SegmentRange&)) {
    SegmentList ordered = segments;
    const auto edge = [&](const SegmentPtr& segment) -> std::int64_t {
        if (!segment->sealed()) return INT64_MIN;
        const auto [first, last] = range_of(segment->range);
        return walk.ascending ? first : -std::max(last, -INT64_MAX);
    };
    std::ranges::sort(ordered, {},
                      [&](const SegmentPtr& segment) { return std::pair(edge(segment), segment->number); });
    return ordered;
}

bool may_have_any(const Segment& segment, const std::vector<EventId>& events) {
    return events.empty() ||
           std::ranges::any_of(events, [&](const EventId& id) { return segment.may_have(event_id_hash(id.value)); });
}

std::string placeholders(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ",?";
    return text;
}

}  // namespace outpost::embedded
