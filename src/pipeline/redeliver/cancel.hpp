// A person stops the pending retries of one event at one destination (portal.md §15a N11, design.md §2).
#pragma once

#include "base/deadline.hpp"
#include "base/id.hpp"
#include "base/shards.hpp"
#include "pipeline/redeliver/cancellations.hpp"
#include "ports/log_reader.hpp"

#include <expected>

namespace outpost::pipeline {

class TenantViews;

enum class CancelRefusal {
    event_not_found,        ///< 404: the tenant has no such event
    destination_not_found,  ///< 404: the tenant has no such destination, or has deleted it
    unavailable,            ///< 503: could not be stored; it may have been cancelled, or will be
};

/// One a shard; used on that shard only.
class Cancel {
public:
    /// @param owners  one a shard, all of them: a request about a delivery runs where its destination lives
    Cancel(TenantViews& views, ports::LogReader& log, const Shards& shards, std::vector<DeliveryOwner> owners)
        : views_(views), log_(log), shards_(shards), owners_(std::move(owners)) {}

    /// No further attempt of the newest event of that id at that destination: what waits is closed, an attempt in
    /// flight gets no follow-up. Also granted when nothing is open. Durable when it returns without refusal.
    Task<std::expected<void, CancelRefusal>> cancel(TenantId tenant, EventId event, DestinationId destination,
                                                    Deadline deadline);
    /// The same by its inner name. @return as Cancellations::cancel
    Task<Result<void>> cancel(model::DeliveryKey key, Deadline deadline);

private:
    TenantViews& views_;
    ports::LogReader& log_;
    const Shards& shards_;
    std::vector<DeliveryOwner> owners_;
};

}  // namespace outpost::pipeline
