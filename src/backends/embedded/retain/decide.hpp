// Which segments go: a pure decision (design.md §4 "Retention", decision D14).
#pragma once

#include "backends/embedded/log/segment_directory.hpp"

#include <string_view>

namespace outpost::embedded {

struct RetentionRules {
    std::optional<Milliseconds> age;     ///< LOG_RETENTION_DAYS; none: for ever
    std::optional<std::uint64_t> bytes;  ///< LOG_RETENTION_BYTES of the log folder; none: any
    Milliseconds window{0};              ///< of idempotency: what is younger stays, whatever the other rules say
    std::uint32_t free_percent_min = 5;  ///< of the file system; below it the oldest go
};

/// One segment as the rules see it.
struct SegmentAge {
    std::uint32_t number = 0;
    bool sealed = false;
    TimePoint newest;         ///< when the last event was received or the last attempt ended, by our own clock
    std::uint64_t bytes = 0;  ///< of all its files
};

struct DiskSpace {
    std::uint64_t capacity = 0;
    std::uint64_t available = 0;
};

enum class RemovalReason { age, bytes, disk_space };
std::string_view to_string(RemovalReason reason);

struct Removal {
    std::uint32_t number = 0;
    RemovalReason reason = RemovalReason::age;
    auto operator<=>(const Removal&) const = default;
};

/// By our own clock: a publisher may choose any event time. Segments without events and attempts count as old: all they
/// speak of lies before them.
TimePoint newest_of(const SegmentRange& range);

/// The segments that go now, oldest first. Always the oldest of all, so that whatever is said of an event that stays is
/// there, too: a delivery that was closed is never open again because only its end was forgotten. Never an unsealed
/// one.
/// @param segments  the whole log, oldest first
std::vector<Removal> segments_to_remove(const std::vector<SegmentAge>& segments, const RetentionRules& rules,
                                        const DiskSpace& disk, TimePoint now);

/// When the rules must be asked again although nothing is written: the time at which the oldest segment becomes too
/// old, or may go at all; none when there is no sealed segment. What is written meanwhile is asked about when it is
/// sealed.
/// @param look_every  how often to look at the disk's space once something may go
std::optional<TimePoint> look_again_at(const std::vector<SegmentAge>& segments, const RetentionRules& rules,
                                       Milliseconds look_every, TimePoint now);

}  // namespace outpost::embedded
