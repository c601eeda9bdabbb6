// What matching and delivering see, and that they are told of changes in time.
#include "ports/conformance/tenant_store_suite.hpp"

namespace outpost::ports::conformance {
namespace {

/// How often every listener was told of the tenant, at the moment when the call's answer arrives.
template <class T>
Task<std::pair<bool, std::vector<std::size_t>>> told_at_answer(Task<Result<T>> call, Fixture* it, TenantId tenant) {
    const auto result = co_await std::move(call);
    std::vector<std::size_t> counts;
    for (std::size_t shard = 0; shard < it->shards().size(); ++shard)
        counts.push_back(it->listener(shard).count(tenant));
    co_return std::pair(result.has_value(), std::move(counts));
}

/// Runs a write and expects every listener to have been told of t1 before its answer.
template <class T>
void expect_told(Fixture& it, Task<Result<T>> call, const char* what) {
    std::vector<std::size_t> before;
    for (std::size_t shard = 0; shard < it.shards().size(); ++shard)
        before.push_back(it.listener(shard).count(TenantId("t1")));
    const auto [succeeded, after] = it.await(told_at_answer(std::move(call), &it, TenantId("t1")), 1);
    EXPECT_TRUE(succeeded) << what;
    for (std::size_t shard = 0; shard < before.size(); ++shard)
        EXPECT_GT(after[shard], before[shard]) << what << ", shard " << shard;
}

}  // namespace

void link_tenant_view_cases() {}

TEST_P(TenantStoreSuite, AnUnknownTenantHasAViewWithoutDestinations) {
    const TenantViewPtr seen = view("stranger");
    EXPECT_EQ(seen->id.value, "stranger");
    EXPECT_FALSE(seen->exists);
    EXPECT_TRUE(seen->destinations.empty());
    EXPECT_EQ(view("stranger")->number, seen->number);
    EXPECT_NE(view("another")->number, seen->number);
}

TEST_P(TenantStoreSuite, ATenantKeepsItsNumberWhateverBecomesOfIt) {
    const std::uint32_t number = view("t1")->number;
    upsert("t1");
    EXPECT_TRUE(view("t1")->exists);
    EXPECT_EQ(view("t1")->number, number);
    EXPECT_EQ(created("t1", "d1").key.tenant, number);
    remove("t1");
    EXPECT_FALSE(view("t1")->exists);
    EXPECT_EQ(view("t1")->number, number);
    upsert("t1");
    EXPECT_EQ(view("t1")->number, number);
}

TEST_P(TenantStoreSuite, AViewHoldsTheLiveDestinationsByTheirCreation) {
    create_five();
    upsert("t2");
    created("t2", "foreign");
    const TenantViewPtr seen = view("t1");
    EXPECT_TRUE(seen->exists);
    ASSERT_EQ(seen->destinations.size(), 5U);
    for (std::size_t index = 0; index < 5; ++index) {
        const auto stored = get("t1", "d" + std::to_string(index));
        ASSERT_EQ(code_of(stored), "ok");
        EXPECT_EQ(seen->destinations[index]->destination, stored->destination);
        EXPECT_EQ(seen->destinations[index]->key, stored->key);
        EXPECT_EQ(seen->destinations[index]->version, stored->version);
        EXPECT_EQ(seen->destinations[index]->key.tenant, seen->number);
    }
}

TEST_P(TenantStoreSuite, AViewHoldsDisabledDestinationsToo) {  // delivering tells disabled from gone (decision B10)
    upsert("t1");
    const auto stored = created("t1", "d1");
    model::Destination disabled = stored.destination;
    disabled.disabled_at = now();
    update(disabled, stored.version);
    const TenantViewPtr seen = view("t1");
    ASSERT_EQ(seen->destinations.size(), 1U);
    EXPECT_EQ(seen->destinations[0]->destination.disabled_at, now());
}

TEST_P(TenantStoreSuite, AViewFollowsEveryWrite) {
    upsert("t1");
    EXPECT_TRUE(view("t1")->destinations.empty());
    const auto stored = created("t1", "d1", {"user.created"});
    const TenantViewPtr before = view("t1");
    ASSERT_EQ(before->destinations.size(), 1U);
    model::Destination changed = stored.destination;
    changed.topics = {"user.deleted"};
    update(changed, stored.version);
    const TenantViewPtr after = view("t1");
    ASSERT_EQ(after->destinations.size(), 1U);
    EXPECT_EQ(after->destinations[0]->destination.topics, std::vector<std::string>{"user.deleted"});
    EXPECT_GT(after->destinations[0]->version, before->destinations[0]->version);
    EXPECT_EQ(before->destinations[0]->destination.topics, std::vector<std::string>{"user.created"});  // immutable
    remove("t1", "d1");
    EXPECT_TRUE(view("t1")->destinations.empty());
    const auto again = created("t1", "d1");
    ASSERT_EQ(view("t1")->destinations.size(), 1U);
    EXPECT_EQ(view("t1")->destinations[0]->key, again.key);
    remove("t1");
    EXPECT_TRUE(view("t1")->destinations.empty());
}

TEST_P(TenantStoreSuite, TellsEveryShardBeforeTheAnswer) {
    const auto never = Deadline::never();
    const TenantId t1("t1");
    expect_told(it(), store().upsert_tenant(t1, {}, now(), never), "create tenant");
    expect_told(it(), store().upsert_tenant(t1, {{"a", "b"}}, now(), never), "change tenant");
    expect_told(it(), store().create_destination(make("t1", "d1"), 20, never), "create destination");
    const auto stored = get("t1", "d1");
    ASSERT_EQ(code_of(stored), "ok");
    expect_told(it(), store().update_destination(stored->destination, stored->version, never), "update destination");
    expect_told(it(), store().delete_destination(t1, DestinationId("d1"), now(), never), "delete destination");
    expect_told(it(), store().delete_tenant(t1, now(), never), "delete tenant");
}

TEST_P(TenantStoreSuite, TellsOfTheTenantThatWasWritten) {
    upsert("t1");
    const std::size_t before = it().listener(0).count(TenantId("t1"));
    upsert("t2");
    created("t2", "d1");
    EXPECT_EQ(it().listener(0).count(TenantId("t1")), before);
    EXPECT_GE(it().listener(0).count(TenantId("t2")), 2U);
}

TEST_P(TenantStoreSuite, AnswersOnEveryShard) {
    upsert("t1");
    for (std::size_t shard = 0; shard < it().shards().size(); ++shard) {
        const auto found = it().await(store().get_tenant(TenantId("t1"), Deadline::never()), shard);
        EXPECT_EQ(code_of(found), "ok");
        const auto seen = it().await(store().view(TenantId("t1"), Deadline::never()), shard);
        EXPECT_TRUE(seen.has_value() && (*seen)->exists);
    }
}

}  // namespace outpost::ports::conformance
