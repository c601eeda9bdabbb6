// What the `checksum` column of a row holds: two halves, so that recovery can verify the fields that say where a row
// belongs without reading payloads, and readers both (hard-cases T-06, docs/adr/0004).
#pragma once

#include "backends/embedded/sqlite/database.hpp"

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace outpost::embedded {

inline constexpr std::int64_t kNotCarried = -1;

/// The columns of a row that decide who gets it and when, as they are stored. Views must outlive the call.
struct EventFields {
    std::int64_t row = 0;
    std::string_view id;
    std::int64_t tenant = 0, time = 0, received = 0, eligible = 0;
    std::string_view destinations, topic;
    // Of a carried copy (see CarriedEvent); kNotCarried for NULL.
    std::int64_t origin_segment = kNotCarried, origin_row = kNotCarried, carried_from = kNotCarried;
    bool carried() const { return origin_segment != kNotCarried; }
};
struct AttemptFields {
    std::int64_t row = 0;
    std::string_view id;
    std::int64_t event_segment = 0, event_row = 0, tenant = 0, destination = 0, incarnation = 0;
    std::int64_t number = 0, manual = 0, success = 0, time = 0;
    std::int64_t next_due = 0;  ///< kClosed for NULL
    std::int64_t next_manual = 0;
    std::string_view topic, type;
};
struct DecisionFields {
    std::int64_t row = 0;
    std::int64_t kind = 0, event_segment = 0, event_row = 0, tenant = 0, destination = 0, incarnation = 0;
    std::int64_t attempts = 0, time = 0;
    std::int64_t due = 0;  ///< kClosed for NULL
    std::string_view reason;
};
std::uint32_t checksum_of(const EventFields& fields);
std::uint32_t checksum_of(const AttemptFields& fields);
std::uint32_t checksum_of(const DecisionFields& fields);
/// The columns of an attempt that say what was sent and came back; NULL texts are empty.
struct AttemptContent {
    std::int64_t row = 0, duration = 0;
    std::string_view event_id, code, response, trace;
};
std::uint32_t checksum_of(const AttemptContent& content);
/// Of the payload columns of events: metadata and data. Decisions have none.
std::uint32_t content_checksum(std::int64_t row, std::initializer_list<std::string_view> texts);

/// The column, and its halves.
inline std::int64_t join_checksums(std::uint32_t fields, std::uint32_t content) {
    return static_cast<std::int64_t>(std::uint64_t{fields} << 32 | content);
}
inline std::uint32_t fields_half(std::int64_t checksum) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(checksum) >> 32);
}
inline std::uint32_t content_half(std::int64_t checksum) {
    return static_cast<std::uint32_t>(checksum);
}

/// Columns in the order in which the functions below read them, starting at `first`.
inline constexpr std::string_view kEventFieldColumns =
    "row, id, tenant, time, received, eligible, destinations, topic, origin_segment, origin_row, carried_from,"
    " checksum";
inline constexpr int kEventFieldColumnCount = 12;
inline constexpr std::string_view kAttemptFieldColumns =
    "row, id, event_segment, event_row, tenant, destination, incarnation, number, manual, success, time, next_due,"
    " next_manual, topic, type, checksum";
inline constexpr int kAttemptFieldColumnCount = 16;
inline constexpr std::string_view kAttemptContentColumns = "duration, event_id, code, response, trace";
inline constexpr std::string_view kDecisionFieldColumns =
    "row, kind, event_segment, event_row, tenant, destination, incarnation, attempts, time, due, reason, checksum";
/// The fields of the current row, verified; they live until the next step. @return corrupt
Result<EventFields> read_event_fields(const Statement& row, int first);
Result<AttemptFields> read_attempt_fields(const Statement& row, int first);
Result<DecisionFields> read_decision_fields(const Statement& row, int first);
/// The content of the current row of a statement over kAttemptFieldColumns, from column 0 on, and
/// kAttemptContentColumns behind them; as above.
Result<AttemptContent> read_attempt_content(const Statement& row);

}  // namespace outpost::embedded
