#include "backends/embedded/control/outbox_rows.hpp"

namespace outpost::embedded {

Result<void> OutboxRows::add(const OutboxRow& row) {
    TRY(Statement write, database_.prepare("INSERT INTO outbox (topic, source, time, tenant, destination, attempt,"
                                           " disabled_at, detail) VALUES (?,?,?,?,?,?,?,?)"));
    write.bind(1, row.topic)
        .bind(2, row.source)
        .bind(3, row.time_ms)
        .bind(4, row.tenant)
        .bind(5, row.destination)
        .bind(6, row.attempt)
        .bind(7, row.disabled_at)
        .bind(8, row.detail);
    return write.run();
}

Result<std::vector<OutboxRow>> OutboxRows::due(std::int64_t now_ms, std::size_t limit) {
    TRY(Statement rows, database_.prepare("SELECT number, topic, source, time, tenant, destination, attempt,"
                                          " disabled_at, detail, tries FROM outbox WHERE due <= ? ORDER BY due, number"
                                          " LIMIT ?"));
    rows.bind(1, now_ms).bind(2, static_cast<std::int64_t>(limit));
    std::vector<OutboxRow> found;
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return found;
        found.push_back({.number = rows.integer(0),
                         .topic = std::string(rows.text(1)),
                         .source = std::string(rows.text(2)),
                         .time_ms = rows.integer(3),
                         .tenant = static_cast<std::uint32_t>(rows.integer(4)),
                         .destination = static_cast<std::uint32_t>(rows.integer(5)),
                         .attempt = rows.optional_integer(6),
                         .disabled_at = rows.optional_integer(7),
                         .detail = std::string(rows.text(8)),
                         .tries = static_cast<std::uint32_t>(rows.integer(9))});
    }
}

Result<std::optional<std::int64_t>> OutboxRows::next_due(std::int64_t now_ms) {
    TRY(Statement rows, database_.prepare("SELECT min(due) FROM outbox WHERE due > ?"));
    rows.bind(1, now_ms);
    TRY_VOID(rows.step());
    return rows.optional_integer(0);
}

Result<void> OutboxRows::postpone(std::int64_t number, std::int64_t until_ms) {
    TRY(Statement write, database_.prepare("UPDATE outbox SET due = ?2, tries = tries + 1 WHERE number = ?1"));
    write.bind(1, number).bind(2, until_ms);
    return write.run();
}

Result<void> OutboxRows::remove(std::int64_t number) {
    TRY(Statement write, database_.prepare("DELETE FROM outbox WHERE number = ?"));
    write.bind(1, number);
    return write.run();
}

Result<std::int64_t> OutboxRows::count() {
    TRY(const auto rows, database_.query_integer("SELECT count(*) FROM outbox"));
    return rows.value_or(0);
}

}  // namespace outpost::embedded
