// What a destination's newest attempts say of it: a pure fold, (state, attempt) → state (portal.md §15a N1).
#pragma once

#include "base/time.hpp"
#include "model/attempt.hpp"
#include "pipeline/watch/failures.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outpost::pipeline {

/// Failures in a row from which a destination counts as failing; half of the limit when that is less.
inline constexpr std::uint32_t kFailingFrom = 5;

/// Failures in a row are not counted here: the ledger's side keeps their count (failures.hpp).
struct Watched {
    std::optional<TimePoint> last_success_at;
    std::optional<TimePoint> last_failure_at;
    std::string last_failure_code;

    bool operator==(const Watched&) const = default;
};

/// The state after one more attempt. In the order in which the attempts ended.
Watched watch(Watched before, const model::Attempt& attempt);

enum class HealthState {
    fresh,                   ///< "new": no attempt is known
    healthy,                 ///< the last attempt arrived
    degraded,                ///< the last attempt failed, or something waits too long for its turn
    failing,                 ///< kFailingFrom attempts in a row failed
    disabled,                ///< by a person
    disabled_automatically,  ///< by its failures, or because it answered that it is gone
};

/// Its name in the API.
std::string_view to_string(HealthState state);

struct HealthFacts {
    Watched watched;
    std::uint32_t consecutive_failures = 0;
    bool disabled = false;
    bool automatically = false;  ///< it was disabled without a person's doing
    bool waits_long = false;     ///< something has waited over an hour for its turn (decision B23)
    std::uint32_t limit = kConsecutiveFailuresLimit;
};

/// The worst that applies. Pure.
HealthState judge(const HealthFacts& facts);

}  // namespace outpost::pipeline
