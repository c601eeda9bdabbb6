#include "pipeline/watch/failures.hpp"

#include <algorithm>

namespace outpost::pipeline {
namespace {

FailureState count(FailureState before, TimePoint failed_at) {
    const bool forgotten = before.last_failure && failed_at - *before.last_failure > kFailuresForgottenAfter;
    FailureState after = forgotten ? rearmed(before) : before;
    ++after.failures;
    after.last_failure = std::max(failed_at, after.last_failure.value_or(failed_at));  // a clock may be set back
    return after;
}

/// The level that this count reaches for the first time, which the state then knows.
std::uint8_t raise(FailureState& state, std::uint32_t limit) {
    const std::uint8_t told = state.level.value_or(level_of(state.failures - 1, limit));
    const std::uint8_t reached = level_of(state.failures, limit);
    state.level = std::max(told, reached);
    return reached > told ? reached : std::uint8_t{0};
}

}  // namespace

std::uint8_t level_of(std::uint32_t failures, std::uint32_t limit) {
    std::uint8_t reached = 0;
    for (const std::uint8_t level : kAlertLevels) {
        const std::uint64_t from = (std::uint64_t{limit} * level + 99) / 100;
        if (failures >= from) reached = level;
    }
    return reached;
}

FailureState rearmed(const FailureState& before) {
    FailureState state;
    state.exhausted_at = before.exhausted_at;
    return state;
}

bool may_exhaust(const FailureState& before, const SettledAttempt& attempt, const AlertRules& rules) {
    if (attempt.success || !rules.exhausted_window || rules.retries_max == 0) return false;
    if (attempt.number <= rules.retries_max) return false;
    if (!before.exhausted_at) return true;
    const auto since = attempt.time - *before.exhausted_at;
    return since >= *rules.exhausted_window || -since >= *rules.exhausted_window;  // also when a clock was set back
}

Followed follow(FailureState before, const SettledAttempt& attempt, const AlertRules& rules) {
    if (attempt.success) {
        FailureState after = rearmed(before);
        const bool open = after.exhausted_at && rules.exhausted_window &&
                          attempt.time - *after.exhausted_at < *rules.exhausted_window;
        if (!open) after.exhausted_at.reset();
        return {.state = after, .effects = {}};
    }
    Followed followed{.state = count(before, attempt.time), .effects = {}};
    AlertEffects& effects = followed.effects;
    effects.failures = followed.state.failures;
    if (rules.limit) effects.level = raise(followed.state, *rules.limit);
    if (rules.auto_disable && effects.level == kAlertLevels.back()) effects.disable = kDisabledByFailures;
    else if (rules.disable_on_gone && attempt.gone) effects.disable = kDisabledAsGone;
    effects.exhausted = attempt.eligible && may_exhaust(before, attempt, rules);
    if (effects.exhausted) followed.state.exhausted_at = attempt.time;
    return followed;
}

}  // namespace outpost::pipeline
