// Tenants, one at a time (storage.md §15.1, §15.2; api.md §7).
#include "ports/conformance/tenant_store_suite.hpp"

namespace outpost::ports::conformance {

void link_tenant_cases() {}

TEST_P(TenantStoreSuite, AnUnknownTenantIsNotFound) {
    EXPECT_EQ(code_of(get("nobody")), "not_found");
    EXPECT_EQ(code_of(remove("nobody")), "not_found");
}

TEST_P(TenantStoreSuite, CreatesATenantNow) {
    const auto upserted = upsert("t1", {{"plan", "pro"}});
    ASSERT_EQ(code_of(upserted), "ok");
    EXPECT_TRUE(upserted->created);
    const model::Tenant expected{
        .id = TenantId("t1"), .metadata = {{"plan", "pro"}}, .created_at = now(), .updated_at = now()};
    EXPECT_EQ(upserted->record.tenant, expected);
    EXPECT_EQ(upserted->record.destinations_count, 0U);
    EXPECT_TRUE(upserted->record.topics.empty());
    const auto found = get("t1");
    ASSERT_EQ(code_of(found), "ok");
    EXPECT_EQ(found->tenant, expected);
}

TEST_P(TenantStoreSuite, ReplacesTheMetadataOfATenant) {
    const TimePoint first = now();
    upsert("t1", {{"plan", "pro"}, {"region", "eu"}});
    it().advance(1min);
    const auto second = upsert("t1", {{"plan", "free"}});
    ASSERT_EQ(code_of(second), "ok");
    EXPECT_FALSE(second->created);
    EXPECT_EQ(second->record.tenant.created_at, first);
    EXPECT_EQ(second->record.tenant.updated_at, now());
    EXPECT_EQ(get("t1")->tenant.metadata, (model::StringMap{{"plan", "free"}}));  // replaced, not merged
    upsert("t1", {});
    EXPECT_TRUE(get("t1")->tenant.metadata.empty());
}

TEST_P(TenantStoreSuite, KeepsAnyTextInIdsAndMetadata) {
    const std::string odd = "a,b:c{d}\"'\\\n\xC3\xBC \xE2\x82\xAC";
    upsert(odd, {{odd, odd}, {"", ""}});
    const auto found = get(odd);
    ASSERT_EQ(code_of(found), "ok");
    EXPECT_EQ(found->tenant.id.value, odd);
    EXPECT_EQ(found->tenant.metadata, (model::StringMap{{odd, odd}, {"", ""}}));
}

TEST_P(TenantStoreSuite, ComparesTenantIdsByTheirBytes) {
    upsert("abc");
    EXPECT_EQ(code_of(get("ABC")), "not_found");
    EXPECT_TRUE(upsert("ABC")->created);
}

TEST_P(TenantStoreSuite, DeletesATenantOnce) {
    upsert("t1");
    EXPECT_EQ(code_of(remove("t1")), "ok");
    EXPECT_EQ(code_of(get("t1")), "not_found");
    EXPECT_EQ(code_of(remove("t1")), "not_found");  // api.md §7.3
}

TEST_P(TenantStoreSuite, DeletingATenantTakesItsDestinations) {
    upsert("t1");
    for (const char* id : {"d1", "d2", "d3"}) created("t1", id);
    EXPECT_EQ(code_of(remove("t1")), "ok");
    for (const char* id : {"d1", "d2", "d3"}) EXPECT_EQ(code_of(get("t1", id)), "not_found");
    EXPECT_TRUE(list_ids("t1").empty());
    EXPECT_EQ(code_of(create(make("t1", "d4"))), "not_found");
}

TEST_P(TenantStoreSuite, ARecreatedTenantStartsEmpty) {
    upsert("t1", {{"old", "1"}});
    const auto old = created("t1", "d1");
    remove("t1");
    it().advance(1min);
    const auto again = upsert("t1", {{"new", "1"}});
    ASSERT_EQ(code_of(again), "ok");
    EXPECT_TRUE(again->created);
    EXPECT_EQ(again->record.tenant.created_at, now());
    EXPECT_EQ(again->record.tenant.metadata, (model::StringMap{{"new", "1"}}));
    EXPECT_EQ(again->record.destinations_count, 0U);
    EXPECT_TRUE(list_ids("t1").empty());
    const auto renewed = created("t1", "d1");
    EXPECT_EQ(renewed.key.destination, old.key.destination);
    EXPECT_GT(renewed.key.incarnation, old.key.incarnation);
}

TEST_P(TenantStoreSuite, UpdatedAtOfATenantDoesNotMoveWithItsDestinations) {
    upsert("t1");
    const TimePoint first = now();
    created("t1", "d1");
    EXPECT_EQ(get("t1")->tenant.updated_at, first);
}

TEST_P(TenantStoreSuite, ShowsTheCountAndTheTopicsOfItsDestinations) {  // the data set "five"
    create_five();
    EXPECT_EQ(get("t1")->destinations_count, 5U);
    EXPECT_EQ(get("t1")->topics, std::vector<std::string>{"*"});
    const std::vector<std::string> three{"user.created", "user.deleted", "user.updated"};
    const std::vector<std::string> two{"user.created", "user.updated"};
    remove("t1", "d0");
    EXPECT_EQ(get("t1")->topics, three);
    remove("t1", "d1");
    EXPECT_EQ(get("t1")->topics, three);
    remove("t1", "d2");
    EXPECT_EQ(get("t1")->topics, three);
    remove("t1", "d3");
    EXPECT_EQ(get("t1")->topics, two);
    EXPECT_EQ(get("t1")->destinations_count, 1U);
    remove("t1", "d4");
    EXPECT_TRUE(get("t1")->topics.empty());
    EXPECT_EQ(get("t1")->destinations_count, 0U);
}

TEST_P(TenantStoreSuite, CountsDisabledDestinations) {
    upsert("t1");
    auto disabled = make("t1", "d1", {"user.created"});
    disabled.disabled_at = now();
    EXPECT_EQ(code_of(create(disabled)), "ok");
    EXPECT_EQ(get("t1")->destinations_count, 1U);
    EXPECT_EQ(get("t1")->topics, std::vector<std::string>{"user.created"});
    EXPECT_EQ(upsert("t1")->record.destinations_count, 1U);
}

TEST_P(TenantStoreSuite, TenantsSurviveARestart) {
    if (!it().is_durable()) GTEST_SKIP() << "this implementation does not outlive its process";
    upsert("t1", {{"plan", "pro"}});
    const auto stored = created("t1", "d1", {"user.created"});
    created("t1", "deleted");
    remove("t1", "deleted");
    upsert("gone");
    remove("gone");
    const std::uint32_t number = view("t1")->number;
    const std::uint32_t stranger = view("stranger")->number;
    it().run();
    it().restart();
    EXPECT_EQ(get("t1")->tenant.metadata, (model::StringMap{{"plan", "pro"}}));
    EXPECT_EQ(code_of(get("gone")), "not_found");
    const auto found = get("t1", "d1");
    ASSERT_EQ(code_of(found), "ok");
    EXPECT_EQ(found->destination, stored.destination);
    EXPECT_EQ(found->key, stored.key);
    EXPECT_EQ(found->version, stored.version);
    EXPECT_EQ(view("t1")->number, number);
    EXPECT_NE(view("newcomer")->number, number);
    EXPECT_NE(stranger, number);
    EXPECT_EQ(list_ids("t1"), std::vector<std::string>{"d1"});
    EXPECT_GT(created("t1", "deleted").key.incarnation, 0U);
    EXPECT_NE(created("t1", "d2").key.destination, stored.key.destination);
}

}  // namespace outpost::ports::conformance
