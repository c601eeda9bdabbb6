// The parts of an engine, and the ports over them.
#pragma once

#include "backends/embedded/engine/directory_lock.hpp"
#include "backends/embedded/engine/engine.hpp"
#include "backends/embedded/engine/maintenance.hpp"
#include "backends/embedded/engine/retention.hpp"
#include "backends/embedded/engine/rollup_follower.hpp"
#include "backends/embedded/feed/feeder.hpp"
#include "backends/embedded/control/tenant_writes.hpp"
#include "backends/embedded/read/reader_pool.hpp"

namespace outpost::embedded {

/// Everything that runs in the directory. Wires threads together; the parts decide.
class Engine::Impl final : public JournalListener, public FeedSource {
public:
    Impl(EngineSettings settings, const Sealer& sealer, const Shards& shards, EngineExecutors executors, Clock& clock);
    Result<void> open();

    // JournalListener, on the log thread
    void accepted(std::vector<NewDelivery> deliveries) override;
    void advanced() override;
    void rolled(std::uint32_t finished) override;
    void writable_changed(bool writable) override;

    // FeedSource, on any shard
    Task<Result<Projector::Fetched>> fetch(std::uint32_t destination, std::size_t limit) override;
    Task<Result<std::vector<model::EventPtr>>> load(std::vector<model::EventRef> refs) override;

    /// The table's and the log's word on a delivery that no feeder has in memory.
    struct Found {
        bool event_exists = false;
        bool open = false;
        std::uint32_t attempts = 0;
        std::uint32_t home = 0;  ///< the segment that holds the event now
    };
    Task<Result<Found>> look_up(model::DeliveryKey key, Deadline deadline);
    /// Whether the log has an attempt of this id.
    Task<Result<bool>> has_attempt(AttemptId id, Deadline deadline);

    /// What the projector's commit brought; control thread.
    void noticed(const WatchNews& news);

    Feeder& feeder_of(const model::DeliveryKey& key) { return *feeders[shards.owner_of(key.destination.destination)]; }

    EngineSettings settings;
    DataPaths paths;
    const Sealer& sealer;
    const Shards& shards;
    EngineExecutors executors;
    Clock& clock;

    std::optional<DirectoryLock> lock;
    SegmentDirectory segments;
    Database control;
    Database projections;
    std::optional<TenantWrites> writes;
    std::optional<Projector> projector;
    std::optional<DueTimes> due_times;
    std::optional<Journal> journal;
    std::optional<Maintenance> maintenance;
    std::optional<Retention> retention;
    std::optional<RollupFollower> rollup;
    ReaderPool readers;
    std::vector<std::unique_ptr<Feeder>> feeders;
    std::vector<Projector::Backlog> backlogs;
    std::atomic<std::int64_t> open_deliveries = 0;  // changed by the log thread and every shard

    std::unique_ptr<ports::Ledger> ledger;
    std::unique_ptr<ports::TenantStore> tenants;
    std::unique_ptr<ports::LogReader> log;
    std::unique_ptr<ports::MetricsReader> metrics;
    std::unique_ptr<ports::DestinationHealth> destination_health;
    std::unique_ptr<ports::TaskStore> tasks;
    std::unique_ptr<ports::OperatorOutbox> outbox;
    /// Tells every shard that a tenant was written to; from the control thread.
    std::function<void(const TenantId&)> announce = [](const TenantId&) {};
    /// Tells who sends operator events that there are some; any thread.
    std::function<void()> tell_outbox = [] {};
};

std::unique_ptr<ports::Ledger> make_ledger(Engine::Impl& engine);
std::unique_ptr<ports::TenantStore> make_tenant_store(Engine::Impl& engine);
std::unique_ptr<ports::LogReader> make_log_reader(Engine::Impl& engine);
std::unique_ptr<ports::MetricsReader> make_metrics_reader(Engine::Impl& engine);
std::unique_ptr<ports::DestinationHealth> make_destination_health(Engine::Impl& engine);
std::unique_ptr<ports::TaskStore> make_task_store(Engine::Impl& engine);
std::unique_ptr<ports::OperatorOutbox> make_operator_outbox(Engine::Impl& engine);

}  // namespace outpost::embedded
