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

Publish::Matched Publish::match_one(const CompiledTenant& tenant, Publication publication) const {
    const DestinationId only = publication.destination_id;
    const bool client_chose_id = !publication.id.empty();
    Matched matched{.acceptance = {.event = to_event(std::move(publication), clock_.now(), ids_),
                                   .tenant = tenant.view->number,
                                   .client_chose_id = client_chose_id}};
    const model::Event& event = *matched.acceptance.event;
    matched.receipt.id = event.id;
    for (const CompiledTenant::Entry* entry : match(tenant, event, only, views_.allow_wildcards())) {
        matched.acceptance.destinations.push_back(entry->destination->key);
        matched.receipt.destination_ids.push_back(entry->destination->destination.id);
    }
    return matched;
}

Task<Result<PublishReceipt>> Publish::publish(Publication publication, Deadline deadline) {
    CO_TRY(CompiledTenantPtr tenant, co_await views_.get(publication.tenant_id, deadline));
    Matched matched = match_one(*tenant, std::move(publication));
    model::EventPtr event = matched.acceptance.event;
    std::vector<ports::Acceptance> batch;
    batch.push_back(std::move(matched.acceptance));
    CO_TRY(std::vector<ports::Accepted> accepted, co_await ledger_.accept(std::move(batch), deadline));
    if (!accepted.front().duplicate) co_return std::move(matched.receipt);
    co_return co_await original_of(std::move(tenant), std::move(event), std::move(accepted.front().destinations),
                                   deadline);
}

Task<Result<PublishReceipts>> Publish::publish_batch(std::vector<Publication> publications, Deadline deadline) {
    ASSERT(!publications.empty() && publications.size() <= ports::kAcceptBatchMax);
    std::map<TenantId, CompiledTenantPtr> tenants;
    for (const Publication& publication : publications) {
        CompiledTenantPtr& tenant = tenants[publication.tenant_id];
        if (tenant != nullptr) continue;
        CO_TRY(tenant, co_await views_.get(publication.tenant_id, deadline));
    }
    std::vector<model::EventPtr> events;
    std::vector<ports::Acceptance> batch;
    PublishReceipts receipts;
    for (Publication& publication : publications) {
        const CompiledTenant& tenant = *tenants.at(publication.tenant_id);
        Matched matched = match_one(tenant, std::move(publication));
        events.push_back(matched.acceptance.event);
        batch.push_back(std::move(matched.acceptance));
        receipts.push_back(std::move(matched.receipt));
    }
    CO_TRY(std::vector<ports::Accepted> accepted, co_await ledger_.accept(std::move(batch), deadline));
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        if (!accepted[i].duplicate) continue;
        receipts[i] = co_await original_of(tenants.at(events[i]->tenant_id), events[i],
                                           std::move(accepted[i].destinations), deadline);
    }
    co_return receipts;
}

Task<Result<PublishReceipt>> Publish::original_of(CompiledTenantPtr tenant, model::EventPtr event,
                                                  std::vector<model::DestinationKey> destinations, Deadline deadline) {
    PublishReceipt receipt{.id = event->id, .duplicate = true, .destination_ids = {}};
    for (const model::DestinationKey& key : destinations) {
        if (const auto* entry = tenant->find(key.destination)) {
            receipt.destination_ids.push_back(entry->destination->destination.id);
        }
    }
    if (receipt.destination_ids.size() == destinations.size()) co_return receipt;
    // The original list (decision A6), also of destinations that are gone: the log knows their ids.
    auto original = co_await log_.find_event(event->tenant_id, event->id, deadline);
    if (original) {
        receipt.destination_ids = std::move(original->matched_destination_ids);
        co_return receipt;
    }
    // Brokered, the log comes later (decision A8): then what is live tells the ids.
    if (original.error().code() != Errc::not_found) co_return fail(std::move(original).error());
    co_return receipt;
}

}  // namespace outpost::pipeline
