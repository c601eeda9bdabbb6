// Every suite over the fakes: what pipeline tests rely on keeps the contract that back-ends keep.
#include "ports/conformance/destination_health_suite.hpp"
#include "ports/conformance/ledger_suite.hpp"
#include "ports/conformance/log_reader_suite.hpp"
#include "ports/conformance/metrics_suite.hpp"
#include "ports/conformance/task_store_suite.hpp"
#include "ports/conformance/tenant_store_suite.hpp"
#include "ports/fakes/faulty_ledger.hpp"
#include "ports/fakes/memory_health.hpp"
#include "ports/fakes/memory_log.hpp"
#include "ports/fakes/memory_metrics.hpp"
#include "ports/fakes/memory_task_store.hpp"
#include "ports/fakes/memory_world.hpp"
#include "ports/fakes/multi_hop_ledger.hpp"

namespace outpost::ports::conformance {
namespace {

/// Runs a ledger's stop() to its end.
template <class L>
void stop(Fixture& fixture, L& ledger) {
    const auto stopping = [](L* stopped) -> Task<bool> {
        co_await stopped->stop();
        co_return true;
    };
    fixture.await(stopping(&ledger));
}

class MemoryFixture : public Fixture {
public:
    MemoryFixture() : store_(clock(), shards()), log_(truth_, store_, clock()), metrics_(truth_, store_, clock()) {
        subscribe_listeners(store_);
        open();
    }
    ~MemoryFixture() override {
        run();
        stop(*this, *ledger_);
    }

    Ledger& ledger() override { return *ledger_; }
    LogReader& log() override { return log_; }
    TenantStore& tenants() override { return store_; }
    MetricsReader& metrics() override { return metrics_; }
    DestinationHealth& destination_health() override { return health_; }
    TaskStore& tasks() override { return tasks_; }
    bool is_durable() const override { return true; }
    void restart() override {
        stop(*this, *ledger_);
        forget_held();
        open();
    }

private:
    void open() {
        ledger_ = std::make_unique<fakes::MemoryLedger>(truth_, clock(), shards(), idempotency_window());
        subscribe_sinks(*ledger_);
    }

    fakes::MemoryTruth truth_;
    fakes::MemoryTenantStore store_;
    fakes::MemoryLog log_;
    fakes::MemoryMetrics metrics_;
    fakes::MemoryHealth health_{truth_};
    fakes::MemoryTaskStore tasks_;
    std::unique_ptr<fakes::MemoryLedger> ledger_;
};

/// The memory ledger behind a FaultyLedger without faults: a decorator must not show.
class DecoratedFixture final : public Fixture {
public:
    DecoratedFixture() : world_(clock(), shards(), idempotency_window()), ledger_(world_.ledger, clock()) {
        subscribe_listeners(world_.tenants);
        subscribe_sinks(ledger_);
    }
    ~DecoratedFixture() override {
        run();
        stop(*this, world_.ledger);
    }

    Ledger& ledger() override { return ledger_; }
    LogReader& log() override { return world_.log; }
    TenantStore& tenants() override { return world_.tenants; }

private:
    fakes::MemoryWorld world_;
    fakes::FaultyLedger ledger_;
};

class MultiHopFixture final : public Fixture {
public:
    explicit MultiHopFixture(fakes::MultiHopOptions options)
        : options_(options),
          services_(clock(), options),
          store_(clock(), shards()),
          log_(services_.log_store, store_, clock()),
          metrics_(services_.log_store, store_, clock()) {
        subscribe_listeners(store_);
        open();
    }
    ~MultiHopFixture() override {
        run();
        stop(*this, *ledger_);
    }

    Ledger& ledger() override { return *ledger_; }
    LogReader& log() override { return log_; }
    TenantStore& tenants() override { return store_; }
    MetricsReader& metrics() override { return metrics_; }
    bool is_durable() const override { return true; }
    void restart() override {
        stop(*this, *ledger_);
        forget_held();
        open();
    }
    Milliseconds recovery_time() const override { return options_.visibility; }
    bool reads_its_writes() const override { return false; }
    void flush_log() override { ledger_->write_log(); }

private:
    void open() {
        ledger_ = std::make_unique<fakes::MultiHopLedger>(services_, clock(), shards(), options_);
        subscribe_sinks(*ledger_);
    }

    fakes::MultiHopOptions options_;
    fakes::MultiHopServices services_;
    fakes::MemoryTenantStore store_;
    fakes::MemoryLog log_;
    fakes::MemoryMetrics metrics_;
    std::unique_ptr<fakes::MultiHopLedger> ledger_;
};

std::unique_ptr<Fixture> make_memory() {
    return std::make_unique<MemoryFixture>();
}
std::unique_ptr<Fixture> make_decorated() {
    return std::make_unique<DecoratedFixture>();
}
std::unique_ptr<Fixture> make_reliable_hops() {
    return std::make_unique<MultiHopFixture>(fakes::MultiHopOptions{.faults = {}});
}
template <std::uint64_t seed>
std::unique_ptr<Fixture> make_unreliable_hops() {
    return std::make_unique<MultiHopFixture>(
        fakes::MultiHopOptions{.seed = seed, .faults = {.redelivery = 0.3, .lost_ack = 0.3}});
}

const auto kLedgers = testing::Values(FixtureKind{"Memory", make_memory}, FixtureKind{"Decorated", make_decorated},
                                      FixtureKind{"MultiHop", make_reliable_hops},
                                      FixtureKind{"UnreliableMultiHopSeed1", make_unreliable_hops<1>},
                                      FixtureKind{"UnreliableMultiHopSeed2", make_unreliable_hops<2>},
                                      FixtureKind{"UnreliableMultiHopSeed3", make_unreliable_hops<3>});

INSTANTIATE_TEST_SUITE_P(Fakes, LedgerSuite, kLedgers, FixtureName{});
INSTANTIATE_TEST_SUITE_P(Fakes, LogReaderSuite,
                         testing::Values(FixtureKind{"Memory", make_memory},
                                         FixtureKind{"MultiHop", make_reliable_hops},
                                         FixtureKind{"UnreliableMultiHop", make_unreliable_hops<4>}),
                         FixtureName{});
INSTANTIATE_TEST_SUITE_P(Fakes, MetricsSuite,
                         testing::Values(FixtureKind{"Memory", make_memory},
                                         FixtureKind{"UnreliableMultiHop", make_unreliable_hops<5>}),
                         FixtureName{});
INSTANTIATE_TEST_SUITE_P(Fakes, DestinationHealthSuite, testing::Values(FixtureKind{"Memory", make_memory}),
                         FixtureName{});
INSTANTIATE_TEST_SUITE_P(Fakes, TaskStoreSuite, testing::Values(FixtureKind{"Memory", make_memory}), FixtureName{});
INSTANTIATE_TEST_SUITE_P(Fakes, TenantStoreSuite, testing::Values(FixtureKind{"Memory", make_memory}), FixtureName{});

}  // namespace
}  // namespace outpost::ports::conformance
