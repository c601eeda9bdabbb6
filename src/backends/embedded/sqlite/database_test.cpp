#include "backends/embedded/sqlite/database.hpp"

#include "backends/embedded/fakes/scratch_folder.hpp"

namespace outpost::embedded {
namespace {

using fakes::read_file;
using fakes::ScratchFolder;
using fakes::write_file;

class DatabaseTest : public testing::Test {
protected:
    Database open(const std::string& name = "a.db", OpenMode mode = OpenMode::create) {
        auto database = Database::open(folder / name, mode);
        EXPECT_TRUE(database.has_value()) << database.error().describe();
        return std::move(*database);
    }
    Statement prepare(Database& database, std::string_view sql) {
        auto statement = database.prepare(sql);
        EXPECT_TRUE(statement.has_value()) << statement.error().describe();
        return std::move(*statement);
    }
    static Errc code_of(const auto& result) { return result.has_value() ? Errc::invalid : result.error().code(); }

    /// A table with more than one page of rows.
    Database filled(const std::string& name = "a.db") {
        Database database = open(name);
        EXPECT_TRUE(
            database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT);"
                             "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000)"
                             " INSERT INTO t SELECT n, printf('%.100c', 'x') FROM c"));
        return database;
    }

    ScratchFolder folder;
};

TEST_F(DatabaseTest, GivesBackWhatWasBound) {
    Database database = open();
    const std::string zeros("a\0b\0", 4);
    Statement row = prepare(database, "SELECT ?, ?, ?, ?, ?, ?");
    row.bind(1, std::int64_t{INT64_MIN}).bind(2, zeros).bind(3, std::string_view()).bind_blob(4, zeros).bind_null(5);
    row.bind(6, std::optional<std::int64_t>());
    ASSERT_EQ(row.step(), true);
    EXPECT_EQ(row.integer(0), INT64_MIN);
    EXPECT_EQ(row.text(1), zeros);
    EXPECT_EQ(row.text(2), "");
    EXPECT_FALSE(row.is_null(2));
    EXPECT_EQ(row.text(3), zeros);
    EXPECT_TRUE(row.is_null(4));
    EXPECT_EQ(row.text(4), "");
    EXPECT_EQ(row.optional_integer(5), std::nullopt);
    EXPECT_EQ(row.step(), false);
}

TEST_F(DatabaseTest, AStatementRunsAgainAfterAFailure) {
    Database database = open();
    ASSERT_TRUE(database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)"));
    Statement insert = prepare(database, "INSERT INTO t VALUES (?)");
    ASSERT_TRUE(insert.bind(1, 1).run());
    EXPECT_EQ(code_of(insert.bind(1, 1).run()), Errc::conflict);
    EXPECT_TRUE(insert.bind(1, 2).run());
    EXPECT_EQ(database.query_integer("SELECT count(*) FROM t"), 2);
}

TEST_F(DatabaseTest, NamesAMistakeInSql) {
    Database database = open();
    const auto statement = database.prepare("SELECT n FROM nowhere");
    ASSERT_FALSE(statement.has_value());
    EXPECT_EQ(statement.error().code(), Errc::internal);
    EXPECT_NE(statement.error().text().find("nowhere"), std::string::npos) << statement.error().text();
    EXPECT_EQ(code_of(database.execute("SELEC")), Errc::internal);
}

TEST_F(DatabaseTest, AnswersNoneWhereThereIsNoRowOrNull) {
    Database database = open();
    EXPECT_EQ(database.query_integer("SELECT 1 WHERE 0"), std::nullopt);
    EXPECT_EQ(database.query_integer("SELECT NULL"), std::nullopt);
    EXPECT_EQ(database.query_integer("SELECT 7"), 7);
}

TEST_F(DatabaseTest, AFullDiskIsUnavailableAndCanBeTold) {  // hard-cases T-07
    Database database = filled();
    const auto pages = database.query_integer("PRAGMA page_count");
    ASSERT_TRUE(database.execute(fmt::format("PRAGMA max_page_count={}", **pages).c_str()));
    const auto written = database.execute("INSERT INTO t SELECT n + 1000, x FROM t");
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), Errc::unavailable);
    EXPECT_TRUE(is_disk_full(written.error()));
    EXPECT_TRUE(is_disk_full(Error(Errc::unavailable, "the log", written.error())));
    EXPECT_EQ(database.query_integer("SELECT count(*) FROM t"), 1000);
    ASSERT_TRUE(database.execute("PRAGMA max_page_count=100000"));
    EXPECT_TRUE(database.execute("INSERT INTO t SELECT n + 1000, x FROM t"));
}

TEST_F(DatabaseTest, OtherTroubleIsNoFullDisk) {
    const auto missing = Database::open(folder / "no" / "where.db", OpenMode::create);
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code(), Errc::unavailable);
    EXPECT_NE(missing.error().text().find("where.db"), std::string::npos) << missing.error().text();
    EXPECT_FALSE(is_disk_full(missing.error()));
    EXPECT_EQ(code_of(Database::open(folder / "missing.db", OpenMode::existing)), Errc::unavailable);
    EXPECT_EQ(code_of(Database::open(folder / "missing.db", OpenMode::read_only)), Errc::unavailable);
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsCorrupt) {
    write_file(folder / "a.db", std::string(5000, 'x'));
    Database database = open();
    const auto read = database.query_integer("SELECT count(*) FROM sqlite_master");
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().code(), Errc::corrupt);
    EXPECT_NE(read.error().text().find("a.db"), std::string::npos);
}

