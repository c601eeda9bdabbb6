// A person asks for one delivery to be tried again now (pipeline.md §9, api.md §10).
#pragma once

#include "base/deadline.hpp"
#include "base/id.hpp"
#include "base/shards.hpp"
#include "base/task.hpp"
#include "ports/ledger.hpp"
#include "ports/log_reader.hpp"

#include <expected>
#include <optional>

namespace outpost::pipeline {

class Dispatcher;
class TenantViews;

enum class RetryRefusal {
    event_not_found,        ///< 404: no such event, or not this tenant's, or never for this destination
    destination_not_found,  ///< 404: never existed or deleted
    destination_disabled,   ///< 400
    destination_mismatch,   ///< 400: topic or filter no longer match
    unavailable,            ///< 503: could not be stored; nothing was promised
};

/// One a shard; used on that shard only.
class Redeliver {
public:
    /// @param dispatchers  one a shard, all of them: a request about a delivery runs where its destination lives
    Redeliver(TenantViews& views, ports::LogReader& log, ports::Ledger& ledger, Clock& clock, const Shards& shards,
              std::vector<Dispatcher*> dispatchers)
        : views_(views),
          log_(log),
          ledger_(ledger),
          clock_(clock),
          shards_(shards),
          dispatchers_(std::move(dispatchers)) {}

    /// The promise is durable when it returns without refusal.
    /// @param scope  the tenant of the caller; none for the API key
    Task<std::expected<void, RetryRefusal>> retry(std::optional<TenantId> scope, EventId event,
                                                  DestinationId destination, Deadline deadline);

private:
    TenantViews& views_;
    ports::LogReader& log_;
    ports::Ledger& ledger_;
    Clock& clock_;
    const Shards& shards_;
    std::vector<Dispatcher*> dispatchers_;
};

}  // namespace outpost::pipeline
