// Which segments there are, and what is known of each.
#pragma once

#include "backends/embedded/log/id_filter.hpp"
#include "backends/embedded/log/tail.hpp"
#include "base/time.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace outpost::embedded {

/// The times of a segment's rows of one kind; the first decides where a list meets it. One that is not used is empty.
using RowTimes = std::array<TimeBounds, 3>;

/// What a sealed segment holds; lists skip by it. Empty ranges have first > last.
struct SegmentRange {
    std::uint32_t rows = 0;
    std::int64_t event_time_first = INT64_MAX;  ///< without late ones
    std::int64_t event_time_last = INT64_MIN;
    // Events whose time is far from the segment's own (docs/adr/0010): one of them would stretch the range above until
    // no list could skip the segment.
    TimeBounds late_past;
    TimeBounds late_future;
    std::int64_t attempt_time_first = INT64_MAX;
    std::int64_t attempt_time_last = INT64_MIN;
    std::int64_t received_last = INT64_MIN;  ///< or carried: what has not changed since is older

    RowTimes event_times() const { return {{{event_time_first, event_time_last}, late_past, late_future}}; }
    RowTimes attempt_times() const { return {{{attempt_time_first, attempt_time_last}, {}, {}}}; }
};

/// Immutable; a change makes a new one.
struct Segment {
    std::uint32_t number = 0;
    std::filesystem::path file;
    std::shared_ptr<Tail> tail;  ///< null once sealed; shared: readers may still scan it when it is sealed
    SegmentRange range;          ///< of a sealed one
    std::shared_ptr<const IdFilter> ids =
        nullptr;  ///< of a sealed one; null when the file is missing: slower, not wrong
    bool sealed() const { return tail == nullptr; }
    /// False when no event and no attempt of this hash is in it, nor an attempt of such an event.
    bool may_have(std::uint64_t id_hash) const { return ids == nullptr || ids->may_contain(id_hash); }
};

using SegmentPtr = std::shared_ptr<const Segment>;
using SegmentList = std::vector<SegmentPtr>;

/// The filter of a sealed segment; null, and said in the log, when it can't be had.
std::shared_ptr<const IdFilter> open_id_filter(const std::filesystem::path& segment_file);

/// The current list, oldest first; the last one is open. Any thread. A lock guards one pointer: the list is read by
/// readers and written twice in a segment's life.
class SegmentDirectory {
public:
    std::shared_ptr<const SegmentList> list() const {
        const std::scoped_lock lock(mutex_);
        return list_;
    }
    /// Adds a segment or replaces the one of its number.
    void put(Segment segment);
    void remove(std::uint32_t number);
    /// The segment of this number, or null.
    static SegmentPtr find(const SegmentList& list, std::uint32_t number);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const SegmentList> list_ = std::make_shared<const SegmentList>();
};

}  // namespace outpost::embedded
