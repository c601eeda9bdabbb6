#include "backends/embedded/sqlite/database.hpp"

#include <sqlite3.h>

namespace outpost::embedded {
namespace {

constexpr int kProgressSteps = 10'000;  // virtual machine steps between two looks at the deadline
constexpr int kBusyTimeoutMs = 5'000;

Error to_error(sqlite3* database, int code) {
    const char* file = database != nullptr ? sqlite3_db_filename(database, "main") : nullptr;
    std::string text = fmt::format("{}: {}", file != nullptr ? file : "database",
                                   database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code));
    switch (code & 0xFF) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_FORMAT: return {Errc::corrupt, std::move(text)};
        case SQLITE_FULL: return {Errc::unavailable, std::move(text), Error(Errc::limited, "the disk is full")};
        case SQLITE_INTERRUPT: return {Errc::timeout, "the query took too long"};
        case SQLITE_CONSTRAINT: return {Errc::conflict, std::move(text)};
        case SQLITE_ERROR:
        case SQLITE_MISUSE: return {Errc::internal, std::move(text)};
        default: return {Errc::unavailable, std::move(text)};
    }
}

int ask_to_stop(void* context) {
    return (*static_cast<std::function<bool()>*>(context))() ? 1 : 0;
}

}  // namespace

bool is_disk_full(const Error& error) {
    for (const Error* at = &error; at != nullptr; at = at->cause()) {
        if (at->code() == Errc::limited) return true;
    }
    return false;
}

Statement::~Statement() {
    sqlite3_finalize(statement_);
}

Statement& Statement::operator=(Statement&& other) noexcept {
    if (this != &other) {
        sqlite3_finalize(statement_);
        database_ = std::exchange(other.database_, nullptr);
        statement_ = std::exchange(other.statement_, nullptr);
    }
    return *this;
}

Statement& Statement::bind(int parameter, std::int64_t number) {
    ASSERT(sqlite3_bind_int64(statement_, parameter, number) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
    const char* data = text.data() == nullptr ? "" : text.data();
    ASSERT(sqlite3_bind_text64(statement_, parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes) {
    const char* data = bytes.data() == nullptr ? "" : bytes.data();
    ASSERT(sqlite3_bind_blob64(statement_, parameter, data, bytes.size(), SQLITE_STATIC) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind_null(int parameter) {
    ASSERT(sqlite3_bind_null(statement_, parameter) == SQLITE_OK);
    return *this;
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    Error error = to_error(database_, code);
    sqlite3_reset(statement_);
    return fail(std::move(error));
}

Result<void> Statement::run() {
    while (true) {
        TRY(const bool more, step());
        if (!more) break;
    }
    reset();
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::text(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::filesystem::path& file, OpenMode mode) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    std::string name = file.string();
    switch (mode) {
        case OpenMode::create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE; break;
        case OpenMode::existing: flags |= SQLITE_OPEN_READWRITE; break;
        case OpenMode::read_only: flags |= SQLITE_OPEN_READONLY; break;
        case OpenMode::immutable: {
            flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
            std::string escaped;
            for (const char character : name) {
                if (character == '?' || character == '#' || character == '%') {
                    escaped += fmt::format("%{:02x}", static_cast<unsigned char>(character));
                } else {
                    escaped += character;
                }
            }
            name = "file:" + escaped + "?immutable=1";
            break;
        }
    }
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &raw, flags, nullptr);
    Database database;
    database.database_.reset(raw);
    if (code != SQLITE_OK) {  // SQLite does not know the file's name yet
        return fail(
            Error(to_error(raw, code).code(), fmt::format("{} can't be opened", file.string()), to_error(raw, code)));
    }
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    return database;
}

Result<void> Database::execute(const char* sql) {
    const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return fail(to_error(database_.get(), code));
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK) return fail(to_error(database_.get(), code));
    return Statement(database_.get(), raw);
}

Result<std::optional<std::int64_t>> Database::query_integer(std::string_view sql) {
    TRY(Statement statement, prepare(sql));
    TRY(const bool row, statement.step());
    if (!row) return std::nullopt;
    return statement.optional_integer(0);
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(database_.get());
}

std::int64_t Database::last_insert_id() const {
    return sqlite3_last_insert_rowid(database_.get());
}

void Database::rollback() {
    if (sqlite3_get_autocommit(database_.get()) == 0) {
        sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Database::interrupt_when(std::function<bool()> stop) {
    if (!stop) {
        sqlite3_progress_handler(database_.get(), 0, nullptr, nullptr);
        stop_.reset();
        return;
    }
    stop_ = std::make_unique<std::function<bool()>>(std::move(stop));
    sqlite3_progress_handler(database_.get(), kProgressSteps, &ask_to_stop, stop_.get());
}

Result<Database::CheckpointResult> Database::checkpoint_passive() {
    CheckpointResult result;
    // A connection that has read nothing yet does not know of the WAL, and would copy nothing without a word.
    TRY_VOID(query_integer("SELECT 1 FROM sqlite_schema LIMIT 1"));
    const int code =
        sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &result.frames, &result.copied);
    if (code != SQLITE_OK && code != SQLITE_BUSY) return fail(to_error(database_.get(), code));
    return result;
}

void Database::keep_wal_on_close() {
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Result<Transaction> Transaction::begin(Database& database) {
    TRY_VOID(database.execute("BEGIN IMMEDIATE"));
    return Transaction(database);
}

Transaction::~Transaction() {
    if (database_ != nullptr) database_->rollback();
}

Result<void> Transaction::commit() {
    TRY_VOID(database_->execute("COMMIT"));
    database_ = nullptr;
    return {};
}

}  // namespace outpost::embedded
