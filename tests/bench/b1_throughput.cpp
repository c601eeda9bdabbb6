#include "bench.hpp"
#include "figures.hpp"

#include <unistd.h>

namespace outpost::bench {

void throughput(const Options& options) {
    std::vector<double> cpu;
    std::vector<double> rate;
    std::vector<double> rss;
    for (int i = 0; i < options.repeats; ++i) {
        Target target = start(options, "b1");
        Load load(target.port, "bench");
        const auto recipients = add_recipients(load, "acme", options.tenants, Manner::answer);
        Plan plan{.count = 1000, .at_once = 50, .data_bytes = options.data_bytes, .recipients = recipients};
        check(load.publish(plan), plan.count);  // warm
        plan.count = options.events;
        plan.at_once = options.at_once;
        const auto before = target.process.cpu_time();
        const Outcome outcome = load.publish(plan);
        ::sleep(2);  // projections and sealing count too
        const auto spent = target.process.cpu_time() - before;
        check(outcome, options.events);
        cpu.push_back(static_cast<double>(spent.count()) / static_cast<double>(options.events));
        rate.push_back(static_cast<double>(options.events) / outcome.seconds);
        rss.push_back(resident_mib(target.process));
        target.process.stop();
    }
    fmt::print(
        "B1     publish → delivered, {} B, fsync before 202, {} events, {} at once, tenants {}: {} CPU an event\n",
        options.data_bytes, options.events, options.at_once, options.tenants, spread(cpu, "µs"));
    fmt::print("B1     rate with the generator on the same cores: {}\n", spread(rate, "events/s"));
    fmt::print("B1     RSS after the run: {}\n", spread(rss, "MiB"));
}

}  // namespace outpost::bench
