// What is to be told to the operator: operator events, durable until they were delivered (pipeline.md §12, decision
// C4).
#pragma once

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "model/destination.hpp"
#include "ports/log_reader.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::ports {

inline constexpr std::size_t kNoticesMax = 100;  ///< of one call

/// pipeline.md §12.1, all there are.
inline constexpr std::string_view kTopicConsecutiveFailure = "alert.destination.consecutive_failure";
inline constexpr std::string_view kTopicDisabled = "alert.destination.disabled";
inline constexpr std::string_view kTopicExhausted = "alert.attempt.exhausted_retries";
inline constexpr std::string_view kTopicAttemptSuccess = "attempt.success";
inline constexpr std::string_view kTopicAttemptFailed = "attempt.failed";
inline constexpr std::string_view kTopicSubscription = "tenant.subscription.updated";
inline constexpr std::array<std::string_view, 6> kOperatorTopics = {kTopicConsecutiveFailure, kTopicDisabled,
                                                                    kTopicExhausted,          kTopicAttemptSuccess,
                                                                    kTopicAttemptFailed,      kTopicSubscription};

/// One operator event that waits. What it says of event and attempt is read when it is asked for.
struct OperatorNotice {
    std::uint64_t number = 0;  ///< names it in this port's calls; may name another one once it was sent
    std::string topic;
    /// What it tells of: an attempt's id, or a version of a destination. Topic and source make its public id, so that
    /// the same fact has the same id (decision C3).
    std::string source;
    TimePoint time;  ///< when what it tells of happened
    std::uint32_t tries = 0;
    TenantId tenant_id;
    /// JSON: the counts of a consecutive failure, the reason of a disabling as a text, the whole data of a
    /// subscription.
    std::string detail;
    std::optional<AttemptRecord> attempt;           ///< with its event; none for subscriptions
    std::vector<DestinationId> matched;             ///< destinations of that event
    std::optional<model::Destination> destination;  ///< without credentials and delivery metadata; as it is now, but
                                                    ///< with the `disabled_at` that the attempt caused
};

struct DueNotices {
    std::vector<OperatorNotice> notices;  ///< that were due first, first
    std::optional<TimePoint> next;        ///< when the first one is due that is not among them
};

/// Any shard. At least once: one that was sent comes again when the process ended before sent() was durable.
class OperatorOutbox {
public:
    virtual ~OperatorOutbox() = default;

    /// What is due. One whose event or attempt retention has removed is forgotten, and said in the log.
    /// @param limit  1..kNoticesMax
    /// @return unavailable; timeout
    virtual Task<Result<DueNotices>> due(TimePoint now, std::size_t limit, Deadline deadline) = 0;
    /// It was delivered, or given up: forgotten.
    virtual Task<Result<void>> sent(std::uint64_t number, Deadline deadline) = 0;
    /// It was tried once more and is due again then.
    virtual Task<Result<void>> postpone(std::uint64_t number, TimePoint until, Deadline deadline) = 0;
    /// @param tell  called on any thread when something was added. Before any other call
    virtual void subscribe(std::function<void()> tell) = 0;
};

/// Where operator events go.
class OperatorSink {
public:
    virtual ~OperatorSink() = default;
    /// @param body  the envelope, JSON
    /// @return what went wrong, in words for the log; safe to repeat
    virtual Task<Result<void>> send(std::string body, Deadline deadline) = 0;
};

}  // namespace outpost::ports
