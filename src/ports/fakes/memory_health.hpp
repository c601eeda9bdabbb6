// The DestinationHealth over a MemoryTruth.
#pragma once

#include "ports/destination_health.hpp"
#include "ports/fakes/memory_truth.hpp"

namespace outpost::ports::fakes {

/// All shards on one thread. Never behind. Knows of no enable and no change: only a success ends a count of failures.
class MemoryHealth final : public DestinationHealth {
public:
    explicit MemoryHealth(const MemoryTruth& truth) : truth_(truth) {}

    Task<Result<std::vector<Backlog>>> backlogs(std::vector<model::DestinationKey> destinations,
                                                Deadline deadline) override;

private:
    Backlog backlog_of(const model::DestinationKey& destination) const;

    const MemoryTruth& truth_;
};

}  // namespace outpost::ports::fakes
