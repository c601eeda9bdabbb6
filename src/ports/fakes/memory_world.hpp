// Store, ledger and log in memory, wired together: what a pipeline test needs behind the ports.
#pragma once

#include "ports/fakes/memory_ledger.hpp"
#include "ports/fakes/memory_log.hpp"
#include "ports/fakes/memory_metrics.hpp"
#include "ports/fakes/memory_tenant_store.hpp"

namespace outpost::ports::fakes {

/// All shards on one thread. await ledger.stop() before destroying it.
struct MemoryWorld {
    MemoryWorld(Clock& clock, const Shards& shards, Milliseconds window = kIdempotencyWindow)
        : tenants(clock, shards),
          ledger(truth, clock, shards, window),
          log(truth, tenants, clock),
          metrics(truth, tenants, clock) {}

    MemoryTruth truth;
    MemoryTenantStore tenants;
    MemoryLedger ledger;
    MemoryLog log;
    MemoryMetrics metrics;
};

}  // namespace outpost::ports::fakes
