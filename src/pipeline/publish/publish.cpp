#include "pipeline/publish/publish.hpp"

#include "pipeline/match/match.hpp"

namespace outpost::pipeline {
namespace {

model::EventPtr to_event(Publication publication, TimePoint now, const IdGenerator& ids) {
    auto event = std::make_shared<model::Event>();
    event->id = publication.id.empty() ? EventId(ids.next()) : std::move(publication.id);
    event->tenant_id = std::move(publication.tenant_id);
    event->topic = std::move(publication.topic);
    event->time = publication.time.value_or(now);
    event->received = now;
    event->eligible_for_retry = publication.eligible_for_retry;
    event->metadata = std::move(publication.metadata);
    event->data = std::move(publication.data);
    return event;
}

}  // namespace

Task<Result<PublishReceipt>> Publish::publish(Publication publication, Deadline deadline) {
    CO_TRY(const CompiledTenantPtr tenant, co_await views_.get(publication.tenant_id, deadline));
    const DestinationId only = publication.destination_id;
    const bool client_chose_id = !publication.id.empty();
    ports::Acceptance acceptance{.event = to_event(std::move(publication), clock_.now(), ids_),
                                 .tenant = tenant->view->number,
                                 .client_chose_id = client_chose_id};
    PublishReceipt receipt{.id = acceptance.event->id};
    for (const CompiledTenant::Entry* entry : match(*tenant, *acceptance.event, only, views_.allow_wildcards())) {
        acceptance.destinations.push_back(entry->destination->key);
        receipt.destination_ids.push_back(entry->destination->destination.id);
    }
    const TenantId tenant_id = acceptance.event->tenant_id;
    std::vector<ports::Acceptance> batch;
    batch.push_back(std::move(acceptance));
    CO_TRY(const std::vector<ports::Accepted> accepted, co_await ledger_.accept(std::move(batch), deadline));
    if (!accepted.front().duplicate) co_return receipt;
    receipt.duplicate = true;
    // The original list (decision A6), also of destinations that are gone: the log knows their ids.
    auto original = co_await log_.find_event(tenant_id, receipt.id, deadline);
    if (original) {
        receipt.destination_ids = std::move(original->matched_destination_ids);
        co_return receipt;
    }
    if (original.error().code() != Errc::not_found) co_return fail(std::move(original).error());
    // Brokered, the log comes later (decision A8): then what is live tells the ids.
    receipt.destination_ids.clear();
    for (const model::DestinationKey& key : accepted.front().destinations) {
        if (const auto* entry = tenant->find(key.destination)) {
            receipt.destination_ids.push_back(entry->destination->destination.id);
        }
    }
    co_return receipt;
}

}  // namespace outpost::pipeline
