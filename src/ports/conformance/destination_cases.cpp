// Destinations (storage.md §15.1, §15.2; api.md §8.2–8.4, decision C2).
#include "ports/conformance/tenant_store_suite.hpp"

#include <fmt/format.h>

namespace outpost::ports::conformance {

void link_destination_cases() {}

TEST_P(TenantStoreSuite, AnUnknownDestinationIsNotFound) {
    EXPECT_EQ(code_of(get("nobody", "d1")), "not_found");
    upsert("t1");
    EXPECT_EQ(code_of(get("t1", "d1")), "not_found");
    EXPECT_EQ(code_of(remove("t1", "d1")), "not_found");
    EXPECT_EQ(code_of(update(make("t1", "d1"), 1)), "not_found");
    EXPECT_TRUE(list_ids("t1").empty());
    EXPECT_TRUE(list_ids("nobody").empty());
}

TEST_P(TenantStoreSuite, NeedsATenantToCreateADestination) {
    EXPECT_EQ(code_of(create(make("nobody", "d1"))), "not_found");
    view("mentioned");
    EXPECT_EQ(code_of(create(make("mentioned", "d1"))), "not_found");
}

TEST_P(TenantStoreSuite, KeepsEveryMemberOfADestination) {
    upsert("t1");
    model::Destination destination = make("t1", "d1", {"user.created", "a,b", "*.x"});
    destination.created_at = now() - 24h;
    destination.updated_at = now() - 1h;
    destination.disabled_at = now() - 1min;
    const auto stored = create(destination);
    ASSERT_EQ(code_of(stored), "ok");
    EXPECT_EQ(stored->destination, destination);
    const auto found = get("t1", "d1");
    ASSERT_EQ(code_of(found), "ok");
    EXPECT_EQ(found->destination, destination);
    EXPECT_EQ(found->key, stored->key);
    EXPECT_EQ(found->version, stored->version);
}

TEST_P(TenantStoreSuite, KeepsADestinationWithoutOptionalMembers) {
    upsert("t1");
    model::Destination bare{.id = DestinationId("d1"), .tenant_id = TenantId("t1"), .type = "x", .topics = {"*"}};
    bare.created_at = bare.updated_at = now();
    ASSERT_EQ(code_of(create(bare)), "ok");
    EXPECT_EQ(get("t1", "d1")->destination, bare);
}

TEST_P(TenantStoreSuite, RefusesAnIdThatIsTaken) {
    upsert("t1");
    const auto first = created("t1", "d1", {"user.created"});
    EXPECT_EQ(code_of(create(make("t1", "d1"))), "conflict");
    EXPECT_EQ(code_of(create(make("t1", "d1"), 1)), "conflict");  // looked at before the limit (storage.md §4)
    EXPECT_EQ(get("t1", "d1")->destination, first.destination);
}

TEST_P(TenantStoreSuite, RefusesMoreDestinationsThanTheLimit) {
    upsert("t1");
    upsert("t2");
    created("t2", "other");
    EXPECT_EQ(code_of(create(make("t1", "d1"), 2)), "ok");
    auto disabled = make("t1", "d2");
    disabled.disabled_at = now();
    EXPECT_EQ(code_of(create(disabled, 2)), "ok");
    EXPECT_EQ(code_of(create(make("t1", "d3"), 2)), "limited");
    EXPECT_EQ(code_of(get("t1", "d3")), "not_found");
    remove("t1", "d1");
    EXPECT_EQ(code_of(create(make("t1", "d3"), 2)), "ok");
}

TEST_P(TenantStoreSuite, KeepsTheLimitUnderParallelCreates) {
    upsert("t1");
    std::vector<std::shared_ptr<std::optional<Result<model::StoredDestination>>>> calls;
    for (int number = 0; number < 6; ++number) {
        auto work = store().create_destination(make("t1", fmt::format("d{}", number)), 3, Deadline::never());
        calls.push_back(it().start(std::move(work), static_cast<std::size_t>(number) % it().shards().size()));
    }
    std::size_t successes = 0;
    for (auto& call : calls) successes += it().finish(call).has_value() ? 1 : 0;
    EXPECT_EQ(successes, 3U);
    EXPECT_EQ(list_ids("t1").size(), 3U);
}

TEST_P(TenantStoreSuite, ReplacesADestination) {
    upsert("t1");
    const auto first = created("t1", "d1", {"user.created"});
    it().advance(1min);
    model::Destination changed = first.destination;
    changed.topics = {"*"};
    changed.filter = R"({"data":{"a":1}})";
    changed.config = {{"url", "https://other.example"}};
    changed.credentials = {};
    changed.delivery_metadata = {{"x-other", "2"}};
    changed.metadata = {};
    changed.updated_at = now();
    changed.disabled_at = now();
    const auto second = update(changed, first.version);
    ASSERT_EQ(code_of(second), "ok");
    EXPECT_EQ(second->key, first.key);
    EXPECT_GT(second->version, first.version);
    EXPECT_EQ(get("t1", "d1")->destination, changed);  // replaced, not merged
    changed.filter.clear();
    changed.disabled_at.reset();
    ASSERT_EQ(code_of(update(changed, second->version)), "ok");
    EXPECT_EQ(get("t1", "d1")->destination, changed);
}

TEST_P(TenantStoreSuite, RefusesAnUpdateOfAVersionThatIsPast) {
    upsert("t1");
    const auto first = created("t1", "d1");
    model::Destination changed = first.destination;
    changed.metadata = {{"winner", "1"}};
    const auto second = update(changed, first.version);
    ASSERT_EQ(code_of(second), "ok");
    model::Destination late = first.destination;
    late.disabled_at = now();
    EXPECT_EQ(code_of(update(late, first.version)), "conflict");
    EXPECT_EQ(code_of(update(late, second->version + 1)), "conflict");
    EXPECT_EQ(get("t1", "d1")->destination, changed);
    EXPECT_EQ(get("t1", "d1")->version, second->version);
}

TEST_P(TenantStoreSuite, AnUpdateNeverRevivesADestination) {  // decision C2
    upsert("t1");
    const auto first = created("t1", "d1");
    remove("t1", "d1");
    EXPECT_EQ(code_of(update(first.destination, first.version)), "not_found");
    EXPECT_EQ(code_of(get("t1", "d1")), "not_found");
    const auto again = created("t1", "d1");
    const auto late = update(first.destination, first.version);  // meant for the one before
    if (first.version != again.version) EXPECT_EQ(code_of(late), "conflict");
}

TEST_P(TenantStoreSuite, LetsOneOfTwoParallelUpdatesWin) {
    upsert("t1");
    const auto first = created("t1", "d1");
    auto on_0 = it().start(store().update_destination(first.destination, first.version, Deadline::never()), 0);
    auto on_1 = it().start(store().update_destination(first.destination, first.version, Deadline::never()), 1);
    const bool won_0 = it().finish(on_0).has_value();
    const bool won_1 = it().finish(on_1).has_value();
    EXPECT_NE(won_0, won_1);
}

TEST_P(TenantStoreSuite, DeletesADestinationOnce) {
    upsert("t1");
    created("t1", "d1");
    EXPECT_EQ(code_of(remove("t1", "d1")), "ok");
    EXPECT_EQ(code_of(get("t1", "d1")), "not_found");
    EXPECT_EQ(code_of(remove("t1", "d1")), "not_found");
    EXPECT_TRUE(list_ids("t1").empty());
}

TEST_P(TenantStoreSuite, ARecreatedDestinationIsTheNextIncarnation) {
    upsert("t1");
    auto last = created("t1", "d1");
    for (int times = 0; times < 3; ++times) {
        remove("t1", "d1");
        const auto again = created("t1", "d1", {"user.created"});
        EXPECT_EQ(again.key.tenant, last.key.tenant);
        EXPECT_EQ(again.key.destination, last.key.destination);
        EXPECT_GT(again.key.incarnation, last.key.incarnation);
        EXPECT_EQ(get("t1", "d1")->key, again.key);
        last = again;
    }
    EXPECT_EQ(last.destination.topics, std::vector<std::string>{"user.created"});
}

TEST_P(TenantStoreSuite, GivesEveryPublicIdItsOwnNumberForEver) {
    upsert("t1");
    upsert("t2");
    const auto first = created("t1", "d1");
    remove("t1", "d1");
    const auto second = created("t1", "d2");
    const auto other = created("t2", "d1");
    EXPECT_NE(first.key.destination, second.key.destination);
    EXPECT_NE(std::pair(first.key.tenant, first.key.destination), std::pair(other.key.tenant, other.key.destination));
    EXPECT_NE(first.key.tenant, other.key.tenant);
    EXPECT_EQ(second.key.tenant, first.key.tenant);
}

TEST_P(TenantStoreSuite, SeparatesTenantsThatUseTheSameIds) {
    upsert("t1");
    upsert("t2");
    const auto of_t1 = created("t1", "d1", {"user.created"});
    created("t2", "d1", {"user.deleted"});
    created("t2", "only-here");
    EXPECT_EQ(code_of(get("t1", "only-here")), "not_found");
    remove("t2", "d1");
    EXPECT_EQ(get("t1", "d1")->destination, of_t1.destination);
    EXPECT_EQ(list_ids("t1"), std::vector<std::string>{"d1"});
    EXPECT_EQ(list_ids("t2"), std::vector<std::string>{"only-here"});
}

TEST_P(TenantStoreSuite, ListsDestinationsByTheirCreation) {
    create_five();
    EXPECT_EQ(list_ids("t1"), (std::vector<std::string>{"d0", "d1", "d2", "d3", "d4"}));
    auto touched = *get("t1", "d0");
    touched.destination.disabled_at = touched.destination.updated_at = now();
    update(touched.destination, touched.version);
    EXPECT_EQ(list_ids("t1"), (std::vector<std::string>{"d0", "d1", "d2", "d3", "d4"}));
    auto imported = make("t1", "imported");  // an older created_at may be brought along (api.md §8.3)
    imported.created_at = now() - 24h;
    create(imported);
    EXPECT_EQ(list_ids("t1").front(), "imported");
}

TEST_P(TenantStoreSuite, ListsDestinationsOfOneMillisecondById) {
    upsert("t1");
    for (const char* id : {"c", "a", "B", "b"}) EXPECT_EQ(code_of(create(make("t1", id))), "ok");
    EXPECT_EQ(list_ids("t1"), (std::vector<std::string>{"B", "a", "b", "c"}));
}

}  // namespace outpost::ports::conformance
