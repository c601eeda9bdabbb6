// An operator event as the operator's system gets it (pipeline.md §12.2–12.3). Pure.
#pragma once

#include "manage/catalog/catalog.hpp"
#include "ports/operator_outbox.hpp"

#include <string>
#include <string_view>

namespace outpost::manage {

/// A UUID made of topic and source: whoever keeps the ids that it has seen meets no fact twice (decision C3).
std::string operator_event_id(std::string_view topic, std::string_view source);

/// The envelope, one JSON object. Credentials are not in it, and the config is masked as the API shows it (decision
/// C5).
/// @param deployment_id  left out when it is empty
std::string operator_envelope(const ports::OperatorNotice& notice, const Catalog& catalog,
                              std::string_view deployment_id);

}  // namespace outpost::manage
