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
struct CompiledTenant;

struct PublishReceipt {
    EventId id;
    bool duplicate = false;
    std::vector<DestinationId> destination_ids;  ///< the original list for a duplicate (decision A6)
};

/// Of a batch, in its order. An error: the event is stored, as a duplicate whose first list could not be read.
using PublishReceipts = std::vector<Result<PublishReceipt>>;

/// One a shard; used on that shard only.
class Publish {
public:
    Publish(TenantViews& views, ports::Ledger& ledger, ports::LogReader& log, const Clock& clock,
            const IdGenerator& ids)
        : views_(views), ledger_(ledger), log_(log), clock_(clock), ids_(ids) {}

    /// Matches and stores one event. Durable when it returns.
    /// @return unavailable, timeout (the event may be stored; publishing again with the same id is safe)
    Task<Result<PublishReceipt>> publish(Publication publication, Deadline deadline);

    /// Matches each and stores all in one durable write (decision A12). An id twice in the batch is a duplicate.
    /// @param publications  1..ports::kAcceptBatchMax
    /// @return unavailable (nothing is stored), timeout (all or nothing is stored); repeating with the same ids is safe
    Task<Result<PublishReceipts>> publish_batch(std::vector<Publication> publications, Deadline deadline);

private:
    struct Matched {
        ports::Acceptance acceptance;
        PublishReceipt receipt;
    };
    Matched match_one(const CompiledTenant& tenant, Publication publication) const;
    /// The receipt of a duplicate. @param event  the copy that was not stored
    Task<Result<PublishReceipt>> original_of(std::shared_ptr<const CompiledTenant> tenant, model::EventPtr event,
                                             std::vector<model::DestinationKey> destinations, Deadline deadline);

    TenantViews& views_;
    ports::Ledger& ledger_;
    ports::LogReader& log_;
    const Clock& clock_;
    const IdGenerator& ids_;
};

}  // namespace outpost::pipeline
