#include "backends/embedded/engine/engine_impl.hpp"

#include "backends/embedded/engine/hop.hpp"
#include "backends/embedded/engine/recovery.hpp"
#include "backends/embedded/read/attempt_reads.hpp"
#include "backends/embedded/read/event_reads.hpp"
#include "base/log.hpp"

namespace outpost::embedded {
namespace {

constexpr auto kInternalReadTimeout = std::chrono::seconds(30);

/// A clock that was set since the last row is not seen any more by the next process.
Task<void> follow_clock(DueTimes* due_times) {
    if (auto followed = due_times->follow_clock(); !followed) {
        log::warn("clock.not_followed", {{"error", followed.error().describe()}});
    }
    co_return;
}

/// The place that the next durable row gets, as the control thread knows it.
std::int64_t log_end(const SegmentDirectory& segments) {
    const auto list = segments.list();
    if (list->empty()) return 0;
    const Segment& newest = *list->back();
    const std::size_t rows = newest.sealed() ? newest.range.rows : newest.tail->size();
    return log_place({newest.number, static_cast<std::uint32_t>(rows)});
}

/// Run on an executor, it returns when all that was posted there before has run.
Task<void> nothing() {
    co_return;
}

}  // namespace

Engine::Impl::Impl(EngineSettings settings_, const Sealer& sealer_, const Shards& shards_, EngineExecutors executors_,
                   Clock& clock_)
    : settings(std::move(settings_)),
      paths{settings.directory},
      sealer(sealer_),
      shards(shards_),
      executors(std::move(executors_)),
      clock(clock_),
      readers(executors.readers, clock) {}

Result<void> Engine::Impl::open() {
    TRY_VOID(make_private_directory(paths.root));
    TRY_VOID(make_private_directory(paths.log()));
    TRY(DirectoryLock taken, DirectoryLock::take(paths.lock()));
    lock.emplace(std::move(taken));
    TRY_VOID(check_complete(paths));
    TRY(control, open_control(paths.control()));
    TRY(projections, open_projections(paths.control()));
    TRY_VOID(check_seal(control, sealer));
    writes.emplace(
        control, sealer,
        TenantWriteSettings{
            .log_end = [this] { return CounterStart{.place = log_end(segments), .time_ms = unix_ms(clock.now())}; },
            .tell_subscriptions = settings.watch.topics.contains(ports::kTopicSubscription)});
    TRY_VOID(recover_segments(paths, settings, control, segments));
    projector.emplace(projections, segments, settings.watch);
    TRY_VOID(projector->open());
    TRY_VOID(projector->catch_up());  // before the next: an event may have been carried just before the end
    TRY_VOID(forget_lost_deliveries(projections, segments));

    JournalSettings journal_settings{.log_directory = paths.log(),
                                     .segment_rows_max = settings.segment_rows_max,
                                     .segment_bytes_max = settings.segment_bytes_max,
                                     .idempotency_window = settings.idempotency_window};
    journal.emplace(std::move(journal_settings), segments, clock, executors.log, *this);
    TRY_VOID(journal->open(projector->watermark()));
    TRY(backlogs, projector->backlogs());
    TRY(const std::uint64_t open_count, projector->count());
    open_deliveries = static_cast<std::int64_t>(open_count);
    due_times.emplace(projections, clock);
    maintenance.emplace(control, *projector, *due_times, segments, *journal, clock, executors.control, executors.sealer,
                        executors.log);
    TRY_VOID(readers.open(paths, segments, sealer));
    const RetentionRules rules{
        .age = settings.retention_age, .bytes = settings.retention_bytes, .window = settings.idempotency_window};
    retention.emplace(Retention::Parts{control, *projector, segments, *journal, readers, clock, paths,
                                       executors.control, executors.sealer, executors.log},
                      rules, settings.disk_space);
    maintenance->when_sealed([this] { retention->sealed(); });
    rollup.emplace(rollup_path(paths.root), segments, clock, executors.control, executors.sealer);
    for (std::size_t shard = 0; shard < shards.size(); ++shard) {
        feeders.push_back(std::make_unique<Feeder>(*this, clock, shards.executor(shard)));
    }
    ledger = make_ledger(*this);
    tenants = make_tenant_store(*this);
    log = make_log_reader(*this);
    metrics = make_metrics_reader(*this);
    destination_health = make_destination_health(*this);
    tasks = make_task_store(*this);
    outbox = make_operator_outbox(*this);
    projector->when_noticed([this](const WatchNews& news) { noticed(news); });
    return {};
}

void Engine::Impl::noticed(const WatchNews& news) {
    for (const WatchNews::Disabled& one : news.disabled) {
        log::info("destination disabled",
                  {{"tenant_id", one.tenant.value}, {"destination", one.destination}, {"reason", one.reason}});
        announce(one.tenant);
    }
    if (news.outbox) tell_outbox();
}

void Engine::Impl::accepted(std::vector<NewDelivery> deliveries) {
    open_deliveries.fetch_add(static_cast<std::int64_t>(deliveries.size()), std::memory_order_relaxed);
    std::vector<std::vector<NewDelivery>> by_shard(shards.size());
    for (NewDelivery& fresh : deliveries) {
        by_shard[shards.owner_of(fresh.key.destination.destination)].push_back(std::move(fresh));
    }
    for (std::size_t shard = 0; shard < by_shard.size(); ++shard) {
        if (by_shard[shard].empty()) continue;
        boost::asio::post(shards.executor(shard),
                          [feeder = feeders[shard].get(), batch = std::move(by_shard[shard])]() mutable {
                              feeder->accepted(std::move(batch));
                          });
    }
}

void Engine::Impl::advanced() {
    boost::asio::post(executors.control, [this] {
        maintenance->advanced();
        rollup->advanced();
    });
}

void Engine::Impl::rolled(std::uint32_t finished) {
    boost::asio::post(executors.control, [this, finished] { maintenance->rolled(finished); });
}

void Engine::Impl::writable_changed(bool writable) {
    for (std::size_t shard = 0; shard < shards.size(); ++shard) {
        boost::asio::post(shards.executor(shard),
                          [feeder = feeders[shard].get(), writable] { feeder->set_writable(writable); });
    }
}

Task<Result<Projector::Fetched>> Engine::Impl::fetch(std::uint32_t destination, std::size_t limit) {
    auto work = [this, destination, limit]() -> Result<Projector::Fetched> {
        TRY_VOID(due_times->follow_clock());
        return projector->fetch(destination, limit);
    };
    co_return co_await hop<Projector::Fetched>(executors.control, work);
}

Task<Result<std::vector<model::EventPtr>>> Engine::Impl::load(std::vector<model::EventRef> refs) {
    using Events = std::vector<model::EventPtr>;
    auto work = [refs = std::move(refs)](ReadSession& session) -> Result<Events> {
        auto all = read_events(session, refs);
        if (all || all.error().code() != Errc::corrupt) return all;
        Events events;  // one damaged row must not hold up the others (T-06)
        for (const model::EventRef& ref : refs) {
            auto event = read_event(session, ref);
            if (!event) log::error("log.row_damaged", {{"segment", ref.segment}, {"error", event.error().describe()}});
            events.push_back(event ? std::move(*event) : nullptr);
        }
        return events;
    };
    co_return co_await readers.run<Events>(work, Deadline::after(clock, kInternalReadTimeout));
}

Task<Result<Engine::Impl::Found>> Engine::Impl::look_up(model::DeliveryKey key, Deadline deadline) {
    auto table = [this, key]() -> Result<std::optional<Found>> {
        TRY_VOID(due_times->follow_clock());
        TRY(const auto open, projector->find(key));
        if (!open) return std::nullopt;
        TRY(const model::EventRef home, projector->home_of(key.event));
        return Found{.event_exists = true, .open = true, .attempts = open->attempts, .home = home.segment};
    };
    CO_TRY(const auto open, co_await hop<std::optional<Found>>(executors.control, table));
    if (open) co_return *open;
    auto history = [key](ReadSession& session) -> Result<Found> {
        Found found;
        TRY(const model::EventPtr event, read_event(session, key.event));
        found.event_exists = event != nullptr;
        TRY(const model::EventRef home, home_of(session, key.event));
        found.home = home.segment;
        TRY(found.attempts, last_attempt_number(session, key));
        return found;
    };
    co_return co_await readers.run<Found>(history, deadline);
}

Task<Result<bool>> Engine::Impl::has_attempt(AttemptId id, Deadline deadline) {
    auto read = [id = std::move(id)](ReadSession& session) -> Result<bool> {
        const auto found = find_attempt(session, std::nullopt, id, false);
        if (!found && found.error().code() != Errc::not_found) return fail(found.error());
        return found.has_value();
    };
    co_return co_await readers.run<bool>(read, deadline);
}

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(EngineSettings settings, const Sealer& sealer, const Shards& shards,
                                             EngineExecutors executors, Clock& clock) {
    auto impl = std::make_unique<Impl>(std::move(settings), sealer, shards, std::move(executors), clock);
    TRY_VOID(impl->open());
    return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

ports::Ledger& Engine::ledger() {
    return *impl_->ledger;
}
ports::TenantStore& Engine::tenants() {
    return *impl_->tenants;
}
ports::LogReader& Engine::log() {
    return *impl_->log;
}
ports::MetricsReader& Engine::metrics() {
    return *impl_->metrics;
}
ports::DestinationHealth& Engine::destination_health() {
    return *impl_->destination_health;
}

ports::TaskStore& Engine::tasks() {
    return *impl_->tasks;
}

ports::OperatorOutbox& Engine::outbox() {
    return *impl_->outbox;
}

void Engine::start() {
    Impl& engine = *impl_;
    std::vector<std::vector<Projector::Backlog>> by_shard(engine.shards.size());
    for (const Projector::Backlog& backlog : engine.backlogs) {
        by_shard[engine.shards.owner_of(backlog.destination)].push_back(backlog);
    }
    for (std::size_t shard = 0; shard < by_shard.size(); ++shard) {
        boost::asio::post(
            engine.shards.executor(shard),
            [feeder = engine.feeders[shard].get(), backlogs = std::move(by_shard[shard])] { feeder->start(backlogs); });
    }
    boost::asio::post(engine.executors.control, [&engine] {
        engine.maintenance->start(finished_segments(engine.segments));
        engine.retention->start();
        engine.rollup->start();
    });
}

Task<void> Engine::close() {
    Impl& engine = *impl_;
    for (std::size_t shard = 0; shard < engine.feeders.size(); ++shard) {
        co_await on(engine.shards.executor(shard), engine.feeders[shard]->close());
    }
    co_await engine.journal->close();
    co_await on(engine.executors.control, engine.retention->close());
    co_await on(engine.executors.control, engine.maintenance->close());
    co_await on(engine.executors.control, engine.rollup->close());
    co_await on(engine.executors.control, follow_clock(&*engine.due_times));
    // What these have posted to each other refers to the engine: it may be destroyed once that has run.
    std::vector<Executor> all = engine.executors.readers;
    all.insert(all.end(), {engine.executors.log, engine.executors.control, engine.executors.sealer});
    for (std::size_t shard = 0; shard < engine.shards.size(); ++shard) all.push_back(engine.shards.executor(shard));
    for (const Executor& executor : all) co_await on(executor, nothing());
}

}  // namespace outpost::embedded