TEST_F(DatabaseTest, ADamagedPageIsCorrupt) {
    {
        filled();
    }
    std::string content = read_file(folder / "a.db");
    content.replace(4096, 4096, std::string(4096, '\x7f'));  // the table's root
    write_file(folder / "a.db", content);
    Database database = open();
    EXPECT_EQ(code_of(database.query_integer("SELECT count(*) FROM t")), Errc::corrupt);
}

TEST_F(DatabaseTest, ALockedDatabaseIsUnavailable) {
    Database writer = filled();
    Database other = open();
    ASSERT_TRUE(other.execute("PRAGMA busy_timeout=0"));
    auto transaction = Transaction::begin(writer);
    ASSERT_TRUE(transaction.has_value());
    EXPECT_EQ(code_of(Transaction::begin(other)), Errc::unavailable);
    ASSERT_TRUE(transaction->commit());
    EXPECT_TRUE(Transaction::begin(other).has_value());
}

TEST_F(DatabaseTest, ALongQueryIsInterrupted) {
    Database database = open();
    int asked = 0;
    database.interrupt_when([&asked] { return ++asked == 3; });
    const auto endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c";
    EXPECT_EQ(code_of(database.query_integer(endless)), Errc::timeout);
    EXPECT_EQ(asked, 3);
    database.interrupt_when({});
    const auto long_one =
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 50000) SELECT max(n) FROM c";
    EXPECT_EQ(database.query_integer(long_one), 50'000);
    EXPECT_EQ(asked, 3);
}

TEST_F(DatabaseTest, ATransactionThatIsNotCommittedLeavesNothing) {
    Database database = filled();
    {
        auto transaction = Transaction::begin(database);
        ASSERT_TRUE(database.execute("DELETE FROM t"));
    }
    EXPECT_EQ(database.query_integer("SELECT count(*) FROM t"), 1000);
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(database.execute("DELETE FROM t"));
    EXPECT_EQ(database.changes(), 1000);
    ASSERT_TRUE(transaction->commit());
    database.rollback();  // there is nothing to roll back
    EXPECT_EQ(database.query_integer("SELECT count(*) FROM t"), 0);
}

TEST_F(DatabaseTest, OpensAnImmutableFileWhateverItsName) {
    const std::string name = "a?b#c%20d.db";
    {
        filled(name);
    }
    Database database = open(name, OpenMode::immutable);
    EXPECT_EQ(database.query_integer("SELECT count(*) FROM t"), 1000);
    EXPECT_FALSE(database.execute("DELETE FROM t").has_value());
}

TEST_F(DatabaseTest, CopiesTheWalBackWhenAsked) {
    Database database = open();
    ASSERT_TRUE(database.execute("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (n)"));
    const auto result = database.checkpoint_passive();
    ASSERT_TRUE(result.has_value());
    EXPECT_GT(result->frames, 0);
    EXPECT_EQ(result->copied, result->frames);
}

TEST_F(DatabaseTest, ACheckpointCopiesThroughAConnectionThatHasReadNothing) {
    Database writer = open();
    ASSERT_TRUE(
        writer.execute("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (n);"
                       "INSERT INTO t VALUES (1)"));
    Database other = open("a.db", OpenMode::existing);
    const auto result = other.checkpoint_passive();
    ASSERT_TRUE(result.has_value()) << result.error().describe();
    EXPECT_GT(result->copied, 0);
    EXPECT_EQ(result->copied, result->frames);
}

TEST_F(DatabaseTest, AReaderHoldsUpACheckpointOnlyWhileItReads) {
    Database writer = open();
    ASSERT_TRUE(
        writer.execute("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (n);"
                       "INSERT INTO t VALUES (1), (2)"));
    Database reader = open("a.db", OpenMode::read_only);
    Statement rows = prepare(reader, "SELECT n FROM t");
    ASSERT_EQ(rows.step(), true);
    ASSERT_TRUE(writer.execute("INSERT INTO t VALUES (3)"));
    auto result = writer.checkpoint_passive();
    ASSERT_TRUE(result.has_value());
    EXPECT_LT(result->copied, result->frames);
    rows.reset();
    result = writer.checkpoint_passive();
    EXPECT_EQ(result->copied, result->frames);
}

TEST_F(DatabaseTest, KeepsTheWalOnCloseWhenAsked) {
    for (const bool keep : {false, true}) {
        const std::string name = keep ? "kept.db" : "copied.db";
        {
            Database database = open(name);
            ASSERT_TRUE(database.execute("PRAGMA journal_mode=WAL; CREATE TABLE t (n)"));
            if (keep) database.keep_wal_on_close();
        }
        EXPECT_EQ(std::filesystem::exists(folder / (name + "-wal")), keep);
        EXPECT_EQ(open(name).query_integer("SELECT count(*) FROM t"), 0);
    }
}

TEST_F(DatabaseTest, AStatementMayOutliveItsConnection) {  // readers give connections up while they still read
    std::optional<Database> database = filled();
    Statement rows = prepare(*database, "SELECT n FROM t");
    ASSERT_EQ(rows.step(), true);
    database.reset();
    EXPECT_EQ(rows.step(), true);
    EXPECT_EQ(rows.integer(0), 2);
}

}  // namespace
}  // namespace outpost::embedded
