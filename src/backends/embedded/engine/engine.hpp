// The embedded engine: one directory, seven ports (design.md §4).
#pragma once

#include "backends/embedded/project/destination_watch.hpp"
#include "backends/embedded/retain/segment_files.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/seal.hpp"
#include "base/shards.hpp"
#include "ports/destination_health.hpp"
#include "ports/ledger.hpp"
#include "ports/log_reader.hpp"
#include "ports/metrics_reader.hpp"
#include "ports/operator_outbox.hpp"
#include "ports/task_store.hpp"
#include "ports/tenant_store.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace outpost::embedded {

struct EngineSettings {
    std::filesystem::path directory;
    Milliseconds idempotency_window = std::chrono::hours(1);  ///< PUBLISH_IDEMPOTENCY_KEY_TTL
    std::size_t segment_rows_max = 512 * 1024;
    std::uint64_t segment_bytes_max = 1ull << 30;
    std::optional<Milliseconds> retention_age = std::chrono::days(30);  ///< LOG_RETENTION_DAYS; none: for ever
    std::optional<std::uint64_t> retention_bytes;                       ///< LOG_RETENTION_BYTES; none: any
    WatchSettings watch;  ///< alerts, automatic disabling, operator events
    /// Asked about the file system of the log. Sealer thread. Tests put another one in.
    std::function<Result<DiskSpace>(const std::filesystem::path&)> disk_space = embedded::disk_space;
};

/// Where the engine's blocking work runs; each single-threaded. A simulation gives one executor for all.
struct EngineExecutors {
    Executor log;
    Executor control;
    Executor sealer;
    std::vector<Executor> readers;
};

/// Owns the directory while it lives. close() before destruction, while all executors still run.
class Engine {
public:
    /// Recovers what is there. Blocks; call it before the shards serve.
    /// @return conflict (another process holds the directory), corrupt naming the file, unavailable
    static Result<std::unique_ptr<Engine>> open(EngineSettings settings, const Sealer& sealer, const Shards& shards,
                                                EngineExecutors executors, Clock& clock);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    class Impl;

    ports::Ledger& ledger();
    ports::TenantStore& tenants();
    ports::LogReader& log();
    ports::MetricsReader& metrics();
    ports::DestinationHealth& destination_health();
    ports::TaskStore& tasks();
    ports::OperatorOutbox& outbox();

    /// Begins to hand out deliveries, after the sinks have subscribed. Any thread.
    void start();
    /// Ends the engine's own work; every fact that was answered is on disk. On any shard.
    Task<void> close();

private:
    explicit Engine(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::embedded
