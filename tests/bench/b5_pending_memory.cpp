#include "bench.hpp"
#include "figures.hpp"

#include <unistd.h>

namespace outpost::bench {

/// Each event is refused once and then waits for a day.
void pending_memory(const Options& options) {
    constexpr unsigned kGivenBackSeconds = 10;  // the allocator returns memory some seconds after a burst (ADR 0008)
    std::vector<double> before;
    std::vector<double> rss;
    std::vector<double> peak;
    for (int i = 0; i < options.repeats; ++i) {
        Target target = start(options, "b5", {{"RETRY_SCHEDULE", "86400"}});
        Load load(target.port, "bench");
        const auto recipients = add_recipients(load, "refusing", 1, Manner::refuse);
        before.push_back(resident_mib(target.process));
        check(load.publish({.count = options.retries,
                            .at_once = options.at_once,
                            .data_bytes = options.data_bytes,
                            .recipients = recipients}),
              options.retries);
        wait_idle(target.process);
        ::sleep(kGivenBackSeconds);
        rss.push_back(resident_mib(target.process));
        peak.push_back(static_cast<double>(target.process.rss_peak_bytes()) / 1048576.0);
        check(load.collect_all(), options.retries);  // none came early
        target.process.stop();
    }
    fmt::print("B5     RSS with {} retries of {} B pending: {}; most while they came: {}\n", options.retries,
               options.data_bytes, spread(rss, "MiB"), spread(peak, "MiB"));
    fmt::print("B5     floor: RSS before the first event: {}\n", spread(before, "MiB"));
}

}  // namespace outpost::bench
