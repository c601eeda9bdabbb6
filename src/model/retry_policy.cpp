#include "model/retry_policy.hpp"

#include <algorithm>

namespace outpost::model {
namespace {

constexpr double kJitterShare = 0.1;  // decision B6

/// `first` doubled `times` times, at most kRetryDelayMax, for any numbers.
Milliseconds doubled(Milliseconds first, std::uint32_t times) {
    Milliseconds delay = first;
    for (std::uint32_t i = 0; i < times && delay > Milliseconds(0) && delay < kRetryDelayMax; ++i) delay *= 2;
    return delay;
}

/// Whole seconds as milliseconds within [0, kRetryDelayMax]; compared in seconds, which can't overflow.
Milliseconds clamped(std::chrono::seconds wait) {
    if (wait >= std::chrono::duration_cast<std::chrono::seconds>(kRetryDelayMax)) return kRetryDelayMax;
    return std::max(wait, std::chrono::seconds(0));
}

Milliseconds jitter(Milliseconds delay, double random) {
    const double share = random > 0 ? std::min(random, 1.0) : 0.0;
    return Milliseconds(static_cast<std::int64_t>(static_cast<double>(delay.count()) * kJitterShare * share));
}

}  // namespace

std::uint32_t RetryPolicy::retries_max() const {
    return schedule.empty() ? limit : static_cast<std::uint32_t>(schedule.size());
}

Milliseconds base_delay(const RetryPolicy& policy, std::uint32_t number) {
    const std::uint32_t index = std::max<std::uint32_t>(number, 1) - 1;
    if (policy.schedule.empty()) return std::min(doubled(clamped(policy.interval), index), kRetryDelayMax);
    return clamped(policy.schedule[std::min<std::size_t>(index, policy.schedule.size() - 1)]);
}

std::optional<TimePoint> next_attempt(const RetryPolicy& policy, const Outcome& outcome, std::uint32_t number,
                                      bool eligible, TimePoint ended, double random) {
    if (outcome.status == AttemptStatus::success || outcome.permanent) return std::nullopt;
    if (!eligible || number > policy.retries_max()) return std::nullopt;
    Milliseconds delay = base_delay(policy, number);
    if (policy.jitter) delay = std::min(delay + jitter(delay, random), kRetryDelayMax);
    if (outcome.retry_after) delay = std::max(delay, std::min(*outcome.retry_after, kRetryAfterMax));
    return ended + delay;
}

}  // namespace outpost::model
