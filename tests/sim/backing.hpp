// What holds the facts in a simulation: it outlives the processes that write them.
#pragma once

#include "pipeline/testing/process_fixture.hpp"
#include "pipeline/testing/stage_fixture.hpp"
#include "sim/alerts.hpp"

namespace outpost::sim {

enum class BackingKind { engine, memory, multi_hop };
std::string_view to_string(BackingKind kind);

/// One process at a time has it open. All on the stage's thread.
class Backing {
public:
    virtual ~Backing() = default;

    // Of the process that is open now.
    virtual ports::Ledger& ledger() = 0;
    virtual ports::TenantStore& tenants() = 0;
    virtual ports::LogReader& log() = 0;

    /// A new process finds what is stored.
    virtual void open() = 0;
    /// The process has subscribed: deliveries may be handed out.
    virtual void attach(pipeline::testing::Process& process) = 0;
    /// The process dies at this very moment, or its machine: what it does from now on is not stored, or might as well
    /// have been stored just before. What had been answered is stored. The disk is mended. Its coroutines still end, so
    /// that close() can be called.
    virtual void crash() = 0;
    /// After the process is gone.
    virtual void close() = 0;
    /// How much later it may act than is due: by a wall clock that has jumped meanwhile, by a queue's redelivery.
    /// @param jumped_by  in all, in both directions together
    /// @param jumped_before  so much of it before the living process began
    virtual Milliseconds sleeps_through(Milliseconds jumped_by, Milliseconds /*jumped_before*/) const {
        return jumped_by;
    }
    /// Whether retries wait as long as planned while a process lives, also when the wall clock jumps (T-16).
    virtual bool waits_as_planned() const { return false; }
    virtual bool has_disk() const { return false; }
    /// The disk under it goes wrong in some way, or is well again. @return what to print of it
    virtual std::string change_disk() { return ""; }
    virtual void mend_disk() {}
    /// What the operator would be told, all that ever was: nobody sends it here. None: it watches nothing.
    virtual std::optional<AlertsSeen> alerts() { return std::nullopt; }
    /// What the log will show later, it shows now (decision A8, brokered).
    virtual void flush_log() {}
};

/// @param seed  of its own faults and sizes
std::unique_ptr<Backing> make_backing(BackingKind kind, pipeline::testing::Stage& stage, std::uint64_t seed);

std::unique_ptr<Backing> make_engine_backing(pipeline::testing::Stage& stage, std::uint64_t seed);
std::unique_ptr<Backing> make_memory_backing(pipeline::testing::Stage& stage);
std::unique_ptr<Backing> make_multi_hop_backing(pipeline::testing::Stage& stage, std::uint64_t seed);

inline constexpr Milliseconds kIdempotencyWindow = std::chrono::hours(1);

}  // namespace outpost::sim
