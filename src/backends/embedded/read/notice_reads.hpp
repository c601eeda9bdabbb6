// What an operator event says of its attempt, event and destination, read when it is sent.
#pragma once

#include "backends/embedded/control/outbox_rows.hpp"
#include "backends/embedded/read/read_session.hpp"
#include "ports/operator_outbox.hpp"

namespace outpost::embedded {

/// @return not_found when retention has removed the event or the attempt
Result<ports::OperatorNotice> read_notice(ReadSession& session, const OutboxRow& row);

}  // namespace outpost::embedded
