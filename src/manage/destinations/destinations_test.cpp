#include "manage/destinations/destinations.hpp"

#include "base/manual_clock.hpp"
#include "manage/fakes/fake_type.hpp"
#include "manage/fakes/run_task.hpp"
#include "ports/fakes/memory_tenant_store.hpp"

namespace outpost::manage {
namespace {

/// Somebody else writes the destination just before our next updates.
class BusyStore : public ports::TenantStore {
public:
    explicit BusyStore(ports::TenantStore& store) : store_(store) {}
    int others_first = 0;

    Task<Result<model::StoredDestination>> update_destination(model::Destination destination, std::uint64_t version,
                                                              Deadline deadline) override {
        if (others_first > 0) {
            --others_first;
            auto stored = co_await store_.get_destination(destination.tenant_id, destination.id, deadline);
            model::Destination theirs = stored->destination;
            theirs.metadata["theirs"] += "x";
            (void)co_await store_.update_destination(std::move(theirs), stored->version, deadline);
        }
        co_return co_await store_.update_destination(std::move(destination), version, deadline);
    }
    Task<Result<ports::TenantRecord>> get_tenant(TenantId id, Deadline deadline) override {
        return store_.get_tenant(std::move(id), deadline);
    }
    Task<Result<ports::TenantUpsert>> upsert_tenant(TenantId id, model::StringMap metadata, TimePoint now,
                                                    Deadline deadline) override {
        return store_.upsert_tenant(std::move(id), std::move(metadata), now, deadline);
    }
    Task<Result<void>> delete_tenant(TenantId id, TimePoint now, Deadline deadline) override {
        return store_.delete_tenant(std::move(id), now, deadline);
    }
    Task<Result<ports::TenantPage>> list_tenants(ports::TenantQuery query, Deadline deadline) override {
        return store_.list_tenants(std::move(query), deadline);
    }
    Task<Result<model::StoredDestination>> get_destination(TenantId tenant, DestinationId id,
                                                           Deadline deadline) override {
        return store_.get_destination(std::move(tenant), std::move(id), deadline);
    }
    Task<Result<std::vector<model::StoredDestination>>> list_destinations(TenantId tenant, Deadline deadline) override {
        return store_.list_destinations(std::move(tenant), deadline);
    }
    Task<Result<model::StoredDestination>> create_destination(model::Destination destination, std::size_t limit,
                                                              Deadline deadline) override {
        return store_.create_destination(std::move(destination), limit, deadline);
    }
    Task<Result<void>> delete_destination(TenantId tenant, DestinationId id, TimePoint now,
                                          Deadline deadline) override {
        return store_.delete_destination(std::move(tenant), std::move(id), now, deadline);
    }
    Task<Result<ports::TenantViewPtr>> view(TenantId tenant, Deadline deadline) override {
        return store_.view(std::move(tenant), deadline);
    }
    void subscribe(std::size_t shard, ports::TenantListener& listener) override { store_.subscribe(shard, listener); }

private:
    ports::TenantStore& store_;
};

struct DestinationsTest : testing::Test {
    DestinationsTest() { EXPECT_TRUE(run(memory.upsert_tenant(t1, {}, clock.now(), Deadline::never())).has_value()); }

