#include "manage/tenants/tenants.hpp"

#include "base/manual_clock.hpp"
#include "manage/fakes/run_task.hpp"
#include "ports/fakes/memory_tenant_store.hpp"

namespace outpost::manage {
namespace {

// api.md §7.2, cases 27–30.
TEST(ParseTenantBody, ReadsMetadataOrClearsIt) {
    EXPECT_EQ(*parse_tenant_body(""), model::StringMap{});
    EXPECT_EQ(*parse_tenant_body("{}"), model::StringMap{});
    EXPECT_EQ(*parse_tenant_body("null"), model::StringMap{});
    EXPECT_EQ(*parse_tenant_body(R"({"metadata":null})"), model::StringMap{});
    EXPECT_EQ(*parse_tenant_body(R"({"METADATA":{"n":42,"b":true,"r":3.14,"z":null,"o":{"k":"v"}},"x":1})"),
              (model::StringMap{{"b", "true"}, {"n", "42"}, {"o", R"({"k":"v"})"}, {"r", "3.14"}, {"z", ""}}));
    for (std::string_view body : {"{bad", " ", "[]", R"({"metadata":[]})", R"({"metadata":"x"})"}) {
        ASSERT_FALSE(parse_tenant_body(body).has_value()) << body;
        EXPECT_EQ(parse_tenant_body(body).error(), (Refusal{RefusalKind::invalid, "invalid JSON", {}})) << body;
    }
}

struct TenantsTest : testing::Test {
    template <class T>
    T run(Task<T> task) {
        return fakes::run_task(context, std::move(task));
    }

    boost::asio::io_context context;
    ManualClock clock;
    Shards shards{{context.get_executor()}};
    ports::fakes::MemoryTenantStore store{clock, shards};
    Tenants tenants{store, clock};
    const TenantId t1{"t1"};
};

TEST_F(TenantsTest, CreatesThenReplacesTheMetadata) {
    const auto created = run(tenants.upsert(t1, Bytes(R"({"metadata":{"env":"prod"}})"), Deadline::never()));
    EXPECT_TRUE(created->created);
    EXPECT_EQ(created->record.tenant.created_at, clock.now());
    clock.advance(1s);
    const auto cleared = run(tenants.upsert(t1, Bytes(), Deadline::never()));
    EXPECT_FALSE(cleared->created);
    EXPECT_TRUE(cleared->record.tenant.metadata.empty());
    EXPECT_EQ(cleared->record.tenant.updated_at - cleared->record.tenant.created_at, 1s);
}

TEST_F(TenantsTest, StoresNothingWhenTheBodyIsWrong) {
    EXPECT_FALSE(run(tenants.upsert(t1, Bytes("{bad"), Deadline::never())).has_value());
    EXPECT_EQ(run(tenants.get(t1, Deadline::never())).error(),
              (Refusal{RefusalKind::not_found, "tenant not found", {}}));
}

TEST_F(TenantsTest, IsGoneAtOnceAfterADelete) {
    run(tenants.upsert(t1, Bytes(), Deadline::never()));
    EXPECT_TRUE(run(tenants.remove(t1, Deadline::never())).has_value());
    EXPECT_EQ(run(tenants.remove(t1, Deadline::never())).error().kind, RefusalKind::not_found);
    EXPECT_TRUE(run(tenants.list({}, Deadline::never()))->tenants.empty());
    EXPECT_TRUE(run(tenants.upsert(t1, Bytes(), Deadline::never()))->created);
}

}  // namespace
}  // namespace outpost::manage
