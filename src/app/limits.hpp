// What the machine allows, and how much is sent at once (design.md §5, decision B13).
#pragma once

#include "app/config/config.hpp"

namespace outpost::app {

/// Files, listeners and whatever else needs a descriptor beside connections and sends.
inline constexpr std::size_t kDescriptorsKept = 512;

/// Raises the soft limit of file descriptors to the hard one.
void raise_descriptor_limit();

/// Connections of clients that are served at once, over all shards: API_MAX_CONNECTIONS, but never more than the
/// descriptors allow; when unset, half of those that are left beside kDescriptorsKept. The other half is for sends. One
/// client more is answered 503, and beyond http::kRefusalsMax of those it is closed without a word.
std::size_t connections_max(const Config& config);

/// Sends at once of one shard: DELIVERY_MAX_CONCURRENCY over all shards, else from the descriptor limit.
std::size_t concurrency_of_shard(const Config& config, std::size_t shards);

}  // namespace outpost::app
