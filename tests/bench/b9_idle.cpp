#include "bench.hpp"
#include "figures.hpp"

#include <unistd.h>

namespace outpost::bench {

void idle(const Options& options) {
    std::vector<double> ready;
    std::vector<double> rss;
    std::vector<double> cpu;
    for (int i = 0; i < options.repeats; ++i) {
        Target target = start(options, "b9");
        ready.push_back(target.ready_ms);
        const auto before = target.process.cpu_time();
        ::sleep(3);
        cpu.push_back(static_cast<double>((target.process.cpu_time() - before).count()) / 3000.0);
        rss.push_back(resident_mib(target.process));
        target.process.stop();
    }
    fmt::print("B9     RSS idle, fresh directory: {}; CPU while idle: {}\n", spread(rss, "MiB"), spread(cpu, "ms/s"));
    fmt::print("B11    start to ready, fresh directory: {}\n", spread(ready, "ms"));
    const auto bytes = static_cast<double>(std::filesystem::file_size(options.binary));
    fmt::print("B11    binary as built: {:.1f} MiB\n", bytes / 1048576.0);
}

}  // namespace outpost::bench
