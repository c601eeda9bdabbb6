#include "pipeline/watch/watch.hpp"

#include <algorithm>

namespace outpost::pipeline {

Watched watch(Watched before, const model::Attempt& attempt) {
    Watched after = std::move(before);
    if (attempt.status == model::AttemptStatus::success) {
        after.consecutive_failures = 0;
        after.last_success_at = attempt.time;
        return after;
    }
    ++after.consecutive_failures;
    after.last_failure_at = attempt.time;
    after.last_failure_code = attempt.code;
    return after;
}

std::string_view to_string(HealthState state) {
    switch (state) {
        case HealthState::fresh: return "new";
        case HealthState::healthy: return "healthy";
        case HealthState::degraded: return "degraded";
        case HealthState::failing: return "failing";
        case HealthState::disabled: return "disabled";
    }
    return "new";
}

HealthState judge(const HealthFacts& facts) {
    if (facts.disabled) return HealthState::disabled;
    const std::uint32_t half = std::max<std::uint32_t>((facts.limit + 1) / 2, 1);
    if (facts.watched.consecutive_failures >= std::min(kFailingFrom, half)) return HealthState::failing;
    if (facts.watched.consecutive_failures > 0 || facts.waits_long) return HealthState::degraded;
    return facts.watched.last_success_at ? HealthState::healthy : HealthState::fresh;
}

}  // namespace outpost::pipeline
