#include "pipeline/redeliver/redeliver.hpp"

#include "base/log.hpp"
#include "pipeline/dispatch/dispatcher.hpp"
#include "pipeline/match/match.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

namespace outpost::pipeline {
namespace {

constexpr auto kLookAgainAfter = std::chrono::milliseconds(5);  // at an attempt that is being recorded: rare and short

/// Runs on the destination's shard: notes the wish with what is on its way, then makes it durable.
Task<Result<void>> request(DeliveryOwner owner, ports::Ledger& ledger, model::DeliveryKey key, std::string reason,
                           Clock& clock, Deadline deadline) {
    if (owner.cancellations->is_unstored(key)) {  // it would close what is promised here
        co_return fail(Errc::unavailable, "an earlier cancellation is not stored yet");
    }
    Dispatcher& dispatcher = *owner.dispatcher;
    // First the note: an attempt that ends while the decision is being written must know of it.
    dispatcher.request_retry(key);
    std::vector<ports::Decision> decisions;
    decisions.push_back(
        {.key = key, .kind = ports::DecisionKind::redeliver, .time = clock.now(), .reason = std::move(reason)});
    CO_TRY_VOID(co_await ledger.decide(std::move(decisions), deadline));
    // The fact of an attempt that ended before may be stored after the decision, and closes the delivery again; then
    // the wish is decided once more. Nothing is promised before that: a crash would take it back.
    while (dispatcher.is_recording(key)) {
        if (deadline.passed(clock)) co_return fail(Errc::timeout, "the attempt before is not stored yet");
        co_await clock.sleep_for(kLookAgainAfter);
    }
    co_return Result<void>{};
}

RetryRefusal to_refusal(const Error& error, RetryRefusal not_found) {
    return error.code() == Errc::not_found ? not_found : RetryRefusal::unavailable;
}

}  // namespace

Task<std::expected<void, RetryRefusal>> Redeliver::retry(std::optional<TenantId> scope, EventId event_id,
                                                         DestinationId destination_id, Deadline deadline) {
    auto record = co_await log_.find_event(scope, event_id, deadline);
    if (!record) co_return std::unexpected(to_refusal(record.error(), RetryRefusal::event_not_found));
    // An event that was never for this destination counts as unknown (api.md §10).
    const auto matched = std::ranges::find(record->matched_destination_ids, destination_id);
    if (matched == record->matched_destination_ids.end()) {
        co_return std::unexpected(RetryRefusal::event_not_found);
    }
    auto tenant = co_await views_.get(record->event->tenant_id, deadline);
    if (!tenant) co_return std::unexpected(RetryRefusal::unavailable);
    const CompiledTenant::Entry* entry = (*tenant)->find(destination_id);
    if (entry == nullptr) co_return std::unexpected(RetryRefusal::destination_not_found);
    if (entry->destination->destination.disabled_at) co_return std::unexpected(RetryRefusal::destination_disabled);
    if (!matches(*entry, *record->event, views_.allow_wildcards())) {
        co_return std::unexpected(RetryRefusal::destination_mismatch);
    }
    const model::DeliveryKey key{record->ref, entry->destination->key};
    const auto decided = co_await again(key, "requested", deadline);
    if (!decided) co_return std::unexpected(to_refusal(decided.error(), RetryRefusal::event_not_found));
    log::info("manual retry initiated", {{"event_id", event_id.value}, {"destination_id", destination_id.value}});
    co_return std::expected<void, RetryRefusal>{};
}

Task<Result<void>> Redeliver::again(model::DeliveryKey key, std::string reason, Deadline deadline) {
    const std::size_t shard = shards_.owner_of(key.destination.destination);
    // Not cancelled with its caller: a cancellation that crosses to another thread can come after the end of what it is
    // for, and what was begun is half a promise. The deadline bounds it.
    auto uncancelled =
        boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(), boost::asio::use_awaitable);
    co_return co_await boost::asio::co_spawn(shards_.executor(shard),
                                             request(owners_[shard], ledger_, key, std::move(reason), clock_, deadline),
                                             uncancelled);
}

}  // namespace outpost::pipeline
