// Operator events that wait to be sent, in control.db: one row each, without what the log says of them anyway.
#pragma once

#include "backends/embedded/sqlite/database.hpp"
#include "model/event.hpp"

#include <vector>

namespace outpost::embedded {

/// Beyond so many nothing is added any more, and said in the log: about 150 MB.
inline constexpr std::int64_t kOutboxRowsMax = 1'000'000;

/// A place of the log in one number that grows with it.
constexpr std::int64_t log_place(model::EventRef ref) {
    return static_cast<std::int64_t>(ref.segment) << 32 | ref.row;
}
constexpr model::EventRef ref_of_place(std::int64_t place) {
    return {static_cast<std::uint32_t>(place >> 32), static_cast<std::uint32_t>(place)};
}

struct OutboxRow {
    std::int64_t number = 0;  ///< given by the table
    std::string topic;
    std::string source = {};  ///< what the public id is made of; empty: the attempt's id
    std::int64_t time_ms = 0;
    std::uint32_t tenant = 0;
    std::uint32_t destination = 0;
    std::optional<std::int64_t> attempt = {};      ///< place of the attempt's row
    std::optional<std::int64_t> disabled_at = {};  ///< the attempt disabled its destination
    std::string detail = {};                       ///< as OperatorNotice::detail
    std::uint32_t tries = 0;
};

/// Over a connection that may write. Control thread only. Writes belong to the caller's transaction if there is one.
class OutboxRows {
public:
    explicit OutboxRows(Database& database) : database_(database) {}

    /// Due at once.
    Result<void> add(const OutboxRow& row);
    /// By due time, then by arrival.
    Result<std::vector<OutboxRow>> due(std::int64_t now_ms, std::size_t limit);
    /// When the first one after `now_ms` is due.
    Result<std::optional<std::int64_t>> next_due(std::int64_t now_ms);
    Result<void> postpone(std::int64_t number, std::int64_t until_ms);
    Result<void> remove(std::int64_t number);
    Result<std::int64_t> count();

private:
    Database& database_;
};

}  // namespace outpost::embedded
