#include "backends/embedded/retain/decide.hpp"

namespace outpost::embedded {
namespace {

constexpr std::uint64_t kPercent = 100;

bool is_low(std::uint64_t available, const DiskSpace& disk, std::uint32_t percent_min) {
    return disk.capacity > 0 && available < disk.capacity / kPercent * percent_min;
}

}  // namespace

std::string_view to_string(RemovalReason reason) {
    switch (reason) {
        case RemovalReason::age: return "age";
        case RemovalReason::bytes: return "bytes";
        case RemovalReason::disk_space: return "disk_space";
    }
    return "";
}

TimePoint newest_of(const SegmentRange& range) {
    // The empty range's INT64_MIN is no time.
    return from_unix_ms(std::max<std::int64_t>({range.received_last, range.attempt_time_last, 0}));
}

std::vector<Removal> segments_to_remove(const std::vector<SegmentAge>& segments, const RetentionRules& rules,
                                        const DiskSpace& disk, TimePoint now) {
    std::uint64_t total = 0;
    for (const SegmentAge& segment : segments) total += segment.bytes;
    std::uint64_t available = disk.available;
    std::vector<Removal> removals;
    for (const SegmentAge& segment : segments) {
        if (!segment.sealed || segment.newest > now - rules.window) break;
        if (rules.age && segment.newest <= now - *rules.age) {
            removals.push_back({segment.number, RemovalReason::age});
        } else if (rules.bytes && total > *rules.bytes) {
            removals.push_back({segment.number, RemovalReason::bytes});
        } else if (is_low(available, disk, rules.free_percent_min)) {
            removals.push_back({segment.number, RemovalReason::disk_space});
        } else {
            break;
        }
        total -= segment.bytes;
        available += segment.bytes;
    }
    return removals;
}

std::optional<TimePoint> look_again_at(const std::vector<SegmentAge>& segments, const RetentionRules& rules,
                                       Milliseconds look_every, TimePoint now) {
    if (segments.empty() || !segments.front().sealed) return std::nullopt;
    const TimePoint may_go = segments.front().newest + rules.window;
    return std::max(may_go, now + look_every);  // too old is found by these looks as well: they come at least as often
}

}  // namespace outpost::embedded
