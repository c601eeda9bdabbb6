// Consecutive failures of a destination and what follows from them: a pure fold, (state, attempt) → (state, effects)
// (pipeline.md §11, decisions B5 and C1).
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace outpost::pipeline {

inline constexpr std::uint32_t kConsecutiveFailuresLimit = 100;  ///< the default of ALERT_CONSECUTIVE_FAILURE_COUNT
inline constexpr std::array<std::uint8_t, 4> kAlertLevels = {50, 70, 90, 100};  ///< per cent of it; fixed
/// A failure that comes longer than this after the one before begins a new count (pipeline.md §11.1).
inline constexpr Milliseconds kFailuresForgottenAfter = std::chrono::hours(24);

/// Why a destination was disabled without a person's doing.
inline constexpr std::string_view kDisabledByFailures = "consecutive_failure";
inline constexpr std::string_view kDisabledAsGone = "gone";

struct AlertRules {
    /// ALERT_CONSECUTIVE_FAILURE_COUNT, at least 1; none: failures are counted, nothing follows from the count.
    std::optional<std::uint32_t> limit = kConsecutiveFailuresLimit;
    bool auto_disable = false;     ///< ALERT_AUTO_DISABLE_DESTINATION: at 100 % of the limit
    bool disable_on_gone = false;  ///< DESTINATIONS_DISABLE_ON_GONE: at an answer 410 (decision B5)
    /// ALERT_EXHAUSTED_RETRIES_WINDOW_SECONDS: one alert a destination within it; 0: each; none: no such alert.
    std::optional<Milliseconds> exhausted_window = std::chrono::hours(1);
    std::uint32_t retries_max = 10;  ///< of an event, after its first attempt
};

/// What is kept of a destination between two attempts. One that equals FailureState{} need not be kept.
struct FailureState {
    std::uint32_t failures = 0;  ///< since the last success, enable, change of config or credentials
    std::optional<TimePoint> last_failure;
    /// The highest level that an alert was raised for, 0 for none. Not known after the state was worked out anew from
    /// the log: then what the count has reached counts as raised, so that nothing is ever said twice.
    std::optional<std::uint8_t> level = 0;
    std::optional<TimePoint> exhausted_at;  ///< the last alert of exhausted retries: outlives a success

    bool operator==(const FailureState&) const = default;
};

/// What the fold needs to know of an attempt.
struct SettledAttempt {
    bool success = false;
    TimePoint time;
    std::uint32_t number = 1;
    bool gone = false;      ///< answered 410; only asked for with disable_on_gone
    bool eligible = false;  ///< its event's eligible_for_retry; only asked for where may_exhaust() says so
};

struct AlertEffects {
    std::uint32_t failures = 0;
    std::uint8_t level = 0;         ///< alert.destination.consecutive_failure at this level; 0: none
    std::string_view disable = {};  ///< the destination is to be disabled for this reason; empty: it is not
    bool exhausted = false;         ///< alert.attempt.exhausted_retries

    bool operator==(const AlertEffects&) const = default;
};

struct Followed {
    FailureState state;
    AlertEffects effects;
};

/// The state after one more attempt, in the order in which they were settled, manual ones included. Each level is
/// raised once until the count begins anew; of several reached at once the highest (decision C1).
Followed follow(FailureState before, const SettledAttempt& attempt, const AlertRules& rules);

/// Whether the alert of exhausted retries hangs on nothing but the event's eligibility.
bool may_exhaust(const FailureState& before, const SettledAttempt& attempt, const AlertRules& rules);

/// The count as it begins anew: at enable and at a change of config or credentials. The window stays.
FailureState rearmed(const FailureState& before);

/// The highest level that a count has reached; 0: none. @param limit  at least 1
std::uint8_t level_of(std::uint32_t failures, std::uint32_t limit);

}  // namespace outpost::pipeline
