// The body of a batch publish request: `{"events":[…]}` (decision A12).
#pragma once

#include "pipeline/publish/publication.hpp"

namespace outpost::pipeline {

inline constexpr std::size_t kPublicationBatchMax = 1000;  ///< events in one request

using ParsedPublication = std::expected<Publication, PublicationRejection>;

/// Pure. Reads each event as parse_publication would by itself, so that a wrong one hurts no other. What is wrong with
/// the whole is: invalid JSON anywhere in it (its own two levels of nesting count towards the 128), `events` missing,
/// not an array, or not of 1..kPublicationBatchMax members. The name matches in any case, the last duplicate wins.
/// `data` is byte for byte what came, in storage of its own: one delivery that waits must not keep a whole batch.
/// @return one result an event, in order
std::expected<std::vector<ParsedPublication>, PublicationRejection> parse_publication_batch(
    const Bytes& body, const std::vector<std::string>& topics);

}  // namespace outpost::pipeline
