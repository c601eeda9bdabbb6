// What follows an attempt. Pure, so every row of the retry table is a unit test (pipeline.md §7–8).
#pragma once

#include "model/retry_policy.hpp"
#include "pipeline/dispatch/dispatcher.hpp"
#include "ports/ledger.hpp"

namespace outpost::pipeline {

/// One finished send, and what was asked for meanwhile.
struct Finished {
    model::Delivery delivery;
    model::Outcome outcome;
    AttemptId attempt_id;
    std::string destination_type;
    TimePoint ended;
    Milliseconds duration{0};  ///< by the monotonic clock: the wall clock may jump meanwhile (hard-cases T-16)
    InFlight requests;
};

/// The settlement to be written. A person's request for one more attempt is due at once and manual; a cancellation ends
/// the delivery; else the policy decides (manual attempts count like others: pipeline.md §9).
/// @param random  0 <= random < 1, for jitter
ports::Settlement settle(const Finished& finished, const model::RetryPolicy& policy, double random);

/// What is kept of an attempt's request: one that a person asked for keeps it whatever its end, unless nothing is to be
/// kept at all (portal.md §15a N7).
model::TraceWish trace_wish(model::TraceWish configured, bool manual);

/// What an outcome says of the destination's reach (design.md §5).
SendSign sign_of(const model::Outcome& outcome);

/// How long to wait after our own n-th failure in a row to try a delivery: 1 s doubled, at most 60 s (decision B11).
Milliseconds own_backoff(std::uint32_t failures);

}  // namespace outpost::pipeline
