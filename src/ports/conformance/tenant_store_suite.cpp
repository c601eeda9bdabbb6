#include "ports/conformance/tenant_store_suite.hpp"

namespace outpost::ports::conformance {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TenantStoreSuite);

// One a file of cases: referring to it is what makes the linker take the file.
void link_tenant_cases();
void link_tenant_list_cases();
void link_destination_cases();
void link_tenant_view_cases();

void link_tenant_store_suite() {
    link_tenant_cases();
    link_tenant_list_cases();
    link_destination_cases();
    link_tenant_view_cases();
}

Result<TenantRecord> TenantStoreSuite::get(const std::string& tenant) {
    return it().await(store().get_tenant(TenantId(tenant), Deadline::never()));
}

Result<TenantUpsert> TenantStoreSuite::upsert(const std::string& tenant, model::StringMap metadata) {
    return it().await(store().upsert_tenant(TenantId(tenant), std::move(metadata), now(), Deadline::never()));
}

Result<void> TenantStoreSuite::remove(const std::string& tenant) {
    return it().await(store().delete_tenant(TenantId(tenant), now(), Deadline::never()));
}

Result<TenantPage> TenantStoreSuite::list(TenantQuery query) {
    return it().await(store().list_tenants(std::move(query), Deadline::never()));
}

Result<model::StoredDestination> TenantStoreSuite::get(const std::string& tenant, const std::string& id) {
    return it().await(store().get_destination(TenantId(tenant), DestinationId(id), Deadline::never()));
}

Result<model::StoredDestination> TenantStoreSuite::create(model::Destination destination, std::size_t limit) {
    return it().await(store().create_destination(std::move(destination), limit, Deadline::never()));
}

Result<model::StoredDestination> TenantStoreSuite::update(model::Destination destination, std::uint64_t version) {
    return it().await(store().update_destination(std::move(destination), version, Deadline::never()));
}

Result<void> TenantStoreSuite::remove(const std::string& tenant, const std::string& id) {
    return it().await(store().delete_destination(TenantId(tenant), DestinationId(id), now(), Deadline::never()));
}

std::vector<std::string> TenantStoreSuite::list_ids(const std::string& tenant) {
    const auto listed = it().await(store().list_destinations(TenantId(tenant), Deadline::never()));
    EXPECT_TRUE(listed.has_value());
    std::vector<std::string> ids;
    for (const auto& stored : listed.value_or(std::vector<model::StoredDestination>{}))
        ids.push_back(stored.destination.id.value);
    return ids;
}

TenantViewPtr TenantStoreSuite::view(const std::string& tenant) {
    auto view = it().await(store().view(TenantId(tenant), Deadline::never()));
    if (!view || *view == nullptr) throw std::runtime_error("view: no answer");
    return *view;
}

model::Destination TenantStoreSuite::make(const std::string& tenant, const std::string& id,
                                          std::vector<std::string> topics) {
    model::Destination destination = a_destination(TenantId(tenant), DestinationId(id), now());
    destination.topics = std::move(topics);
    return destination;
}

model::StoredDestination TenantStoreSuite::created(const std::string& tenant, const std::string& id,
                                                   std::vector<std::string> topics) {
    it().advance(1s);
    auto stored = create(make(tenant, id, std::move(topics)));
    if (!stored) throw std::runtime_error("create: " + stored.error().describe());
    return *std::move(stored);
}

void TenantStoreSuite::create_five() {
    upsert("t1");
    created("t1", "d0", {"*"});
    created("t1", "d1", {"user.created"});
    created("t1", "gone", {"order.lost"});
    created("t1", "d2", {"user.updated"});
    created("t1", "d3", {"user.deleted"});
    created("t1", "d4", {"user.created", "user.updated"});
    EXPECT_EQ(code_of(remove("t1", "gone")), "ok");
}

}  // namespace outpost::ports::conformance
