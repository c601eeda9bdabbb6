#include "pipeline/match/tenant_views.hpp"

#include "pipeline/testing/stage_fixture.hpp"
#include "ports/fakes/memory_tenant_store.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

class TenantViewsTest : public ::testing::Test {
protected:
    TenantViewsTest() { store_.subscribe(0, views_); }

    CompiledTenantPtr get(const TenantId& tenant) {
        auto got = stage_.await(views_.get(tenant, Deadline::never()));
        if (!got) throw std::runtime_error(got.error().describe());
        return *got;
    }
    void create(const char* id, std::string filter = {}) {
        const TimePoint now = stage_.clock().now();
        stage_.await(store_.upsert_tenant(TenantId("t1"), {}, now, Deadline::never()));
        model::Destination created;
        created.id = DestinationId(id);
        created.tenant_id = TenantId("t1");
        created.topics = {"*"};
        created.filter = std::move(filter);
        auto stored = stage_.await(store_.create_destination(std::move(created), 100, Deadline::never()));
        ASSERT_TRUE(stored.has_value());
    }

    pipeline::testing::Stage stage_{1};
    ports::fakes::MemoryTenantStore store_{stage_.clock(), stage_.shards()};
    TenantViews views_{store_, false};
};

TEST_F(TenantViewsTest, KeepsWhatItLoadedUntilSomethingChanges) {
    create("d1");
    const CompiledTenantPtr first = get(TenantId("t1"));
    EXPECT_EQ(get(TenantId("t1")), first);
    create("d2");
    const CompiledTenantPtr second = get(TenantId("t1"));
    EXPECT_EQ(first->entries.size(), 1U) << "what is in use does not change";
    EXPECT_EQ(second->entries.size(), 2U);
    EXPECT_EQ(get(TenantId("t1")), second);
}

TEST_F(TenantViewsTest, AnUnknownTenantHasANumberAndNoDestinations) {
    const CompiledTenantPtr nobody = get(TenantId("nobody"));
    EXPECT_TRUE(nobody->entries.empty());
    EXPECT_FALSE(nobody->view->exists);
    EXPECT_GT(nobody->view->number, 0U);
}

TEST_F(TenantViewsTest, SaysWithoutWaitingWhatIsKnownAlready) {
    create("d1");
    EXPECT_EQ(views_.known(TenantId("t1")), nullptr);
    const CompiledTenantPtr loaded = get(TenantId("t1"));
    EXPECT_EQ(views_.known(TenantId("t1")), loaded);
    create("d2");
    EXPECT_EQ(views_.known(TenantId("t1")), nullptr) << "it has changed since";
}

TEST_F(TenantViewsTest, WhatWasLoadedWhileSomethingChangedIsNotKept) {
    create("d1");
    auto loading = stage_.start(views_.get(TenantId("t1"), Deadline::never()));
    stage_.run_some(1);
    ASSERT_FALSE(loading->has_value());
    views_.tenant_changed(TenantId("t1"));
    stage_.run();
    ASSERT_TRUE(loading->has_value());
    const CompiledTenantPtr during = ***loading;
    const CompiledTenantPtr after = get(TenantId("t1"));
    EXPECT_NE(after, during);
    EXPECT_EQ(get(TenantId("t1")), after);
}

TEST_F(TenantViewsTest, TwoLoadsAtOnceLeaveOneView) {
    create("d1");
    auto first = stage_.start(views_.get(TenantId("t1"), Deadline::never()));
    auto second = stage_.start(views_.get(TenantId("t1"), Deadline::never()));
    stage_.run();
    ASSERT_TRUE(first->has_value() && second->has_value());
    EXPECT_EQ(get(TenantId("t1")), ***first);
    EXPECT_EQ((***second)->entries.size(), 1U);
}

TEST_F(TenantViewsTest, ForgetsTheLeastRecentlyUsedBeyondItsBound) {
    const auto tenant = [](std::size_t number) { return TenantId("t" + std::to_string(number)); };
    const CompiledTenantPtr oldest = get(tenant(0));
    const CompiledTenantPtr used_again = get(tenant(1));
    for (std::size_t number = 2; number < kTenantViewsMax; ++number) get(tenant(number));
    EXPECT_EQ(get(tenant(0)), oldest) << "all fit";
    EXPECT_EQ(get(tenant(1)), used_again);
    get(tenant(kTenantViewsMax));  // the first that does not: 2 goes
    get(tenant(kTenantViewsMax + 1));
    EXPECT_EQ(get(tenant(0)), oldest);
    EXPECT_EQ(get(tenant(1)), used_again);
    for (std::size_t number = 5000; number < 5000 + kTenantViewsMax; ++number) get(tenant(number));
    EXPECT_NE(get(tenant(0)), oldest);
}

TEST_F(TenantViewsTest, ADestinationWhoseFilterIsBrokenMatchesNothingAndSpoilsNothing) {
    create("broken", "{\"$nope\":1");
    create("good");
    const CompiledTenantPtr tenant = get(TenantId("t1"));
    ASSERT_EQ(tenant->entries.size(), 2U);
    EXPECT_TRUE(tenant->entries[0].filter_broken);
    EXPECT_FALSE(tenant->entries[1].filter_broken);
}

TEST_F(TenantViewsTest, TellsThatTheStoreDidNotAnswerInTime) {
    auto got = stage_.await(views_.get(TenantId("t1"), Deadline(stage_.clock().monotonic())));
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().code(), Errc::timeout);
    EXPECT_EQ(get(TenantId("t1"))->view->id.value, "t1") << "a failure is not kept";
}

}  // namespace
}  // namespace outpost::pipeline
