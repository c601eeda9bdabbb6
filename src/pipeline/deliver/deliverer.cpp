#include "pipeline/deliver/deliverer.hpp"

#include "base/log.hpp"
#include "pipeline/deliver/verdict.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace outpost::pipeline {
namespace {

constexpr auto kStoreTimeout = std::chrono::seconds(30);

void log_attempt(const ports::Settlement& settlement) {
    const model::Attempt& attempt = settlement.attempt;
    log::debug("delivery.attempted", {{"attempt_id", attempt.id.value},
                                      {"event_id", settlement.event->id.value},
                                      {"tenant_id", settlement.event->tenant_id.value},
                                      {"attempt_status", model::to_string(attempt.status)},
                                      {"attempt_code", attempt.code},
                                      {"attempt_number", attempt.number},
                                      {"manual", attempt.manual},
                                      {"attempt_duration_ms", attempt.duration.count()},
                                      {"retry_scheduled", settlement.next_due.has_value()}});
}

bool is_cancellation(const boost::system::system_error& error) {
    return error.code() == boost::asio::error::operation_aborted;
}

}  // namespace

Task<Worked> Deliverer::work(model::Delivery delivery, InFlight& requests) {
    const model::Delivery given = delivery;
    std::string thrown;
    try {
        co_return co_await attempt(std::move(delivery), requests);
    } catch (const boost::system::system_error& error) {
        if (is_cancellation(error)) throw;
        thrown = error.what();
    } catch (const std::exception& error) {
        thrown = error.what();
    }
    log::error("delivery.failed_here", {{"event_id", given.event->id.value}, {"error", thrown}});
    co_return give_back(given, requests, Error(Errc::internal, thrown));
}

Task<Worked> Deliverer::attempt(model::Delivery delivery, InFlight& requests) {
    if (auto ready = ledger_.ready(); !ready) {  // nothing is sent whose result could not be kept
        co_return give_back(std::move(delivery), requests, ready.error());
    }
    const TenantId tenant_id = delivery.event->tenant_id;
    auto tenant = co_await views_.get(tenant_id, Deadline::after(clock_, kStoreTimeout));
    if (!tenant) co_return give_back(std::move(delivery), requests, tenant.error());
    const CompiledTenant::Entry* entry = (*tenant)->find(delivery.key.destination.destination);
    if (entry == nullptr || entry->destination->key.incarnation != delivery.key.destination.incarnation) {
        co_return co_await skip(std::move(delivery), requests, "destination_deleted");
    }
    if (entry->destination->destination.disabled_at) {
        co_return co_await skip(std::move(delivery), requests, "destination_disabled");
    }
    const auto destination = entry->destination;
    const MonotonicTime started = clock_.monotonic();
    const model::SendLimits limits = entry->limits;
    const Deadline deadline = Deadline::after(clock_, limits.timeout ? *limits.timeout : settings_.timeout);
    delivery.trace = trace_wish(settings_.record_requests, delivery.manual);
    auto outcome = co_await publishers_.send(delivery, destination, clock_.now(), deadline);
    if (!outcome) co_return give_back(std::move(delivery), requests, outcome.error());
    own_failures_.erase(delivery.key);
    requests.recording = true;
    const SendSign sign = sign_of(*outcome);
    Finished finished{.delivery = std::move(delivery),
                      .outcome = std::move(*outcome),
                      .attempt_id = AttemptId(attempt_ids_.next()),
                      .destination_type = destination->destination.type,
                      .ended = clock_.now(),
                      .duration = std::chrono::floor<Milliseconds>(clock_.monotonic() - started),
                      .requests = requests};
    co_await record(std::move(finished), requests);
    co_return Worked{.sign = sign, .end = Worked::End::settled, .limits = limits};
}

std::optional<model::SendLimits> Deliverer::limits_of(const model::Delivery& delivery) const {
    const CompiledTenantPtr tenant = views_.known(delivery.event->tenant_id);
    const auto* const entry = tenant ? tenant->find(delivery.key.destination.destination) : nullptr;
    return entry == nullptr ? std::nullopt : std::optional(entry->limits);
}

Task<void> Deliverer::record(Finished finished, const InFlight& requests) {
    const model::DeliveryKey key = finished.delivery.key;
    const double random = random_();
    log_attempt(settle(finished, settings_.retry, random));
    // One fact; written again, under the same attempt id, until it is durable (decisions B8, B11).
    bool may_be_stored = false;
    for (std::uint32_t failures = 0;; ++failures) {
        // What people ask for meanwhile goes into the fact, unless an earlier form of it may be stored already.
        if (!may_be_stored) finished.requests = requests;
        std::vector<ports::Settlement> batch(1, settle(finished, settings_.retry, random));
        auto settled = co_await ledger_.settle(std::move(batch), Deadline::after(clock_, kStoreTimeout));
        if (settled) break;
        may_be_stored = may_be_stored || settled.error().code() != Errc::unavailable;
        log::warn("delivery.settle_failed",
                  {{"attempt_id", finished.attempt_id.value}, {"error", settled.error().describe()}});
        co_await clock_.sleep_for(own_backoff(failures));
    }
    co_await follow(key, finished.requests, requests);
}

/// What was asked for after the fact had been made up is a fact of its own. The ledger may have decided the same
/// before the attempt was settled, which closed the delivery again: a promised attempt must not be lost so.
Task<void> Deliverer::follow(model::DeliveryKey key, InFlight answered, const InFlight& requests) {
    for (std::uint32_t failures = 0; requests != answered;) {
        const InFlight asked = requests;
        const auto kind = asked.retry_after ? ports::DecisionKind::redeliver : ports::DecisionKind::cancelled;
        std::vector<ports::Decision> decisions;
        decisions.push_back({.key = key, .kind = kind, .time = clock_.now(), .reason = "requested"});
        auto decided = co_await ledger_.decide(std::move(decisions), Deadline::after(clock_, kStoreTimeout));
        if (decided || decided.error().code() == Errc::not_found) {
            answered = asked;
            failures = 0;
            continue;
        }
        log::warn("delivery.decide_failed", {{"error", decided.error().describe()}});
        co_await clock_.sleep_for(own_backoff(failures++));
    }
}

Task<Worked> Deliverer::skip(model::Delivery delivery, const InFlight& requests, std::string reason) {
    const InFlight answered = requests;
    std::vector<ports::Decision> decisions;
    decisions.push_back(
        {.key = delivery.key, .kind = ports::DecisionKind::skipped, .time = clock_.now(), .reason = std::move(reason)});
    auto decided = co_await ledger_.decide(std::move(decisions), Deadline::after(clock_, kStoreTimeout));
    if (!decided) co_return give_back(std::move(delivery), requests, decided.error());
    own_failures_.erase(delivery.key);
    co_await follow(delivery.key, answered, requests);
    co_return Worked{.end = Worked::End::decided};
}

/// A person's request stays with the delivery; a cancelled one has been closed by whoever decided that.
Worked Deliverer::give_back(model::Delivery delivery, const InFlight& requests, const Error& error) {
    if (requests.retry_after) delivery.manual = true;
    if (own_failures_.size() >= kOwnFailuresMax) own_failures_.clear();
    const std::uint32_t failures = own_failures_[delivery.key]++;
    log::debug("delivery.postponed", {{"event_id", delivery.event->id.value}, {"error", error.describe()}});
    ledger_.postpone(std::move(delivery), clock_.now() + own_backoff(failures));
    return {.end = Worked::End::given_back};
}

}  // namespace outpost::pipeline
