// The contract of ports/tenant_store.hpp as tests (storage.md §15.1–15.3). Instantiate it for every TenantStore.
#pragma once

#include "ports/conformance/fixture.hpp"
#include "ports/conformance/population.hpp"

#include <gtest/gtest.h>

namespace outpost::ports::conformance {

class TenantStoreSuite : public testing::TestWithParam<FixtureKind> {
protected:
    TenantStoreSuite() : fixture_(GetParam().make()) {}

    Fixture& it() { return *fixture_; }
    TenantStore& store() { return fixture_->tenants(); }
    TimePoint now() { return fixture_->clock().now(); }

    // The calls of the port on shard 0, without deadline.
    Result<TenantRecord> get(const std::string& tenant);
    Result<TenantUpsert> upsert(const std::string& tenant, model::StringMap metadata = {});
    Result<void> remove(const std::string& tenant);
    Result<TenantPage> list(TenantQuery query = {});
    Result<model::StoredDestination> get(const std::string& tenant, const std::string& id);
    Result<model::StoredDestination> create(model::Destination destination, std::size_t limit = 20);
    Result<model::StoredDestination> update(model::Destination destination, std::uint64_t version);
    Result<void> remove(const std::string& tenant, const std::string& id);
    std::vector<std::string> list_ids(const std::string& tenant);
    TenantViewPtr view(const std::string& tenant);

    /// Created now; `topics` instead of all.
    model::Destination make(const std::string& tenant, const std::string& id, std::vector<std::string> topics = {"*"});
    /// Creates it, a second after the last one; an error fails the test.
    model::StoredDestination created(const std::string& tenant, const std::string& id,
                                     std::vector<std::string> topics = {"*"});
    /// The data set "five" of storage.md §15.2 in tenant t1: d0…d4, and one that was deleted again.
    void create_five();

private:
    std::unique_ptr<Fixture> fixture_;
};

/// "not_found" and so on; "ok" for a value.
template <class T>
std::string code_of(const Result<T>& result) {
    return result ? std::string("ok") : std::string(to_string(result.error().code()));
}

/// Draws the cases out of the library into any program that includes this header.
void link_tenant_store_suite();
[[gnu::used]] inline constexpr auto kTenantStoreSuiteLinked = &link_tenant_store_suite;

}  // namespace outpost::ports::conformance
