// What became of a delivery, as the facts of the log tell it (decision A7).
#pragma once

#include "ports/ledger.hpp"

namespace outpost::ports {

enum class OutcomeState { delivered, retrying, failed, skipped, cancelled, parked };

/// Its name in the API.
std::string_view to_string(OutcomeState state);

struct DeliveryOutcome {
    DestinationId destination_id;
    OutcomeState state = OutcomeState::failed;
    std::string reason;  ///< code of the attempt, or of the decision
    TimePoint time;      ///< of that attempt or decision

    bool operator==(const DeliveryOutcome&) const = default;
};

/// What the facts of one delivery say, met in the order of the log. Pure.
class OutcomeFold {
public:
    /// @param open  whether another attempt follows this one
    void attempted(const model::Attempt& attempt, bool open);
    /// @param attempts_before  how many attempts had been settled; counts for `carried`, which stands for facts that
    /// retention has removed
    void decided(const Decision& decision, std::uint32_t attempts_before);

    /// None: it waits for its first attempt.
    std::optional<DeliveryOutcome> outcome(DestinationId destination) const;

private:
    struct Told {
        OutcomeState state;
        std::string reason;
        TimePoint time;
    };
    std::optional<Told> told_;
};

}  // namespace outpost::ports
