// The benchmarks of design.md §8 against the real binary, beside the machine's floor measured in the same run.
#include "bench.hpp"

#include "base/log.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>

namespace outpost::bench {
namespace {

struct Figure {
    const char* name;
    const char* what;
    void (*run)(const Options&);
};

constexpr std::array<Figure, 7> kFigures = {{
    {"b9", "RSS and CPU when idle; B11: start to ready, size of the binary", idle},
    {"b3", "latency publish → receiver at 1 000 events/s", latency},
    {"b1", "CPU of the server for an event, and its rate", throughput},
    {"b5", "RSS with --retries retries pending", pending_memory},
    {"b7", "half of all destinations hang: p99 of the others, against the same load undisturbed", isolation},
    {"b8", "restart after SIGKILL with --pending retries pending", restart},
    {"b10", "newest events and unknown ids among --history events; 10 million take long", history},
}};

std::string figure_list() {
    std::string text = "Figures, all of them unless some are named:\n";
    for (const Figure& figure : kFigures) text += fmt::format("  {:<4} {}\n", figure.name, figure.what);
    return text + "A lost, repeated or early event fails the run. Figures are medians with (lowest–highest).";
}

int run(int argc, char** argv) {
    CLI::App app("Benchmarks of design.md §8");
    Options options;
    std::vector<std::string> only;
    std::vector<std::string> names;
    for (const Figure& figure : kFigures) names.emplace_back(figure.name);
    app.add_option("--binary", options.binary, "the outpost program")->required();
    app.add_option("--directory", options.directory, "where data and logs go")->capture_default_str();
    app.add_option("--repeats", options.repeats, "runs of each")->capture_default_str()->check(CLI::PositiveNumber);
    app.add_option("--at-once", options.at_once, "publishers")->capture_default_str()->check(CLI::PositiveNumber);
    app.add_option("--bytes", options.data_bytes, "size of data")->capture_default_str();
    app.add_option("--events", options.events, "events of one B1 run")->capture_default_str();
    app.add_option("--tenants", options.tenants, "tenants of B1, with a destination each")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--latency-events", options.latency_events, "events of one B3 run")->capture_default_str();
    app.add_option("--retries", options.retries, "retries pending in B5")->capture_default_str();
    app.add_option("--pairs", options.pairs, "pairs of B7 runs")->capture_default_str()->check(CLI::PositiveNumber);
    app.add_option("--isolation-events", options.isolation_events, "events of one B7 run")->capture_default_str();
    app.add_option("--pending", options.pending, "retries pending in B8")->capture_default_str();
    app.add_option("--history", options.history, "events of B10")->capture_default_str()->check(CLI::PositiveNumber);
    app.add_option("--history-bytes", options.history_bytes, "size of their data")->capture_default_str();
    app.add_option("only", only, "figures")->check(CLI::IsMember(names));
    app.footer(figure_list());
    CLI11_PARSE(app, argc, argv);
    print_durability(options);
    print_floor(options);
    for (const Figure& figure : kFigures) {
        if (!only.empty() && std::ranges::find(only, figure.name) == only.end()) continue;
        figure.run(options);
        std::fflush(stdout);
    }
    return 0;
}

}  // namespace
}  // namespace outpost::bench

int main(int argc, char** argv) {
    outpost::log::set_level(outpost::log::Level::warn);
    return outpost::bench::run(argc, argv);
}
