// The control thread's own rhythm: projections follow the log, finished segments are sealed, the WAL is copied back.
#pragma once

#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/feed/due_times.hpp"
#include "backends/embedded/log/journal.hpp"
#include "backends/embedded/project/projector.hpp"
#include "base/alarm.hpp"

#include <set>

namespace outpost::embedded {

/// On the control executor.
class Maintenance {
public:
    Maintenance(Database& control, Projector& projector, DueTimes& due_times, SegmentDirectory& segments,
                Journal& journal, Clock& clock, Executor control_executor, Executor sealer, Executor log);

    /// Segments that were finished but not sealed when the process ended.
    void start(const std::vector<std::uint32_t>& finished);
    /// Rows were added that the projections have not seen.
    void advanced();
    void rolled(std::uint32_t finished);
    /// Called after each segment that was sealed.
    void when_sealed(std::function<void()> tell) { tell_sealed_ = std::move(tell); }
    Task<void> close();

private:
    void project();
    void seal_next();
    std::optional<std::uint32_t> next_to_seal() const;
    Task<void> seal(SegmentPtr segment);
    Task<void> checkpoint(SegmentPtr segment);

    Database& control_;
    Projector& projector_;
    DueTimes& due_times_;
    SegmentDirectory& segments_;
    Journal& journal_;
    Clock& clock_;
    Executor control_executor_;
    Executor sealer_;
    Executor log_;
    TaskGroup tasks_;
    Alarm alarm_;
    std::function<void()> tell_sealed_ = [] {};
    std::set<std::uint32_t> finished_;  ///< wait to be sealed
    std::uint32_t last_tried_ = 0;      ///< of those: one that can't be sealed must not hold up the others
    bool sealing_ = false;
    bool checkpointing_ = false;
    std::size_t rows_at_checkpoint_ = 0;
};

/// The manifest: sealed segments with their ranges.
Result<std::map<std::uint32_t, SegmentRange>> read_manifest(Database& control);
/// Adds a sealed segment to it, or replaces what it says of that one.
Result<void> write_manifest(Database& control, const Segment& sealed, TimePoint now);

}  // namespace outpost::embedded
