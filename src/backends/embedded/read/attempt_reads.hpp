// Attempts by id and as lists, over open and sealed segments.
#pragma once

#include "backends/embedded/read/read_session.hpp"
#include "ports/log_reader.hpp"

namespace outpost::embedded {

/// @return not_found
Result<ports::AttemptRecord> find_attempt(ReadSession& session, const std::optional<TenantId>& tenant,
                                          const AttemptId& id, bool with_event);

Result<ports::AttemptPage> list_attempts(ReadSession& session, const ports::AttemptQuery& query);

/// The highest attempt number recorded for a delivery; 0 when there is none.
Result<std::uint32_t> last_attempt_number(ReadSession& session, const model::DeliveryKey& key);

}  // namespace outpost::embedded
