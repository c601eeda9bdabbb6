// The figures of design.md §8, one a file, and what they share: options, a started server, the checks of a run.
#pragma once

#include "load.hpp"
#include "process.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace outpost::bench {

struct Options {
    std::string binary;
    std::filesystem::path directory = "build/bench";
    std::uint64_t events = 100'000;           ///< B1
    std::size_t tenants = 16;                 ///< B1: each with one destination
    std::uint64_t latency_events = 10'000;    ///< B3
    std::uint64_t retries = 100'000;          ///< B5
    std::uint64_t isolation_events = 20'000;  ///< B7: of one run of a pair
    std::uint64_t pending = 1'000'000;        ///< B8
    std::uint64_t history = 10'000'000;       ///< B10
    std::size_t history_bytes = 200;          ///< B10
    int pairs = 5;                            ///< B7
    std::size_t at_once = 200;
    std::size_t data_bytes = 1000;
    int repeats = 3;
};

/// Says why and ends the benchmark with status 1.
[[noreturn]] void give_up(const std::string& what);

using Environment = std::map<std::string, std::string>;

/// A started server that is ready.
struct Target {
    Process process;
    std::uint16_t port;
    std::int64_t begun_us;  ///< just before exec; as now_us()
    double ready_ms;
};

enum class Directory { fresh, kept };

/// @param name  of its data directory and log below options.directory
Target start(const Options& options, const std::string& name, Environment more = {},
             Directory directory = Directory::fresh);
/// Waits until the server has used next to no CPU for a second: what it does in the background is done.
void wait_idle(const Process& process);
double resident_mib(const Process& process);
/// Bytes of a data directory, and how many segments its log has.
struct Stored {
    double mib = 0;
    std::size_t segments = 0;
};
Stored stored(const Options& options, const std::string& name);

/// Creates a tenant with one destination that takes everything.
void add_recipient(Load& load, const std::string& tenant, Manner manner);
/// The same for `name`-0, `name`-1, …
std::vector<Recipient> add_recipients(Load& load, const std::string& name, std::size_t count, Manner manner,
                                      bool awaited = true);
/// A lost, repeated or refused event, or a copy of an earlier one, ends the benchmark.
void check(const Outcome& outcome, std::uint64_t expected);

/// One line: what an acknowledged event survives in these runs.
void print_durability(const Options& options);
void print_floor(const Options& options);

void throughput(const Options& options);      // B1
void latency(const Options& options);         // B3
void pending_memory(const Options& options);  // B5
void isolation(const Options& options);       // B7
void restart(const Options& options);         // B8
void idle(const Options& options);            // B9, B11
void history(const Options& options);         // B10

}  // namespace outpost::bench
