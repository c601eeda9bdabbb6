#include "bench.hpp"
#include "figures.hpp"

namespace outpost::bench {

void latency(const Options& options) {
    std::vector<double> p50;
    std::vector<double> p99;
    for (int i = 0; i < options.repeats; ++i) {
        Target target = start(options, "b3");
        Load load(target.port, "bench");
        const auto recipients = add_recipients(load, "acme", 1, Manner::answer);
        Plan plan{.count = 1000, .at_once = 50, .data_bytes = options.data_bytes, .recipients = recipients};
        check(load.publish(plan), plan.count);  // warm
        plan.count = options.latency_events;
        plan.at_once = 64;
        plan.per_second = 1000;
        Outcome outcome = load.publish(plan);
        check(outcome, plan.count);
        p50.push_back(percentile(outcome.latencies_ms, 50));
        p99.push_back(percentile(outcome.latencies_ms, 99));
        target.process.stop();
    }
    fmt::print("B3     publish → receiver at 1 000 events/s: p50 {}, p99 {}\n", spread(p50, "ms"), spread(p99, "ms"));
}

}  // namespace outpost::bench
