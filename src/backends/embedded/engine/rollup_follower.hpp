// Keeps rollup.db behind the log: on the sealer's thread, because nothing waits for it.
#pragma once

#include "backends/embedded/log/segment_directory.hpp"
#include "backends/embedded/rollup/rollup.hpp"
#include "base/alarm.hpp"

namespace outpost::embedded {

/// On the control executor; the rollup itself only on the sealer's. Rows are counted some seconds late and many at
/// once: then rows of one minute fall into few cells, and readers count the last ones themselves. Nothing runs when
/// idle.
class RollupFollower {
public:
    RollupFollower(std::filesystem::path file, const SegmentDirectory& segments, Clock& clock, Executor control,
                   Executor sealer);

    /// Counts what a former process left; also the whole log, when the file is gone.
    void start();
    /// Rows were added.
    void advanced();
    /// A reader could not read the file: it is made anew.
    void distrust();
    Task<void> close();

private:
    void follow();
    Task<void> work();

    const SegmentDirectory& segments_;
    Clock& clock_;
    Executor sealer_;
    Rollup rollup_;
    TaskGroup tasks_;
    Alarm alarm_;
    model::EventRef counted_;  ///< the rollup's watermark, as this thread knows it
    bool distrusted_ = false;
    bool working_ = false;
    bool closed_ = false;
    bool again_ = false;  ///< asked while it was working
};

}  // namespace outpost::embedded
