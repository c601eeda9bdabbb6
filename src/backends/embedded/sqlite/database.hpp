// A thin owner of SQLite connections and statements: RAII and Result, nothing hidden (docs/adr/0002).
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace outpost::embedded {

/// Whether an error of this folder, or what caused it, says that the disk is full. Its code is unavailable, as of every
/// other failure of ours: `limited` means something else to callers of the ports.
bool is_disk_full(const Error& error);

/// A prepared statement. Bound text and blobs must live until the statement is reset. One thread at a time.
class Statement {
public:
    Statement() = default;
    Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
    ~Statement();
    Statement(Statement&& other) noexcept
        : database_(std::exchange(other.database_, nullptr)), statement_(std::exchange(other.statement_, nullptr)) {}
    Statement& operator=(Statement&& other) noexcept;

    /// Parameters count from 1.
    Statement& bind(int parameter, std::int64_t number);
    Statement& bind(int parameter, std::string_view text);
    Statement& bind_blob(int parameter, std::string_view bytes);
    Statement& bind_null(int parameter);
    Statement& bind(int parameter, std::optional<std::int64_t> number) {
        return number ? bind(parameter, *number) : bind_null(parameter);
    }

    /// true: there is a row. @return unavailable (disk, lock; see is_disk_full), corrupt, timeout (interrupted)
    Result<bool> step();
    /// Runs to the end, ignores rows, resets.
    Result<void> run();
    void reset();

    /// Columns count from 0; views live until the next step or reset.
    std::int64_t integer(int column) const;
    std::string_view text(int column) const;
    bool is_null(int column) const;
    std::optional<std::int64_t> optional_integer(int column) const {
        return is_null(column) ? std::nullopt : std::optional(integer(column));
    }

private:
    sqlite3* database_ = nullptr;
    sqlite3_stmt* statement_ = nullptr;
};

enum class OpenMode {
    create,    ///< read, write, create when missing
    existing,  ///< read, write
    read_only,
    immutable,  ///< read only, the file never changes: no locks, no side files
};

/// One connection. One thread at a time.
class Database {
public:
    static Result<Database> open(const std::filesystem::path& file, OpenMode mode);

    /// Runs statements separated by ';', without rows.
    Result<void> execute(const char* sql);
    /// Kept as long as the returned statement; `persistent` ones are meant to be used often.
    Result<Statement> prepare(std::string_view sql);
    /// The first column of the first row as an integer, if there is a row.
    Result<std::optional<std::int64_t>> query_integer(std::string_view sql);

    /// Rows changed by the last statement.
    std::int64_t changes() const;
    std::int64_t last_insert_id() const;
    /// Ends the transaction if one is open; used after a failure.
    void rollback();
    /// `stop` is asked now and then while a statement runs; when it says true, the statement ends with timeout.
    void interrupt_when(std::function<bool()> stop);

    /// Copies what it can from the WAL into the file without waiting for anyone.
    struct CheckpointResult {
        int frames = 0;
        int copied = 0;
    };
    Result<CheckpointResult> checkpoint_passive();
    /// Closing will not copy the WAL back into the file, which takes a moment and writes.
    void keep_wal_on_close();
    sqlite3* handle() const { return database_.get(); }

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> database_;
    std::unique_ptr<std::function<bool()>> stop_;
};

/// BEGIN IMMEDIATE … COMMIT; rolls back when it is destroyed without commit().
class Transaction {
public:
    static Result<Transaction> begin(Database& database);
    ~Transaction();
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;

    /// Durable when it returns (with synchronous=FULL).
    Result<void> commit();

private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

}  // namespace outpost::embedded
