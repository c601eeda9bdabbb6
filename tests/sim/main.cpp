#include "base/log.hpp"
#include "sim/options.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <optional>

namespace outpost::sim {
namespace {

std::optional<std::uint64_t> only_seed;

std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::uint64_t> from_environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : to_number(value);
}

}  // namespace

void set_only_seed(std::uint64_t seed) {
    only_seed = seed;
}

Options read_options() {
    Options options;
    const auto first = only_seed ? only_seed : from_environment("OUTPOST_SIM_SEED");
    if (first) options = {.first_seed = *first, .seeds = 1};
    if (const auto seeds = from_environment("OUTPOST_SIM_SEEDS"); seeds && !only_seed) options.seeds = *seeds;
    if (const char* const ledger = std::getenv("OUTPOST_SIM_LEDGER")) options.only_ledger = ledger;
    return options;
}

}  // namespace outpost::sim

int main(int argc, char** argv) {
    constexpr std::string_view option = "--seed=";
    ::testing::InitGoogleTest(&argc, argv);
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument(argv[i]);
        const auto seed =
            argument.starts_with(option) ? outpost::sim::to_number(argument.substr(option.size())) : std::nullopt;
        if (!seed) {
            std::cerr << "usage: sim_test [--seed=N] [gtest options]\n";
            return 2;
        }
        outpost::sim::set_only_seed(*seed);
    }
    outpost::log::set_level(outpost::log::Level::error);  // faults are what it is about
    return RUN_ALL_TESTS();
}
