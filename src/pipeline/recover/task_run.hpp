// One task on its way: reads on from its cursor, makes each promise, says how far it has come (portal.md §15a N4).
#pragma once

#include "pipeline/recover/scanner.hpp"
#include "ports/destination_health.hpp"

#include <unordered_map>

namespace outpost::pipeline {

class Redeliver;

/// Open deliveries of a destination beyond which no more are added: the task waits for some to be settled. What the
/// port tells may be a second old, so that up to a second's pace may come on top.
inline constexpr std::size_t kOpenAheadMax = ports::kBacklogRowsMax;
inline constexpr std::size_t kRedeliveriesBetweenLooks = 100;  ///< at what is open
inline constexpr auto kReportEvery = std::chrono::seconds(1);
inline constexpr auto kRecoverStepTimeout = std::chrono::seconds(10);  ///< of one port call

/// What a run needs, all of one shard. Outlives it.
struct RecoverServices {
    Scanner& scanner;
    Redeliver& redeliver;
    ports::TaskStore& tasks;
    ports::DestinationHealth& backlogs;
    Clock& clock;
};

struct TaskEnd {
    ports::TaskState state = ports::TaskState::completed;
    std::string error;

    bool operator==(const TaskEnd&) const = default;
};

/// On one shard.
class TaskRun {
public:
    TaskRun(ports::TaskId id, RecoverRequestPtr request, ports::TaskProgress progress, RecoverServices with)
        : id_(std::move(id)), request_(std::move(request)), progress_(std::move(progress)), with_(with) {}

    /// Goes on until there is nothing left, it was cancelled, or it can't go on. A second of it at most is done again
    /// after a crash.
    /// @return unavailable, timeout: our own trouble; to be called again later, it goes on where it was
    Task<Result<TaskEnd>> carry_out();
    /// It ends before its next promise.
    void cancel() { cancelled_ = true; }

    const ports::TaskId& id() const { return id_; }
    const ports::TaskProgress& progress() const { return progress_; }

private:
    Task<Result<void>> measure();
    /// @return an end, or none to go on
    Task<Result<std::optional<TaskEnd>>> treat_page(ScanPage page);
    Task<Result<std::optional<TaskEnd>>> treat(ScanRow row);
    /// Waits for the turn of what is to be delivered again, and looks once more when that took time: somebody else may
    /// have asked for it meanwhile.
    Task<Result<Judged>> judge_in_turn(ScanRow row);
    Task<Result<void>> redeliver(model::DeliveryKey key);
    /// Until the destination has room. Gives up early when the task is cancelled.
    Task<Result<void>> wait_for_room(model::DestinationKey destination);
    Task<void> keep_pace();
    /// @return an end when the store says that it has ended
    Task<Result<std::optional<TaskEnd>>> report();
    std::optional<TaskEnd> end_for(Verdict verdict) const;
    Deadline step() const { return Deadline::after(with_.clock, kRecoverStepTimeout); }

    ports::TaskId id_;
    RecoverRequestPtr request_;
    ports::TaskProgress progress_;
    RecoverServices with_;
    bool cancelled_ = false;
    bool measured_ = false;
    bool slept_ = false;  ///< since judge_in_turn() began
    MonotonicTime next_promise_{};
    MonotonicTime next_report_{};
    std::unordered_map<std::uint32_t, std::size_t> until_look_;  ///< by destination: promises before the next look
};

}  // namespace outpost::pipeline
