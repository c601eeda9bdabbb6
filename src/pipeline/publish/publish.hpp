// The first stage: an event is matched and accepted durably, then its publisher gets the answer (pipeline.md §4).
#pragma once

#include "base/deadline.hpp"
#include "base/id_generator.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "pipeline/publish/publication.hpp"
#include "ports/ledger.hpp"
#include "ports/log_reader.hpp"

namespace outpost::pipeline {

class TenantViews;

struct PublishReceipt {
    EventId id;
    bool duplicate = false;
    std::vector<DestinationId> destination_ids;  ///< the original list for a duplicate (decision A6)
};

/// One a shard; used on that shard only.
class Publish {
public:
    Publish(TenantViews& views, ports::Ledger& ledger, ports::LogReader& log, const Clock& clock,
            const IdGenerator& ids)
        : views_(views), ledger_(ledger), log_(log), clock_(clock), ids_(ids) {}

    /// Matches and stores one event. Durable when it returns.
    /// @return unavailable, timeout (the event may be stored; publishing again with the same id is safe)
    Task<Result<PublishReceipt>> publish(Publication publication, Deadline deadline);

private:
    TenantViews& views_;
    ports::Ledger& ledger_;
    ports::LogReader& log_;
    const Clock& clock_;
    const IdGenerator& ids_;
};

}  // namespace outpost::pipeline
