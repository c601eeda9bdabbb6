// The ledgers in memory: a crash loses nothing that was stored, and everything else.
#include "sim/backing.hpp"

#include "ports/fakes/memory_world.hpp"
#include "ports/fakes/multi_hop_ledger.hpp"

namespace outpost::sim {
namespace {

using pipeline::testing::Process;
using pipeline::testing::Stage;

/// Tells whoever lives now: the store outlives the processes that listen to it.
struct Relay final : ports::TenantListener {
    void tenant_changed(const TenantId& tenant) override {
        if (target != nullptr) target->tenant_changed(tenant);
    }
    ports::TenantListener* target = nullptr;
};

class MemoryTenants {
public:
    explicit MemoryTenants(Stage& stage) : store(stage.clock(), stage.shards()), relays_(stage.shards().size()) {
        for (std::size_t shard = 0; shard < relays_.size(); ++shard) store.subscribe(shard, relays_[shard]);
    }
    void attach(Process& process) {
        for (std::size_t shard = 0; shard < relays_.size(); ++shard) relays_[shard].target = &process.views(shard);
    }
    void detach() {
        for (Relay& relay : relays_) relay.target = nullptr;
    }
    ports::fakes::MemoryTenantStore store;

private:
    std::vector<Relay> relays_;
};

class MemoryBacking final : public Backing {
public:
    explicit MemoryBacking(Stage& stage)
        : stage_(stage), tenants_(stage), log_(truth_, tenants_.store, stage.clock()) {}

    ports::Ledger& ledger() override { return *ledger_; }
    ports::TenantStore& tenants() override { return tenants_.store; }
    ports::LogReader& log() override { return log_; }
    void open() override { ledger_.emplace(truth_, stage_.clock(), stage_.shards(), kIdempotencyWindow); }
    void attach(Process& process) override { tenants_.attach(process); }
    void crash() override { tenants_.detach(); }
    void close() override {
        tenants_.detach();
        stage_.await(ledger_->stop());
        ledger_.reset();
    }

private:
    Stage& stage_;
    ports::fakes::MemoryTruth truth_;
    MemoryTenants tenants_;
    ports::fakes::MemoryLog log_;
    std::optional<ports::fakes::MemoryLedger> ledger_;
};

class MultiHopBacking final : public Backing {
public:
    MultiHopBacking(Stage& stage, std::uint64_t seed)
        : stage_(stage),
          options_{.seed = seed, .window = kIdempotencyWindow},
          services_(stage.clock(), options_),
          tenants_(stage),
          log_(services_.log_store, tenants_.store, stage.clock()) {}

    ports::Ledger& ledger() override { return *ledger_; }
    ports::TenantStore& tenants() override { return tenants_.store; }
    ports::LogReader& log() override { return log_; }
    void open() override { ledger_.emplace(services_, stage_.clock(), stage_.shards(), options_); }
    void attach(Process& process) override { tenants_.attach(process); }
    void crash() override { tenants_.detach(); }
    void close() override {
        tenants_.detach();
        stage_.await(ledger_->stop());
        ledger_.reset();
    }
    Milliseconds sleeps_through(Milliseconds jumped_by, Milliseconds /*jumped_before*/) const override {
        return jumped_by + options_.visibility;
    }
    void flush_log() override { ledger_->write_log(); }

private:
    Stage& stage_;
    ports::fakes::MultiHopOptions options_;
    ports::fakes::MultiHopServices services_;
    MemoryTenants tenants_;
    ports::fakes::MemoryLog log_;
    std::optional<ports::fakes::MultiHopLedger> ledger_;
};

}  // namespace

std::unique_ptr<Backing> make_memory_backing(Stage& stage) {
    return std::make_unique<MemoryBacking>(stage);
}

std::unique_ptr<Backing> make_multi_hop_backing(Stage& stage, std::uint64_t seed) {
    return std::make_unique<MultiHopBacking>(stage, seed);
}

}  // namespace outpost::sim
