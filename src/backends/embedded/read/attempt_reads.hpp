// Attempts by id and by place, over open and sealed segments.
#pragma once

#include "backends/embedded/read/candidates.hpp"
#include "backends/embedded/read/read_session.hpp"
#include "ports/log_reader.hpp"

namespace outpost::embedded {

/// @return not_found
Result<ports::AttemptRecord> find_attempt(ReadSession& session, const std::optional<TenantId>& tenant,
                                          const AttemptId& id, bool with_event);

/// The rows of a page, in its order. @return not_found when one is not there
Result<std::vector<ports::AttemptRecord>> read_attempts(ReadSession& session, const std::vector<Candidate>& page,
                                                        bool with_event);

/// The highest attempt number recorded for a delivery; 0 when there is none.
Result<std::uint32_t> last_attempt_number(ReadSession& session, const model::DeliveryKey& key);

}  // namespace outpost::embedded