    template <class T>
    T run(Task<T> task) {
        return fakes::run_task(context, std::move(task));
    }
    Granted<model::Destination> create(std::string_view id) {
        return run(destinations.create(
            t1, ports::Role::admin,
            Bytes(fmt::format(R"({{"id":"{}","type":"webhook","topics":"*","config":{{"url":"https://e.com"}}}})", id)),
            Deadline::never()));
    }
    Granted<model::Destination> patch(std::string body) {
        return run(destinations.patch(d1, ports::Role::admin, Bytes(std::move(body)), Deadline::never()));
    }

    boost::asio::io_context context;
    ManualClock clock;
    Shards shards{{context.get_executor()}};
    ports::fakes::MemoryTenantStore memory{clock, shards};
    BusyStore store{memory};
    fakes::FakeType type{"webhook"};
    Catalog catalog{{&type}};
    IdGenerator ids{IdType::uuidv4, "dst_", clock};
    Destinations destinations{store, catalog, clock, ids, {{{}, false}, 3}};
    const TenantId t1{"t1"};
    const DestinationAddress d1{t1, DestinationId("d1")};
};

// Cases 52, 63, 91.
TEST_F(DestinationsTest, RefusesATakenIdAndAFullTenant) {
    EXPECT_TRUE(create("d1").has_value());
    EXPECT_EQ(create("d1").error(), (Refusal{RefusalKind::taken, "destination already exists", {}}));
    const auto generated = create("");
    EXPECT_TRUE(generated->id.value.starts_with("dst_"));
    EXPECT_TRUE(create("d3").has_value());
    EXPECT_EQ(create("d4").error(),
              (Refusal{RefusalKind::limited, "maximum number of destinations per tenant reached", {}}));
    EXPECT_EQ(run(destinations.remove(d1, Deadline::never()))->id, d1.id);
    EXPECT_EQ(run(destinations.remove(d1, Deadline::never())).error(),
              (Refusal{RefusalKind::not_found, "destination not found", {}}));
    EXPECT_TRUE(create("d1").has_value());
}

// Case 89: disabling twice keeps the first time; updated_at stays.
TEST_F(DestinationsTest, DisablesAndEnablesIdempotently) {
    const auto created = create("d1");
    clock.advance(1s);
    const TimePoint first = clock.now();
    EXPECT_EQ(run(destinations.disable(d1, Deadline::never()))->disabled_at, first);
    clock.advance(1s);
    const auto again = run(destinations.disable(d1, Deadline::never()));
    EXPECT_EQ(again->disabled_at, first);
    EXPECT_EQ(again->updated_at, created->updated_at);
    EXPECT_EQ(run(destinations.enable(d1, Deadline::never()))->disabled_at, std::nullopt);
    EXPECT_EQ(run(destinations.get(d1, Deadline::never()))->updated_at, created->updated_at);
}

TEST_F(DestinationsTest, AppliesAPatchToWhatConcurrentWritesLeft) {
    create("d1");
    store.others_first = kDestinationUpdateTriesMax - 1;
    const auto patched = patch(R"({"metadata":{"ours":"1"}})");
    ASSERT_TRUE(patched.has_value());
    EXPECT_EQ(patched->metadata,
              (model::StringMap{{"ours", "1"}, {"theirs", std::string(kDestinationUpdateTriesMax - 1, 'x')}}));
}

// destinations.md §4.2: what only others can tell is asked last, and may change what is stored.
TEST_F(DestinationsTest, StoresWhatOthersHaveVerified) {
    EXPECT_TRUE(create("d1").has_value());
    EXPECT_EQ(type.seen().verified, 1u);
    EXPECT_FALSE(type.seen().verified_with_stored);
    EXPECT_EQ(patch(R"({"credentials":{"key":"unknown"}})").error().details,
              std::vector<std::string>{"credentials.key failed key_verification_failed validation"});
    EXPECT_TRUE(type.seen().verified_with_stored);
    EXPECT_FALSE(run(destinations.get(d1, Deadline::never()))->credentials.contains("key"));
    EXPECT_TRUE(patch(R"({"credentials":{"key":"known"}})").has_value());
    EXPECT_EQ(run(destinations.get(d1, Deadline::never()))->config.at("region"), "its own");
}

TEST_F(DestinationsTest, AsksNobodyAboutWhatIsRefusedAnyway) {
    create("d1");
    EXPECT_FALSE(patch(R"({"config":{"url":"https://refused/"}})").has_value());
    EXPECT_EQ(type.seen().verified, 1u);
}

TEST_F(DestinationsTest, GivesUpWhenOthersAlwaysComeFirst) {
    create("d1");
    store.others_first = kDestinationUpdateTriesMax;
    EXPECT_EQ(patch(R"({"metadata":{"ours":"1"}})").error().kind, RefusalKind::contended);
    EXPECT_FALSE(run(destinations.get(d1, Deadline::never()))->metadata.contains("ours"));
}

// Check order: JSON before existence, existence before the rest (api.md §8.9, case 87).
TEST_F(DestinationsTest, ChecksTheJsonFirstThenTheDestination) {
    EXPECT_EQ(patch("{bad").error().message, "invalid JSON");
    EXPECT_EQ(patch(R"({"topics":[]})").error().message, "destination not found");
    create("d1");
    EXPECT_EQ(patch(R"({"topics":[]})").error().message, "validation failed: invalid topics");
}

TEST_F(DestinationsTest, ListsTheOldestFirst) {
    create("b");
    clock.advance(1s);
    create("a");
    const auto listed = run(destinations.list(t1, {}, Deadline::never()));
    ASSERT_EQ(listed->size(), 2u);
    EXPECT_EQ((*listed)[0].id, DestinationId("b"));
    EXPECT_TRUE(run(destinations.list(t1, {{"kafka"}, {}}, Deadline::never()))->empty());
}

}  // namespace
}  // namespace outpost::manage
