#include "pipeline/deliver/deliverer.hpp"

#include "base/log.hpp"
#include "pipeline/deliver/verdict.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace outpost::pipeline {
namespace {

constexpr auto kStoreTimeout = std::chrono::seconds(30);
constexpr std::size_t kOwnFailuresMax = 65'536;

model::Outcome set_up_failure(const Error& error) {
    log::warn("delivery.destination_unusable", {{"error", error.describe()}});
    return {.status = model::AttemptStatus::failed,
            .code = "ERR",
            .response_data = R"({"error":"failed to create publisher: validation failed"})"};
}

model::Outcome internal_error(std::string_view what, const model::Delivery& delivery) {
    log::error("delivery.exception", {{"event_id", delivery.event->id.value}, {"error", what}});
    return {.status = model::AttemptStatus::failed, .code = "internal_error"};
}

}  // namespace

Task<SendSign> Deliverer::work(model::Delivery delivery, const InFlight& requests) {
    if (auto ready = ledger_.ready(); !ready) {  // nothing is sent whose result could not be kept
        give_back(std::move(delivery), ready.error());
        co_return SendSign::not_tried;
    }
    const TenantId tenant_id = delivery.event->tenant_id;
    auto tenant = co_await views_.get(tenant_id, Deadline::after(clock_, kStoreTimeout));
    if (!tenant) {
        give_back(std::move(delivery), tenant.error());
        co_return SendSign::not_tried;
    }
    const CompiledTenant::Entry* entry = (*tenant)->find(delivery.key.destination.destination);
    if (entry == nullptr || entry->destination->key.incarnation != delivery.key.destination.incarnation) {
        co_await skip(std::move(delivery), "destination_deleted");
        co_return SendSign::not_tried;
    }
    if (entry->destination->destination.disabled_at) {
        co_await skip(std::move(delivery), "destination_disabled");
        co_return SendSign::not_tried;
    }
    const auto destination = entry->destination;
    const TimePoint started = clock_.now();
    auto outcome = co_await send(delivery, destination, started);
    if (!outcome) {
        give_back(std::move(delivery), outcome.error());
        co_return SendSign::not_tried;
    }
    own_failures_.erase(delivery.key);
    const SendSign sign = sign_of(*outcome);
    const Finished finished{.delivery = std::move(delivery),
                            .outcome = std::move(*outcome),
                            .attempt_id = AttemptId(attempt_ids_.next()),
                            .destination_type = destination->destination.type,
                            .started = started,
                            .ended = clock_.now(),
                            .requests = requests};
    co_await write(settle(finished, settings_.retry, random_()));
    co_return sign;
}

Task<Result<model::Outcome>> Deliverer::send(model::Delivery delivery,
                                             std::shared_ptr<const model::StoredDestination> destination,
                                             TimePoint started) {
    auto publisher = publishers_.get(destination);
    if (!publisher) co_return set_up_failure(publisher.error());
    const Deadline deadline = Deadline::after(clock_, settings_.timeout);
    std::string thrown;
    try {
        co_return co_await (*publisher)->send(delivery, started, deadline);
    } catch (const boost::system::system_error& error) {
        if (error.code() == boost::asio::error::operation_aborted) co_return fail(Errc::cancelled, "we are stopping");
        thrown = error.what();
    } catch (const std::exception& error) {
        thrown = error.what();
    }
    co_return internal_error(thrown, delivery);  // a destination's bug fails that attempt and nothing else (B12)
}

Task<void> Deliverer::write(ports::Settlement settlement) {
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
    // One fact; written again, under the same attempt id, until it is durable (decisions B8, B11).
    for (std::uint32_t failures = 0;; ++failures) {
        std::vector<ports::Settlement> batch(1, settlement);
        auto settled = co_await ledger_.settle(std::move(batch), Deadline::after(clock_, kStoreTimeout));
        if (settled) co_return;
        log::warn("delivery.settle_failed", {{"attempt_id", attempt.id.value}, {"error", settled.error().describe()}});
        co_await clock_.sleep_for(own_backoff(failures));
    }
}

Task<void> Deliverer::skip(model::Delivery delivery, std::string reason) {
    std::vector<ports::Decision> decisions;
    decisions.push_back({.key = delivery.key,
                         .kind = ports::DecisionKind::skipped,
                         .time = clock_.now(),
                         .reason = std::move(reason)});
    auto decided = co_await ledger_.decide(std::move(decisions), Deadline::after(clock_, kStoreTimeout));
    if (!decided) give_back(std::move(delivery), decided.error());
}

void Deliverer::give_back(model::Delivery delivery, const Error& error) {
    if (own_failures_.size() >= kOwnFailuresMax) own_failures_.clear();
    const std::uint32_t failures = own_failures_[delivery.key]++;
    log::debug("delivery.postponed", {{"event_id", delivery.event->id.value}, {"error", error.describe()}});
    ledger_.postpone(std::move(delivery), clock_.now() + own_backoff(failures));
}

}  // namespace outpost::pipeline
