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

TimeBounds Candidates::bounds() const {
    TimeBounds bounds{walk_.time_first, walk_.time_last};
    if (rows_.size() < walk_.wanted) return bounds;
    const std::int64_t worst = rows_.back().time_ms;
    if (walk_.ascending) bounds.last = std::min(bounds.last, worst);
    else bounds.first = std::max(bounds.first, worst);
    return bounds;
}

bool Candidates::may_improve(const RowTimes& times) const {
    const TimeBounds wanted = bounds();
    return std::ranges::any_of(times, [&](const TimeBounds& some) {
        return !some.empty() && some.first <= wanted.last && some.last >= wanted.first;
    });
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

SegmentList in_walk_order(const SegmentList& segments, const Walk& walk, RowTimes (SegmentRange::*times)() const) {
    SegmentList ordered = segments;
    const auto edge = [&](const SegmentPtr& segment) -> std::int64_t {
        if (!segment->sealed()) return INT64_MIN;
        const TimeBounds first = (segment->range.*times)().front();
        if (first.empty() || first.last < walk.time_first || first.first > walk.time_last) return INT64_MAX;
        return walk.ascending ? first.first : -first.last;
    };
    const auto number = [&](const SegmentPtr& segment) {
        return walk.ascending ? std::int64_t{segment->number} : -std::int64_t{segment->number};
    };
    std::ranges::sort(ordered, {},
                      [&](const SegmentPtr& segment) { return std::pair(edge(segment), number(segment)); });
    return ordered;
}

std::vector<std::pair<SegmentPtr, std::vector<std::size_t>>> by_segment(const std::vector<Candidate>& page) {
    std::vector<std::pair<SegmentPtr, std::vector<std::size_t>>> places;
    std::map<std::uint32_t, std::size_t> known;
    for (std::size_t i = page.size(); i-- > 0;) {
        const auto [at, added] = known.try_emplace(page[i].segment->number, places.size());
        if (added) places.push_back({page[i].segment, {}});
        places[at->second].second.push_back(i);
    }
    return places;
}

bool may_have_any(const Segment& segment, const std::vector<EventId>& events) {
    return events.empty() ||
           std::ranges::any_of(events, [&](const EventId& id) { return segment.may_have(event_id_hash(id.value)); });
}

}  // namespace outpost::embedded
