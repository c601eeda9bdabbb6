// Sends operator events in the background, until they have arrived (pipeline.md §12.4, decision C4).
#pragma once

#include "base/alarm.hpp"
#include "base/task_group.hpp"
#include "manage/catalog/catalog.hpp"
#include "ports/operator_outbox.hpp"

namespace outpost::manage {

inline constexpr std::size_t kSendsAtOnce = 32;
inline constexpr auto kSendTimeout = std::chrono::seconds(30);
/// After a failed try; doubled with each, up to the next line.
inline constexpr Milliseconds kSendAgainAfter{100};
inline constexpr Milliseconds kSendAgainAfterMax = std::chrono::minutes(1);
inline constexpr Milliseconds kSendGivenUpAfter = std::chrono::hours(72);  ///< from what it tells of

/// When an operator event that failed `tries` times is tried again, from its last try. Pure.
Milliseconds send_again_after(std::uint32_t tries);

/// One a process, on one shard. Nothing runs while nothing waits. stop() before destruction.
class OperatorSender {
public:
    struct Parts {
        ports::OperatorOutbox& outbox;
        ports::OperatorSink& sink;
        const Catalog& catalog;  ///< of the shard that `executor` is
        Clock& clock;
        std::string deployment_id;
    };
    OperatorSender(Parts parts, Executor executor);

    /// Something waits, perhaps. At the start too. Any thread.
    void wake();
    /// What was not delivered is sent after the next start. On its shard.
    Task<void> stop();

private:
    void look_soon();
    Task<void> look();
    Task<void> look_later();
    Task<bool> send_due();
    Task<void> send(ports::OperatorNotice notice);
    Task<void> settle(std::uint64_t number, std::optional<TimePoint> again);
    Deadline step() const { return Deadline::after(parts_.clock, kSendTimeout); }

    Parts parts_;
    Executor executor_;
    Alarm alarm_;
    TaskGroup group_;
    TaskGroup sends_;
    bool looking_ = false;
    bool look_again_ = false;
    bool stopped_ = false;
    std::uint32_t rounds_failed_ = 0;  ///< in a row: the sink is down
    bool round_arrived_ = false;       ///< something did, in this round
};

}  // namespace outpost::manage
