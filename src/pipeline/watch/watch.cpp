#include "pipeline/watch/watch.hpp"

#include <algorithm>

namespace outpost::pipeline {

Watched watch(Watched before, const model::Attempt& attempt) {
    Watched after = std::move(before);
    if (attempt.status == model::AttemptStatus::success) {
        after.last_success_at = attempt.time;
        return after;
    }
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
        case HealthState::disabled_automatically: return "disabled_automatically";
    }
    return "new";
}

HealthState judge(const HealthFacts& facts) {
    if (facts.disabled) return facts.automatically ? HealthState::disabled_automatically : HealthState::disabled;
    const std::uint32_t half = std::max<std::uint32_t>((facts.limit + 1) / 2, 1);
    if (facts.consecutive_failures >= std::min(kFailingFrom, half)) return HealthState::failing;
    if (facts.consecutive_failures > 0 || facts.waits_long) return HealthState::degraded;
    const Watched& seen = facts.watched;  // the count begins anew without an attempt too
    if (seen.last_failure_at && (!seen.last_success_at || *seen.last_failure_at > *seen.last_success_at)) {
        return HealthState::degraded;
    }
    return facts.watched.last_success_at ? HealthState::healthy : HealthState::fresh;
}

}  // namespace outpost::pipeline
