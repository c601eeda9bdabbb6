// Which segments there are, and what is known of each.
#pragma once

#include "backends/embedded/log/tail.hpp"
#include "base/time.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace outpost::embedded {

/// What a sealed segment holds; lists skip by it. Empty ranges have first > last.
struct SegmentRange {
    std::uint32_t rows = 0;
    std::int64_t event_time_first = INT64_MAX;
    std::int64_t event_time_last = INT64_MIN;
    std::int64_t attempt_time_first = INT64_MAX;
    std::int64_t attempt_time_last = INT64_MIN;
    std::int64_t received_last = INT64_MIN;  ///< or carried: what has not changed since is older
};

/// Immutable; a change makes a new one.
struct Segment {
    std::uint32_t number = 0;
    std::filesystem::path file;
    std::shared_ptr<Tail> tail;  ///< null once sealed; shared: readers may still scan it when it is sealed
    SegmentRange range;          ///< of a sealed one
    bool sealed() const { return tail == nullptr; }
};

using SegmentPtr = std::shared_ptr<const Segment>;
using SegmentList = std::vector<SegmentPtr>;

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
