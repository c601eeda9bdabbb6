// What the conformance suite of the port can't see: how tenants and destinations lie in the file.
#include "backends/embedded/control/tenant_writes.hpp"

#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/control/tenant_reads.hpp"
#include "backends/embedded/fakes/faulty_vfs.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

constexpr TimePoint kThen = TimePoint(Milliseconds(1'700'000'000'123));

class TenantWritesTest : public testing::Test {
protected:
    TenantWritesTest() {
        auto opened = open_control(file);
        EXPECT_TRUE(opened.has_value());
        control = std::move(*opened);
        EXPECT_EQ(writes.upsert_tenant(tenant, {{"plan", "pro"}}, kThen), true);
    }
    ~TenantWritesTest() override { control = Database(); }  // before the file system goes

    model::Destination destination(const std::string& id = "d1") {
        model::Destination made;
        made.id = DestinationId(id);
        made.tenant_id = tenant;
        made.type = "webhook";
        made.topics = {"*", "user.\"quoted\""};
        made.filter = R"({"data":{"a":1}})";
        made.config = {{"url", "https://example.com/?a=b"}};
        made.credentials = {{"secret", "whsec_very_secret"}};
        made.delivery_metadata = {{"x-token", "token_very_secret"}};
        made.metadata = {{"ü", "\n"}};
        made.created_at = kThen;
        made.updated_at = kThen + 1ms;
        made.disabled_at = kThen + 2ms;
        return made;
    }
    Result<model::StoredDestination> read(const Sealer& with, const std::string& id = "d1") {
        return TenantReads(control, with).get_destination(tenant, DestinationId(id));
    }

    ScratchFolder folder;
    FaultyVfs disk;
    std::filesystem::path file = folder / "control.db";
    Database control;
    Sealer sealer{{"the secret of the test"}};
    TenantWrites writes{control, sealer};
    TenantId tenant{"t1"};
};

TEST_F(TenantWritesTest, ADestinationComesBackWhole) {
    const auto created = writes.create_destination(destination(), 20);
    ASSERT_TRUE(created.has_value()) << created.error().describe();
    const auto back = read(sealer);
    ASSERT_TRUE(back.has_value()) << back.error().describe();
    EXPECT_EQ(back->destination, destination());
    EXPECT_EQ(back->key, created->key);
    EXPECT_EQ(back->version, created->version);
}

TEST_F(TenantWritesTest, SecretsAreSealedAtRest) {  // decision D3
    ASSERT_TRUE(writes.create_destination(destination(), 20).has_value());
    ASSERT_TRUE(control.query_integer("PRAGMA wal_checkpoint(TRUNCATE)").has_value());
    const std::string content = read_file(file);
    EXPECT_NE(content.find("https://example.com/"), std::string::npos);
    EXPECT_EQ(content.find("whsec_very_secret"), std::string::npos);
    EXPECT_EQ(content.find("token_very_secret"), std::string::npos);
}

TEST_F(TenantWritesTest, SecretsOpenWithAPreviousSecretAndNotWithAnother) {
    ASSERT_TRUE(writes.create_destination(destination(), 20).has_value());
    EXPECT_TRUE(read(Sealer({"new", "the secret of the test"})).has_value());
    const auto refused = read(Sealer({"another"}));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), Errc::corrupt);
}

TEST_F(TenantWritesTest, SealedValuesCannotBeMovedToAnotherDestination) {
    ASSERT_TRUE(writes.create_destination(destination("d1"), 20).has_value());
    ASSERT_TRUE(writes.create_destination(destination("d2"), 20).has_value());
    ASSERT_TRUE(
        control.execute("UPDATE destinations SET credentials = (SELECT credentials FROM destinations WHERE"
                        " id = 'd1') WHERE id = 'd2'"));
    EXPECT_FALSE(read(sealer, "d2").has_value());
    ASSERT_TRUE(control.execute("UPDATE destinations SET credentials = delivery_metadata WHERE id = 'd1'"));
    EXPECT_FALSE(read(sealer, "d1").has_value());
}

TEST_F(TenantWritesTest, SecretsOfDeletedDestinationsAreGone) {
    ASSERT_TRUE(writes.create_destination(destination("d1"), 20).has_value());
    ASSERT_TRUE(writes.create_destination(destination("d2"), 20).has_value());
    ASSERT_TRUE(writes.delete_destination(tenant, DestinationId("d1"), kThen).has_value());
    const auto left =
        "SELECT count(*) FROM destinations WHERE credentials IS NOT NULL OR delivery_metadata IS NOT NULL";
    EXPECT_EQ(control.query_integer(left), 1);
    ASSERT_TRUE(writes.delete_tenant(tenant, kThen).has_value());
    EXPECT_EQ(control.query_integer(left), 0);
    EXPECT_EQ(control.query_integer("SELECT count(*) FROM tenants WHERE metadata <> '{}'"), 0);
}

