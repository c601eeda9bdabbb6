// Many seeds over three ledgers. One seed again: sim_test --seed=N, or OUTPOST_SIM_SEED=N. More of them:
// OUTPOST_SIM_SEEDS=10000; from another one on: both. Only those over one ledger: OUTPOST_SIM_LEDGER=engine.
#include "sim/options.hpp"
#include "sim/simulation.hpp"

#include <gtest/gtest.h>

namespace outpost::sim {
namespace {

std::string describe(const Report& report, std::size_t actions_max) {
    std::string text = fmt::format("seed {} over the {} ledger ({} sends, {} crashes)\n", report.seed,
                                   to_string(report.kind), report.sends, report.crashes);
    constexpr std::size_t violations_max = 10;
    for (std::size_t i = 0; i < std::min(report.violations.size(), violations_max); ++i) {
        text += "  violated: " + report.violations[i] + "\n";
    }
    text += "  its last actions (tick, time since the beginning; all of them when it runs alone):\n";
    const std::size_t first = report.actions.size() > actions_max ? report.actions.size() - actions_max : 0;
    for (std::size_t i = first; i < report.actions.size(); ++i) text += "    " + report.actions[i] + "\n";
    return text + fmt::format("  again: sim_test --seed={}\n", report.seed);
}

TEST(Simulation, KeepsItsPromisesWhateverHappens) {
    const Options options = read_options();
    std::size_t failures = 0;
    std::size_t sends = 0;
    for (std::uint64_t seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
        if (!options.only_ledger.empty() && to_string(kind_of(seed)) != options.only_ledger) continue;
        const Report report = Simulation(seed).run();
        sends += report.sends;
        EXPECT_TRUE(report.violations.empty()) << describe(report, options.seeds == 1 ? 1000 : 60);
        if (!report.violations.empty() && ++failures == options.failures_max) break;
    }
    EXPECT_GT(sends, options.seeds / 3) << "the simulation does nothing";
}

TEST(Simulation, TheSameSeedGivesTheSameRun) {
    for (const std::uint64_t seed : {3, 4, 5}) {
        const Report first = Simulation(seed).run();
        const Report second = Simulation(seed).run();
        EXPECT_EQ(first.trace, second.trace) << "over the " << to_string(first.kind) << " ledger";
        EXPECT_FALSE(first.trace.empty());
    }
}

}  // namespace
}  // namespace outpost::sim
