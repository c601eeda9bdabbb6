// One run of the whole pipeline: random events, people, destinations, faults and crashes, all from one seed.
#pragma once

#include "pipeline/testing/process_fixture.hpp"
#include "pipeline/testing/stage_fixture.hpp"
#include "ports/fakes/dice.hpp"
#include "ports/fakes/faulty_ledger.hpp"
#include "ports/fakes/scripted_destination.hpp"
#include "sim/backing.hpp"
#include "sim/history.hpp"
#include "sim/witness.hpp"

namespace outpost::sim {

struct Report {
    std::uint64_t seed = 0;
    BackingKind kind = BackingKind::memory;
    std::vector<std::string> violations;
    std::vector<std::string> actions;
    std::string trace;  ///< every send, in order: the same seed gives the same
    std::size_t sends = 0;
    std::size_t crashes = 0;
};

/// seed → which ledger it runs over.
BackingKind kind_of(std::uint64_t seed);

/// Everything on the caller's thread.
class Simulation {
public:
    explicit Simulation(std::uint64_t seed);
    ~Simulation();

    Report run();

private:
    /// One process and the people who talk to it.
    struct Life {
        using Scripted = std::vector<std::unique_ptr<ports::fakes::ScriptedDestination>>;
        Life(pipeline::testing::Stage& stage, Backing& backing, History& history, Scripted& scripted,
             pipeline::testing::ProcessSettings settings)
            : faulty(backing.ledger(), stage.clock()),
              witness(faulty, history, stage.clock()),
              providers(watch(scripted, history, stage.clock())),
              process({.clock = stage.clock(),
                       .shards = stage.shards(),
                       .ledger = witness,
                       .tenants = backing.tenants(),
                       .log = backing.log()},
                      std::move(settings), maps()),
              clients(stage.executor(), "clients") {}
        static std::vector<std::unique_ptr<WitnessProvider>> watch(Scripted& scripted, History& history,
                                                                   const Clock& clock);
        std::vector<pipeline::ProviderMap> maps();

        ports::fakes::FaultyLedger faulty;
        WitnessLedger witness;
        std::vector<std::unique_ptr<WitnessProvider>> providers;  ///< one a shard
        pipeline::testing::Process process;
        TaskGroup clients;
    };
    void begin_life();
    void end_life();
    void crash();

    // Actions. Each returns what to print of it.
    void act();
    std::string publish();
    std::string flood();
    std::string change_mood();
    std::string change_destination();
    std::string retry();
    std::string cancel();
    std::string pass_time();
    std::string jump();
    std::string change_faults();
    void remember(std::string action);

    // What runs in the background; each ends in bounded time.
    void start(Task<void> work);
    Task<void> publish_one(pipeline::Publication publication, Deadline deadline, std::size_t shard);
    Task<void> retry_one(TenantId tenant, EventId event, DestinationId destination, std::size_t request);
    Task<void> cancel_one(model::DeliveryKey key, std::size_t request);
    Task<void> create(TenantId tenant, DestinationId id, std::vector<std::string> topics);
    Task<void> remove(TenantId tenant, DestinationId id);
    Task<void> update(TenantId tenant, DestinationId id, bool disabled);

    pipeline::Publication random_publication();
    TenantId random_tenant();
    DestinationId random_destination(const TenantId& tenant);
    const AcceptSeen* random_accepted();
    void check_bounds();
    void wait_for_the_end();
    void settle_everything();
    std::string trace() const;

    std::uint64_t seed_;
    ports::fakes::Dice dice_;
    pipeline::testing::Stage stage_;
    ports::fakes::DestinationScript script_;
    std::vector<std::unique_ptr<ports::fakes::ScriptedDestination>> scripted_;
    History history_;
    std::unique_ptr<Backing> backing_;
    std::unique_ptr<Life> life_;
    std::vector<std::string> actions_;
    std::vector<EventId> chosen_ids_;
    bool flooded_ = false;
    bool jumped_ = false;
    Milliseconds jumped_by_{};      ///< in both directions together
    Milliseconds jumped_before_{};  ///< before this life began
    std::size_t crashes_ = 0;
};

}  // namespace outpost::sim
