// Removes old segments while the service runs; what is still open in them is carried over (design.md §4 "Retention").
#pragma once

#include "backends/embedded/log/journal.hpp"
#include "backends/embedded/project/projector.hpp"
#include "backends/embedded/read/reader_pool.hpp"
#include "backends/embedded/retain/segment_files.hpp"
#include "base/alarm.hpp"

namespace outpost::embedded {

/// On the control executor. The order in which a segment goes, so that a crash between any two steps is harmless:
///
/// 1. the log thread opens no more deliveries of its events (Journal::leave);
/// 2. events that still have open deliveries are copied into the open segment, a commit at a time. While the segment is
///    there, the copies are hidden; after a crash, those that were copied are not copied again;
/// 3. control.db says that the log begins behind it (settings: log_first_segment). From here on a start removes its
/// files;
/// 4. readers are told, the files go.
class Retention {
public:
    struct Parts {
        Database& control;
        Projector& projector;
        SegmentDirectory& segments;
        Journal& journal;
        ReaderPool& readers;
        Clock& clock;
        DataPaths paths;
        Executor control_executor, sealer, log;
    };
    using AskDisk = std::function<Result<DiskSpace>(const std::filesystem::path&)>;
    Retention(Parts parts, RetentionRules rules, AskDisk disk_space);

    void start() { look_now(); }
    /// A segment was sealed: the log has grown.
    void sealed() { look_now(); }
    Task<void> close();

private:
    struct Look {
        std::vector<SegmentAge> segments;
        DiskSpace disk;
    };
    void look_now();
    void look_after(Milliseconds wait);
    Task<void> run();
    Task<Result<Look>> look();
    Task<Result<void>> remove(Removal removal, std::uint64_t bytes);
    struct Carried {
        std::size_t events = 0;
        std::size_t rows = 0;  ///< with the decisions behind the events
        std::uint64_t bytes = 0;
    };
    Task<Result<Carried>> carry_all(SegmentPtr segment);
    Task<Result<Carried>> carry_some(SegmentPtr segment, std::vector<Projector::OpenEvent> events);
    Result<void> record(std::uint32_t removed);
    Task<void> leave(std::optional<std::uint32_t> segment);

    Parts parts_;
    RetentionRules rules_;
    AskDisk disk_space_;
    TaskGroup tasks_;
    Alarm alarm_;
    bool running_ = false;
    bool again_ = false;  ///< asked for while it ran
    bool closed_ = false;
    MonotonicTime not_for_space_before_{};  ///< see kPoorYieldWait
};

/// The number of the first segment that retention has left; 0 when it has never removed one.
Result<std::uint32_t> first_segment_kept(Database& control);

}  // namespace outpost::embedded