TEST_F(TenantWritesTest, ARecreatedDestinationIsTheNextIncarnationOfItsNumber) {  // design.md §2
    const auto first = writes.create_destination(destination("d1"), 20);
    const auto other = writes.create_destination(destination("d2"), 20);
    ASSERT_TRUE(writes.delete_destination(tenant, DestinationId("d1"), kThen).has_value());
    const auto again = writes.create_destination(destination("d1"), 20);
    EXPECT_EQ(again->key.destination, first->key.destination);
    EXPECT_EQ(again->key.incarnation, first->key.incarnation + 1);
    EXPECT_GT(again->version, first->version);  // publishers are kept by version
    EXPECT_NE(other->key.destination, first->key.destination);
    EXPECT_EQ(read(sealer)->key, again->key);
}

TEST_F(TenantWritesTest, AWriteOfAnOldVersionChangesNothing) {  // decision C2
    const auto first = writes.create_destination(destination(), 20);
    model::Destination changed = destination();
    changed.type = "changed";
    const auto second = writes.update_destination(changed, first->version);
    ASSERT_TRUE(second.has_value());
    changed.type = "too late";
    EXPECT_EQ(writes.update_destination(changed, first->version).error().code(), Errc::conflict);
    EXPECT_EQ(read(sealer)->destination.type, "changed");
    EXPECT_EQ(read(sealer)->key, first->key);
}

TEST_F(TenantWritesTest, AFailedWriteLeavesNothing) {
    EXPECT_EQ(writes.create_destination(destination("d1"), 0).error().code(), Errc::limited);
    ASSERT_TRUE(writes.create_destination(destination("d1"), 1).has_value());
    EXPECT_EQ(writes.create_destination(destination("d2"), 1).error().code(), Errc::limited);
    EXPECT_EQ(writes.create_destination(destination("d1"), 20).error().code(), Errc::conflict);
    EXPECT_EQ(control.query_integer("SELECT count(*) FROM destinations"), 1);
    EXPECT_TRUE(writes.create_destination(destination("d2"), 20).has_value());  // no transaction is left open
}

TEST_F(TenantWritesTest, AFullDiskIsUnavailableAndNoLimitOfTheTenant) {  // hard-cases T-07
    for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
        disk.fail(code, "control.db");
        const auto created = writes.create_destination(destination(), 20);
        ASSERT_FALSE(created.has_value());
        EXPECT_EQ(created.error().code(), Errc::unavailable);
        EXPECT_EQ(writes.upsert_tenant(tenant, {}, kThen).error().code(), Errc::unavailable);
        EXPECT_EQ(writes.delete_tenant(tenant, kThen).error().code(), Errc::unavailable);
        EXPECT_EQ(writes.number_of(TenantId("t2")).error().code(), Errc::unavailable);
        disk.heal();
    }
    EXPECT_TRUE(writes.create_destination(destination(), 20).has_value());
    EXPECT_EQ(control.query_integer("SELECT count(*) FROM tenants"), 1);
}

TEST_F(TenantWritesTest, GivesOutANumberOnceForEveryTenantId) {
    const auto number = writes.number_of(TenantId("only events"));
    ASSERT_TRUE(number.has_value());
    EXPECT_EQ(writes.number_of(TenantId("only events")), *number);
    EXPECT_NE(writes.number_of(tenant), *number);
    EXPECT_EQ(writes.upsert_tenant(TenantId("only events"), {}, kThen), true);
    ASSERT_TRUE(writes.delete_tenant(TenantId("only events"), kThen).has_value());
    EXPECT_EQ(writes.upsert_tenant(TenantId("only events"), {}, kThen), true);
    EXPECT_EQ(writes.number_of(TenantId("only events")), *number);
}

TEST(StoredMaps, ComeBackAsTheyWere) {
    for (const model::StringMap& map :
         {model::StringMap{}, {{"", ""}}, {{"a", "\"\\\n\x01"}, {"ü", "\xF0\x9F\x98\x80"}}}) {
        EXPECT_EQ(map_from_json(map_to_json(map)), map);
    }
    for (const char* damaged : {"", "[]", "{\"a\":1}", "{", "null"}) EXPECT_FALSE(map_from_json(damaged).has_value());
    const std::vector<std::string> topics = {"*", "a\"b"};
    EXPECT_EQ(topics_from_json(topics_to_json(topics)), topics);
    for (const char* damaged : {"", "{}", "[1]", "[\"a\""}) EXPECT_FALSE(topics_from_json(damaged).has_value());
}

}  // namespace
}  // namespace outpost::embedded
