// One process of the pipeline, as wiring builds it, over ports that a test brings.
#pragma once

#include "pipeline/deliver/deliverer.hpp"
#include "pipeline/publish/publish.hpp"
#include "pipeline/redeliver/cancel.hpp"
#include "pipeline/redeliver/redeliver.hpp"
#include "ports/fakes/dice.hpp"

namespace outpost::pipeline::testing {

struct ProcessSettings {
    DispatchSettings dispatch{};
    DeliverSettings deliver{.retry = {.schedule = {}, .jitter = false}};
    bool allow_wildcards = false;
    std::function<double()> random;     ///< for jitter; empty: from a seed
    bool subscribes_to_tenants = true;  ///< else the test tells the views of changes
};

/// What a process stands on. All of it outlives the process.
struct ProcessPorts {
    Clock& clock;
    const Shards& shards;
    ports::Ledger& ledger;
    ports::TenantStore& tenants;
    ports::LogReader& log;
};

/// Subscribes itself to the ledger, and to the store unless told otherwise. await stop() before destroying it.
class Process {
public:
    /// @param providers  one map a shard
    Process(ProcessPorts ports, ProcessSettings settings, std::vector<ProviderMap> providers);

    TenantViews& views(std::size_t shard) { return parts_[shard]->views; }
    Publish& publish(std::size_t shard) { return parts_[shard]->publish; }
    Redeliver& redeliver(std::size_t shard) { return *parts_[shard]->redeliver; }
    Dispatcher& dispatcher(std::size_t shard) { return parts_[shard]->dispatcher; }
    Dispatcher& dispatcher_of(const model::DestinationKey& key) {
        return dispatcher(ports_.shards.owner_of(key.destination));
    }

    Cancel& canceller(std::size_t shard) { return *parts_[shard]->cancel; }
    /// A person's cancellation (design.md §2). On any shard. @return unavailable, timeout: it may have been cancelled
    Task<Result<void>> cancel(model::DeliveryKey key, Deadline deadline) { return canceller(0).cancel(key, deadline); }

    /// Sends in flight are cancelled once the deadline has passed.
    Task<void> stop(Deadline deadline);

private:
    struct Part {
        Part(Process& process, const ProcessSettings& settings, ProviderMap providers, std::size_t shard);
        TenantViews views;
        Deliverer deliverer;
        Dispatcher dispatcher;
        Publish publish;
        Cancellations cancellations;
        std::optional<Redeliver> redeliver;
        std::optional<Cancel> cancel;
    };

    ProcessPorts ports_;
    IdGenerator event_ids_;
    IdGenerator attempt_ids_;
    std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace outpost::pipeline::testing
