// Many reads of one segment as of one moment.
#pragma once

#include "backends/embedded/read/read_session.hpp"

namespace outpost::embedded {

/// A read transaction on the session's connection to a segment: its statements see the same rows, and SQLite looks once
/// for the newest commit instead of once a row. Ends with the object, which must die before the session gives out
/// another connection, and after the statements. One reader's thread.
class Snapshot {
public:
    /// Errors as of ReadSession::connection().
    static Result<Snapshot> begin(ReadSession& session, const Segment& segment) {
        TRY(Database * database, session.connection(segment));
        TRY_VOID(database->execute("BEGIN"));
        return Snapshot(*database);
    }
    ~Snapshot() {
        if (database_ != nullptr) database_->rollback();
    }
    Snapshot(Snapshot&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Snapshot& operator=(Snapshot&&) = delete;

    Result<Statement> prepare(std::string_view sql) { return database_->prepare(sql); }

private:
    explicit Snapshot(Database& database) : database_(&database) {}

    Database* database_;
};

/// Calls `read(rows, i)` for each i of `wanted` with the row that `sql` finds for `row_of(i)`, its only parameter, in
/// the order of the rows: neighbours share pages. What is not there is left out. Stops at the first error.
template <class RowOf, class Read>
Result<void> read_rows(ReadSession& session, const Segment& segment, std::string_view sql,
                       std::vector<std::size_t> wanted, RowOf row_of, Read read) {
    if (wanted.empty()) return {};
    std::ranges::sort(wanted, {}, row_of);
    TRY(Snapshot snapshot, Snapshot::begin(session, segment));
    TRY(Statement rows, snapshot.prepare(sql));
    for (const std::size_t i : wanted) {
        rows.bind(1, row_of(i));
        TRY(const bool found, rows.step());
        if (found) TRY_VOID(read(rows, i));
        rows.reset();
    }
    return {};
}

}  // namespace outpost::embedded
