#include "ports/fakes/memory_tenant_store.hpp"

#include "model/topics.hpp"
#include "ports/fakes/hop.hpp"
#include "ports/fakes/paging.hpp"

namespace outpost::ports::fakes {
namespace {

std::unexpected<Error> too_late() {
    return fail(Errc::timeout, "the deadline passed");
}
std::unexpected<Error> no_tenant() {
    return fail(Errc::not_found, "no such tenant");
}
std::unexpected<Error> no_destination() {
    return fail(Errc::not_found, "no such destination");
}

Task<void> tell(TenantListener* listener, TenantId tenant) {
    listener->tenant_changed(tenant);
    co_return;
}

}  // namespace

MemoryTenantStore::Entry& MemoryTenantStore::entry_of(const TenantId& id) {
    Entry& entry = tenants_[id];
    if (entry.number == 0) entry.number = ++last_tenant_;
    return entry;
}

const MemoryTenantStore::Entry* MemoryTenantStore::live_entry(const TenantId& id) const {
    const auto found = tenants_.find(id);
    return found == tenants_.end() || !found->second.live ? nullptr : &found->second;
}

const MemoryTenantStore::Slot* MemoryTenantStore::live_slot(const TenantId& tenant, const DestinationId& id) const {
    const Entry* entry = live_entry(tenant);
    if (entry == nullptr) return nullptr;
    const auto slot = entry->slots.find(id);
    return slot == entry->slots.end() || !slot->second.live ? nullptr : &slot->second;
}

std::vector<std::shared_ptr<const model::StoredDestination>> MemoryTenantStore::live_destinations(const Entry& entry) {
    std::vector<std::shared_ptr<const model::StoredDestination>> live;
    for (const auto& [id, slot] : entry.slots)
        if (slot.live) live.push_back(slot.live);
    std::ranges::sort(
        live, {}, [](const auto& stored) { return std::pair(stored->destination.created_at, stored->destination.id); });
    return live;
}

TenantRecord MemoryTenantStore::record_of(const Entry& entry) {
    std::vector<std::vector<std::string>> topics;
    for (const auto& stored : live_destinations(entry)) topics.push_back(stored->destination.topics);
    return {.tenant = *entry.live, .destinations_count = topics.size(), .topics = model::union_of_topics(topics)};
}

Task<Result<TenantRecord>> MemoryTenantStore::get_tenant(TenantId id, Deadline deadline) {
    if (deadline.passed(clock_)) co_return too_late();
    co_await hop();
    const Entry* entry = live_entry(id);
    if (entry == nullptr) co_return no_tenant();
    co_return record_of(*entry);
}

Task<Result<TenantUpsert>> MemoryTenantStore::upsert_tenant(TenantId id, model::StringMap metadata, TimePoint now,
                                                            Deadline deadline) {
    if (deadline.passed(clock_)) co_return too_late();
    co_await hop();
    Entry& entry = entry_of(id);
    TenantUpsert upsert{.created = !entry.live};
    if (upsert.created) entry.live = model::Tenant{.id = id, .created_at = now};
    entry.live->metadata = std::move(metadata);
    entry.live->updated_at = now;
    upsert.record = record_of(entry);
    co_await announce(id);
    co_return upsert;
}

Task<Result<void>> MemoryTenantStore::delete_tenant(TenantId id, TimePoint, Deadline deadline) {
    if (deadline.passed(clock_)) co_return too_late();
    co_await hop();
    if (live_entry(id) == nullptr) co_return no_tenant();
    Entry& entry = entry_of(id);
    entry.live.reset();
    for (auto& [name, slot] : entry.slots) slot.live.reset();
    co_await announce(id);
    co_return Result<void>{};
}

Task<Result<TenantPage>> MemoryTenantStore::list_tenants(TenantQuery query, Deadline deadline) {
    ASSERT(query.page.limit >= 1 && query.page.limit <= kMemoryTenantPageMax);
    if (deadline.passed(clock_)) co_return too_late();
    co_await hop();
    std::vector<TenantRecord> rows;
    for (const auto& [id, entry] : tenants_) {
        const bool wanted = query.ids.empty() || std::ranges::find(query.ids, id) != query.ids.end();
        if (wanted && entry.live) rows.push_back(record_of(entry));
    }
    TenantPage page{.count = rows.size()};
    std::tie(page.tenants, page.links) = take_page(std::move(rows), query.page, [](const TenantRecord& row) {
        return model::Position{.time = row.tenant.created_at, .id = row.tenant.id.value};
    });
    co_return page;
}

Task<Result<model::StoredDestination>> MemoryTenantStore::get_destination(TenantId tenant, DestinationId id,
                                                                          Deadline deadline) {
    if (deadline.passed(clock_)) co_return too_late();
    co_await hop();
    const Slot* slot = live_slot(tenant, id);
    if (slot == nullptr) co_return no_destination();
    co_return *slot->live;
}

Task<Result<std::vector<model::StoredDestination>>> MemoryTenantStore::list_destinations(TenantId tenant,
                                                                                         Deadline deadline) {
    if (deadline.passed(clock_)) co_return too_late();
    co_await hop();
    std::vector<model::StoredDestination> list;
    const Entry* entry = live_entry(tenant);
    if (entry == nullptr) co_return list;
    for (const auto& stored : live_destinations(*entry)) list.push_back(*stored);
    co_return list;
}

Task<Result<model::StoredDestination>> MemoryTenantStore::create_destination(model::Destination destination,
                                                                             std::size_t limit, Deadline deadline) {
    if (deadline.passed(clock_)) co_return too_late();
    co_await hop();
    const TenantId tenant = destination.tenant_id;
    auto created = create(std::move(destination), limit);
    if (created) co_await announce(tenant);
    co_return created;
}

Result<model::StoredDestination> MemoryTenantStore::create(model::Destination destination, std::size_t limit) {
    if (live_entry(destination.tenant_id) == nullptr) return no_tenant();
    Entry& entry = entry_of(destination.tenant_id);
    if (live_slot(destination.tenant_id, destination.id) != nullptr)
        return fail(Errc::conflict, "destination already exists");
    if (live_destinations(entry).size() >= limit)
        return fail(Errc::limited, "maximum number of destinations per tenant reached");
    const auto [found, first] = entry.slots.try_emplace(destination.id);
    Slot& slot = found->second;
    if (first) {
        slot.key = {.tenant = entry.number, .destination = ++last_destination_, .incarnation = 0};
        names_[slot.key.destination] = destination.id;
    } else {
        ++slot.key.incarnation;
    }
    model::StoredDestination stored{.destination = std::move(destination), .key = slot.key, .version = ++last_version_};
    slot.live = std::make_shared<const model::StoredDestination>(stored);
    return stored;
}

Task<Result<model::StoredDestination>> MemoryTenantStore::update_destination(model::Destination destination,
                                                                             std::uint64_t version, Deadline deadline) {
    if (deadline.passed(clock_)) co_return too_late();
    co_await hop();
    const TenantId tenant = destination.tenant_id;
    auto updated = update(std::move(destination), version);
    if (updated) co_await announce(tenant);
    co_return updated;
}

Result<model::StoredDestination> MemoryTenantStore::update(model::Destination destination, std::uint64_t version) {
    if (live_slot(destination.tenant_id, destination.id) == nullptr) return no_destination();
    Slot& slot = entry_of(destination.tenant_id).slots.at(destination.id);
    if (slot.live->version != version) return fail(Errc::conflict, "the destination was changed meanwhile");
    if (!destination.disabled_at) destination.disabled_reason.clear();
    model::StoredDestination stored{.destination = std::move(destination), .key = slot.key, .version = ++last_version_};
    slot.live = std::make_shared<const model::StoredDestination>(stored);
    return stored;
}

Task<Result<void>> MemoryTenantStore::delete_destination(TenantId tenant, DestinationId id, TimePoint,
                                                         Deadline deadline) {
    if (deadline.passed(clock_)) co_return too_late();
    co_await hop();
    if (live_slot(tenant, id) == nullptr) co_return no_destination();
    entry_of(tenant).slots.at(id).live.reset();
    co_await announce(tenant);
    co_return Result<void>{};
}

Task<Result<TenantViewPtr>> MemoryTenantStore::view(TenantId tenant, Deadline deadline) {
    if (deadline.passed(clock_)) co_return too_late();
    co_await hop();
    const Entry& entry = entry_of(tenant);
    auto view = std::make_shared<TenantView>();
    view->id = tenant;
    view->number = entry.number;
    view->exists = entry.live.has_value();
    view->destinations = live_destinations(entry);
    co_return TenantViewPtr(std::move(view));
}

void MemoryTenantStore::subscribe(std::size_t shard, TenantListener& listener) {
    ASSERT(shard < shards_.size());
    listeners_.emplace_back(shard, &listener);
}

Task<void> MemoryTenantStore::announce(TenantId tenant) {
    for (const auto& [shard, listener] : std::vector(listeners_)) {
        Task<void> telling = tell(listener, tenant);
        co_await on(shards_.executor(shard), std::move(telling));
    }
}

DestinationId MemoryTenantStore::destination_id(const model::DestinationKey& key) const {
    const auto found = names_.find(key.destination);
    return found == names_.end() ? DestinationId{} : found->second;
}

}  // namespace outpost::ports::fakes
