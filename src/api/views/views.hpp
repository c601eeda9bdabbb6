// What clients see of our things: members in the order of the contract, each present exactly when it says (api.md §7.1,
// §8.1, §11.1, §11.4, §12.1). Pure: every function appends one JSON value to a writer.
#pragma once

#include "base/json_writer.hpp"
#include "manage/catalog/catalog.hpp"
#include "manage/inspect/inspect.hpp"
#include "model/cursor.hpp"
#include "ports/log_reader.hpp"
#include "ports/tenant_store.hpp"

#include <string_view>

namespace outpost::api {

void write_strings(JsonWriter& out, const std::vector<std::string>& values);
void write_string_map(JsonWriter& out, const model::StringMap& map);

/// `metadata` only when there is some.
void write_tenant(JsonWriter& out, const ports::TenantRecord& record);

/// Masked, with `target`; `filter`, `delivery_metadata`, `metadata` and `target_url` only when not empty.
void write_destination(JsonWriter& out, const manage::ShownDestination& shown);

/// How an event appears inside an attempt, or by itself.
enum class EventDetail {
    whole,         ///< with matched_destination_ids and data
    in_attempt,    ///< neither (include=event)
    with_payload,  ///< with data only (include=event.data)
};
using Outcomes = std::vector<ports::DeliveryOutcome>;
/// `data` goes out as it was published, byte for byte.
/// @param outcomes  null: not asked for
void write_event(JsonWriter& out, const model::Event& event, const std::vector<DestinationId>& matched,
                 EventDetail detail, const Outcomes* outcomes = nullptr);

/// What of an attempt and its surroundings is shown. With `request` or `timing` asked for, `duration_ms`, `error_class`
/// and `next_attempt_at` too; both are null when they were not kept (portal.md §15a N7).
struct AttemptDetail {
    manage::Includes includes;
    const manage::Catalog& catalog;
    TimePoint now;
};
void write_attempt(JsonWriter& out, const manage::InspectedAttempt& attempt, const AttemptDetail& detail);

/// Optional members of fields only when set; link texts and placeholders never (api.md §12.1).
void write_destination_type(JsonWriter& out, const model::DestinationType& type);

/// `"pagination":{…}` as a member: `next` and `prev` are strings or null (api.md §4.3); `count` and `count_exact` only
/// when it was counted (portal.md §15a N5).
struct Pagination {
    std::string_view order_by;
    model::CursorKind kind = model::CursorKind::event;
    const model::PageRequest& page;
    const model::PageLinks& links;
    std::optional<model::RowCount> count = std::nullopt;
};
void write_pagination(JsonWriter& out, const Pagination& pagination);

}  // namespace outpost::api
