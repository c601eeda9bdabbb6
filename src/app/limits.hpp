// What the machine allows, and how much is sent at once (design.md §5, decision B13).
#pragma once

#include "app/config/config.hpp"

namespace outpost::app {

/// Raises the soft limit of file descriptors to the hard one.
void raise_descriptor_limit();

/// Sends at once of one shard: DELIVERY_MAX_CONCURRENCY over all shards, else from the descriptor limit.
std::size_t concurrency_of_shard(const Config& config, std::size_t shards);

}  // namespace outpost::app
