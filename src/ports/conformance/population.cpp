#include "ports/conformance/population.hpp"

#include <fmt/format.h>

namespace outpost::ports::conformance {
namespace {

template <class T>
T value_of(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().describe());
    return *std::move(result);
}

}  // namespace

model::Destination a_destination(TenantId tenant, DestinationId id, TimePoint created) {
    return {.id = std::move(id),
            .tenant_id = std::move(tenant),
            .type = "webhook",
            .topics = {"*"},
            .filter = R"({"data":{"customer":{"tier":"gold"}}})",
            .config = {{"url", "https://example.com/hook"}},
            .credentials = {{"secret", "s3cr3t \"quoted\" \xC3\xBC"}},
            .delivery_metadata = {{"x-app", "1"}},
            .metadata = {{"env", "test"}},
            .created_at = created,
            .updated_at = created,
            .disabled_at = std::nullopt};
}

/// What a careless parser would change.
const std::string kData = R"({ "b":1.0,  "a" : "\u00fc<>&", "big": 12345678901234567890 })";

model::EventPtr an_event(EventShape shape, TimePoint received) {
    return std::make_shared<const model::Event>(
        model::Event{.id = std::move(shape.id),
                     .tenant_id = std::move(shape.tenant_id),
                     .topic = std::move(shape.topic),
                     .time = shape.time,
                     .received = received,
                     .eligible_for_retry = true,
                     .metadata = {{"source", "suite"}},
                     .data = Bytes(shape.data.empty() ? kData : std::move(shape.data))});
}

std::uint32_t Population::tenant(const TenantId& id) {
    if (const auto known = tenants_.find(id); known != tenants_.end()) return known->second;
    value_of(fixture_.await(fixture_.tenants().upsert_tenant(id, {}, fixture_.clock().now(), Deadline::never())));
    const TenantViewPtr view = value_of(fixture_.await(fixture_.tenants().view(id, Deadline::never())));
    return tenants_[id] = view->number;
}

model::DestinationKey Population::destination(const DestinationId& id, const TenantId& tenant_id) {
    const auto name = std::make_pair(tenant_id, id);
    if (const auto known = destinations_.find(name); known != destinations_.end()) return known->second;
    tenant(tenant_id);
    const auto stored = value_of(fixture_.await(fixture_.tenants().create_destination(
        a_destination(tenant_id, id, fixture_.clock().now()), kManyDestinations, Deadline::never())));
    return destinations_[name] = stored.key;
}

model::DestinationKey Population::destination_on(std::size_t shard) {
    for (int number = 0; number < 100; ++number) {
        const auto key = destination(DestinationId(fmt::format("on{}-{}", shard, number)));
        if (fixture_.shards().owner_of(key.destination) == shard) return key;
    }
    throw std::runtime_error("a hundred destinations and none on this shard");
}

model::DestinationKey Population::recreate(const DestinationId& id, const TenantId& tenant_id) {
    destination(id, tenant_id);
    auto deleted =
        fixture_.await(fixture_.tenants().delete_destination(tenant_id, id, fixture_.clock().now(), Deadline::never()));
    if (!deleted) throw std::runtime_error(deleted.error().describe());
    destinations_.erase({tenant_id, id});
    return destination(id, tenant_id);
}

Acceptance Population::acceptance(EventShape shape, std::vector<model::DestinationKey> destinations,
                                  bool client_chose_id) {
    const std::uint32_t number = tenant(shape.tenant_id);
    if (shape.time == TimePoint{}) shape.time = fixture_.clock().now();
    return {.event = an_event(std::move(shape), fixture_.clock().now()),
            .tenant = number,
            .destinations = std::move(destinations),
            .client_chose_id = client_chose_id};
}

}  // namespace outpost::ports::conformance
