#include "pipeline/redeliver/cancel.hpp"

#include "pipeline/match/tenant_views.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

namespace outpost::pipeline {

Task<std::expected<void, CancelRefusal>> Cancel::cancel(TenantId tenant, EventId event, DestinationId destination,
                                                        Deadline deadline) {
    auto view = co_await views_.get(tenant, deadline);
    if (!view) co_return std::unexpected(CancelRefusal::unavailable);
    const CompiledTenant::Entry* entry = (*view)->find(destination);
    if (entry == nullptr) co_return std::unexpected(CancelRefusal::destination_not_found);
    const model::DestinationKey key = entry->destination->key;
    auto record = co_await log_.find_event(tenant, event, deadline);
    if (!record) {
        const bool unknown = record.error().code() == Errc::not_found;
        co_return std::unexpected(unknown ? CancelRefusal::event_not_found : CancelRefusal::unavailable);
    }
    const auto cancelled = co_await cancel({record->ref, key}, deadline);
    if (!cancelled) co_return std::unexpected(CancelRefusal::unavailable);
    co_return std::expected<void, CancelRefusal>{};
}

Task<Result<void>> Cancel::cancel(model::DeliveryKey key, Deadline deadline) {
    const std::size_t shard = shards_.owner_of(key.destination.destination);
    // Not cancelled with its caller, as a retry is not (redeliver.cpp). The deadline bounds it.
    auto uncancelled =
        boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(), boost::asio::use_awaitable);
    co_return co_await boost::asio::co_spawn(shards_.executor(shard),
                                             owners_[shard].cancellations->cancel(key, deadline), uncancelled);
}

}  // namespace outpost::pipeline
