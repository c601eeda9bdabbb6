#include "bench.hpp"
#include "figures.hpp"

namespace outpost::bench {
namespace {

constexpr std::size_t kDestinationsOfAHalf = 10;
constexpr double kEventsPerSecond = 1000;  // half of them to the half that may hang

/// @return p99 publish → receiver of the half that answers, in ms
double healthy_p99(const Options& options, bool others_hang) {
    Target target = start(options, others_hang ? "b7-disturbed" : "b7-undisturbed");
    Load load(target.port, "bench");
    auto healthy = add_recipients(load, "healthy", kDestinationsOfAHalf, Manner::answer);
    // The other half gets the same events in both runs; its latencies count in neither.
    const auto others = add_recipients(load, "other", kDestinationsOfAHalf, others_hang ? Manner::hold : Manner::answer,
                                       /*awaited=*/false);
    check(load.publish({.count = 500, .at_once = 50, .data_bytes = options.data_bytes, .recipients = healthy}), 500);
    std::vector<Recipient> all;
    for (std::size_t i = 0; i < kDestinationsOfAHalf; ++i) {
        all.push_back(healthy[i]);
        all.push_back(others[i]);
    }
    Outcome outcome = load.publish({.count = options.isolation_events,
                                    .at_once = 64,
                                    .per_second = kEventsPerSecond,
                                    .data_bytes = options.data_bytes,
                                    .recipients = std::move(all)});
    check(outcome, options.isolation_events);
    if (!others_hang) check(load.collect_all(), options.isolation_events);
    target.process.kill();  // a stop would wait for those that hang
    return percentile(outcome.latencies_ms, 99);
}

}  // namespace

void isolation(const Options& options) {
    std::vector<double> ratio;
    std::vector<double> disturbed;
    std::vector<double> undisturbed;
    for (int i = 0; i < options.pairs; ++i) {
        const bool hanging_first = i % 2 == 1;  // in turn, so that a drift of the machine cancels out
        for (const bool hang : {hanging_first, !hanging_first}) {
            (hang ? disturbed : undisturbed).push_back(healthy_p99(options, hang));
        }
        ratio.push_back(disturbed.back() / undisturbed.back());
    }
    fmt::print("B7     {0} of {1} destinations hang, {2:.0f} events/s to the others: p99 of the others {3}\n",
               kDestinationsOfAHalf, 2 * kDestinationsOfAHalf, kEventsPerSecond / 2, spread(disturbed, "ms"));
    fmt::print("B7     floor: the same load, all answer: p99 {}\n", spread(undisturbed, "ms"));
    fmt::print("B7     ratio of {} pairs: {}\n", options.pairs, spread(ratio, "times", 2));
}

}  // namespace outpost::bench
