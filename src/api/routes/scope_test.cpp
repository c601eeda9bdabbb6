#include "api/routes/scope.hpp"

namespace outpost::api {
namespace {

Call call_of(std::optional<std::string_view> tenant, std::string_view query) {
    Call call;
    if (tenant) call.caller = {ports::Role::tenant, TenantId(*tenant), std::nullopt};
    call.query = *Query::parse(query);
    return call;
}

/// "t1,t2", "all", or the status of the refusal.
std::string listed(std::optional<std::string_view> tenant, std::string_view query) {
    const auto tenants = listed_tenants(call_of(tenant, query));
    if (!tenants) return std::to_string(tenants.error().status);
    std::string text;
    for (const TenantId& id : *tenants) text += (text.empty() ? "" : ",") + id.value;
    return tenants->empty() ? "all" : text;
}

// api.md §2.3, §11.2, case 128.
TEST(ListedTenants, ConfinesATokenAndFiltersForTheKey) {
    EXPECT_EQ(listed(std::nullopt, ""), "all");
    EXPECT_EQ(listed(std::nullopt, "tenant_id=t1&tenant_id=t2"), "t1,t2");
    EXPECT_EQ(listed("t1", ""), "t1");
    EXPECT_EQ(listed("t1", "tenant_id=t1"), "t1");
    EXPECT_EQ(listed("t1", "tenant_id[]=t1&tenant_id[]=t2"), "403");
    EXPECT_EQ(listed("t1", "tenant_id="), "403");
}

// api.md §11.3.
TEST(SingleScope, NarrowsForTheKeyAndIgnoresTheQueryOfAToken) {
    EXPECT_EQ(single_scope(call_of(std::nullopt, "")), std::nullopt);
    EXPECT_EQ(single_scope(call_of(std::nullopt, "tenant_id=")), std::nullopt);
    EXPECT_EQ(single_scope(call_of(std::nullopt, "tenant_id=t2")), TenantId("t2"));
    EXPECT_EQ(single_scope(call_of("t1", "tenant_id=t2")), TenantId("t1"));
}

}  // namespace
}  // namespace outpost::api
