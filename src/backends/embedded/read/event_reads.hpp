// Events by reference, by id and as lists, over open and sealed segments.
#pragma once

#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/read/read_session.hpp"
#include "ports/log_reader.hpp"

namespace outpost::embedded {

/// The event at a place; null when its segment or row is not there any more.
Result<model::EventPtr> read_event(ReadSession& session, model::EventRef ref);
/// The same for many, in the order of `refs`; one statement a segment.
Result<std::vector<model::EventPtr>> read_events(ReadSession& session, std::span<const model::EventRef> refs);

/// Where the event that was accepted at a place lies now: there, or where it was carried to.
Result<model::EventRef> home_of(ReadSession& session, model::EventRef ref);

/// Newest first; of `tenant` only, when given. @return not_found
Result<ports::EventRecord> find_event(ReadSession& session, const std::optional<TenantId>& tenant, const EventId& id);

/// Every place of an event with this id, newest first, of these tenants (empty: all).
Result<std::vector<model::EventRef>> find_event_refs(ReadSession& session, const std::vector<std::uint32_t>& tenants,
                                                     const EventId& id);

/// The query for one row, its number being the only parameter, and what its row says. @param place  of the row
std::string select_event_row();
Result<ports::EventRecord> event_record_of(ReadSession& session, const Statement& row, model::EventRef place);

}  // namespace outpost::embedded
