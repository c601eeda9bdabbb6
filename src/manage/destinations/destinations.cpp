#include "manage/destinations/destinations.hpp"

#include "base/log.hpp"

namespace outpost::manage {
namespace {

constexpr std::string_view kNotFound = "destination not found";

void audit(std::string_view name, const model::Destination& destination) {
    log::info(name, {{"tenant_id", destination.tenant_id.value},
                     {"destination_id", destination.id.value},
                     {"destination_type", destination.type}});
}

Refusal creation_refusal(const Error& error) {
    if (error.code() == Errc::conflict) return {RefusalKind::taken, "destination already exists", {}};
    if (error.code() == Errc::limited) {
        return {RefusalKind::limited, "maximum number of destinations per tenant reached", {}};
    }
    return to_refusal(error, "tenant not found");
}

}  // namespace

Task<Granted<model::Destination>> Destinations::create(TenantId tenant, ports::Role role, Bytes body,
                                                       Deadline deadline) {
    auto creation = parse_creation(body.view());
    if (!creation) co_return std::unexpected(std::move(creation).error());
    const CreationContext context{std::move(tenant), role, clock_.now()};
    auto destination = build_destination(std::move(*creation), context, catalog_, rules_);
    if (!destination) co_return std::unexpected(std::move(destination).error());
    destination = co_await verified(std::move(*destination), std::nullopt, deadline);
    if (!destination) co_return std::unexpected(std::move(destination).error());
    if (destination->id.empty()) destination->id = DestinationId(ids_.next());
    auto stored = co_await store_.create_destination(std::move(*destination), rules_.per_tenant_max, deadline);
    if (!stored) co_return std::unexpected(creation_refusal(stored.error()));
    audit("destination.created", stored->destination);
    co_return std::move(stored->destination);
}

Task<Granted<model::Destination>> Destinations::get(DestinationAddress address, Deadline deadline) {
    auto stored = co_await store_.get_destination(std::move(address.tenant), std::move(address.id), deadline);
    if (!stored) co_return std::unexpected(to_refusal(stored.error(), kNotFound));
    co_return std::move(stored->destination);
}

Task<Granted<std::vector<model::Destination>>> Destinations::list(TenantId tenant, DestinationFilter filter,
                                                                  Deadline deadline) {
    auto stored = co_await store_.list_destinations(std::move(tenant), deadline);
    if (!stored) co_return std::unexpected(to_refusal(stored.error(), "tenant not found"));
    std::vector<model::Destination> listed;
    for (model::StoredDestination& each : *stored) {
        if (is_listed(each.destination, filter, rules_.topics.allow_wildcards)) {
            listed.push_back(std::move(each.destination));
        }
    }
    co_return listed;
}

Task<Granted<model::Destination>> Destinations::patch(DestinationAddress address, ports::Role role, Bytes body,
                                                      Deadline deadline) {
    auto request = PatchRequest::parse(std::string(body.view()));
    if (!request) co_return std::unexpected(std::move(request).error());
    Change apply = [this, role, patch = std::move(*request)](const model::Destination& stored) {
        return apply_patch(patch, stored, role, clock_.now(), catalog_, rules_);
    };
    auto changed = co_await change(std::move(address), std::move(apply), deadline);
    if (changed) audit("destination.updated", *changed);
    co_return changed;
}

Task<Granted<model::Destination>> Destinations::enable(DestinationAddress address, Deadline deadline) {
    Change apply = [](model::Destination stored) -> Granted<model::Destination> {
        stored.disabled_at.reset();
        return stored;
    };
    auto changed = co_await change(std::move(address), std::move(apply), deadline);
    if (changed) audit("destination.enabled", *changed);
    co_return changed;
}

Task<Granted<model::Destination>> Destinations::disable(DestinationAddress address, Deadline deadline) {
    Change apply = [this](model::Destination stored) -> Granted<model::Destination> {
        if (!stored.disabled_at) stored.disabled_at = clock_.now();
        return stored;
    };
    auto changed = co_await change(std::move(address), std::move(apply), deadline);
    if (changed) audit("destination.disabled", *changed);
    co_return changed;
}

Task<Granted<model::Destination>> Destinations::remove(DestinationAddress address, Deadline deadline) {
    auto stored = co_await store_.get_destination(address.tenant, address.id, deadline);
    if (!stored) co_return std::unexpected(to_refusal(stored.error(), kNotFound));
    const auto removed = co_await store_.delete_destination(address.tenant, address.id, clock_.now(), deadline);
    if (!removed) co_return std::unexpected(to_refusal(removed.error(), kNotFound));
    audit("destination.deleted", stored->destination);
    co_return std::move(stored->destination);
}

Task<Granted<model::Destination>> Destinations::verified(model::Destination destination,
                                                         std::optional<model::Destination> stored, Deadline deadline) {
    const auto* const provider = catalog_.find(destination.type);
    if (provider == nullptr) co_return destination;  // an older build stored it; it may still be disabled
    auto answer = co_await provider->verify(std::move(destination), std::move(stored), deadline);
    if (!answer) co_return std::unexpected(to_refusal(answer.error()));
    co_return *std::move(answer);
}

Task<Granted<model::Destination>> Destinations::change(DestinationAddress address, Change change, Deadline deadline) {
    for (int tries = 0; tries < kDestinationUpdateTriesMax; ++tries) {
        auto stored = co_await store_.get_destination(address.tenant, address.id, deadline);
        if (!stored) co_return std::unexpected(to_refusal(stored.error(), kNotFound));
        auto changed = change(stored->destination);
        if (!changed || *changed == stored->destination) co_return changed;
        changed = co_await verified(std::move(*changed), stored->destination, deadline);
        if (!changed) co_return changed;
        auto written = co_await store_.update_destination(std::move(*changed), stored->version, deadline);
        if (written) co_return std::move(written->destination);
        if (written.error().code() != Errc::conflict) {
            co_return std::unexpected(to_refusal(written.error(), kNotFound));
        }
    }
    co_return refuse(RefusalKind::contended, "destination is being changed by others, try again");
}

}  // namespace outpost::manage
