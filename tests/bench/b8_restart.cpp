#include "bench.hpp"
#include "figures.hpp"

namespace outpost::bench {
namespace {

constexpr std::size_t kRefusing = 20;
constexpr std::size_t kHolding = 10;
constexpr std::uint64_t kDue = 1000;  // accepted, not delivered when the program is killed
constexpr std::uint64_t kChunk = 100'000;

struct Restarts {
    std::vector<double> ready_ms;
    std::vector<double> first_ms;
    std::vector<double> all_due_ms;
    std::vector<double> rss;
};

/// A send that is held must still be open when the program is killed.
Environment environment() {
    return {{"RETRY_SCHEDULE", "86400"}, {"DELIVERY_TIMEOUT_SECONDS", "600"}};
}

void fill(const Options& options, Load& load, const Target& target, std::uint64_t pending) {
    const auto refusing = add_recipients(load, "refusing", kRefusing, Manner::refuse);
    const std::int64_t begin = now_us();
    for (std::uint64_t done = 0; done < pending; done += kChunk) {
        const std::uint64_t count = std::min(kChunk, pending - done);
        check(
            load.publish(
                {.count = count, .at_once = options.at_once, .data_bytes = options.data_bytes, .recipients = refusing}),
            count);
    }
    wait_idle(target.process);
    if (pending == 0) return;
    const double seconds = static_cast<double>(now_us() - begin) / 1e6;
    const Stored files = stored(options, "b8");
    fmt::print("B8     filling: {} refused once, in {:.1f} s; {:.0f} MiB in {} segments; RSS then {:.1f} MiB\n",
               pending, seconds, files.mib, files.segments, resident_mib(target.process));
    std::fflush(stdout);
}

/// Kills it with kDue events due and starts it again: nothing but those may be sent, what waits in the future stays.
void restart_once(const Options& options, Load& load, std::optional<Target>& target,
                  const std::vector<Recipient>& holding, Restarts& into) {
    Plan plan{.count = kDue, .at_once = 50, .data_bytes = options.data_bytes, .recipients = holding};
    check(load.publish(plan), kDue);
    target->process.kill();
    load.release_held();
    target.emplace(start(options, "b8", environment(), Directory::kept));
    load.use_api_port(target->port);
    const Outcome outcome = load.collect_all();
    check(outcome, kDue);
    into.ready_ms.push_back(target->ready_ms);
    into.first_ms.push_back(static_cast<double>(outcome.first_arrival_us - target->begun_us) / 1e3);
    into.all_due_ms.push_back(static_cast<double>(outcome.last_arrival_us - target->begun_us) / 1e3);
    wait_idle(target->process);
    check(load.collect_all(), kDue);  // nothing came twice or early meanwhile
    into.rss.push_back(resident_mib(target->process));
    load.hold_again();
}

Restarts measure(const Options& options, std::uint64_t pending) {
    std::optional<Target> target = start(options, "b8", environment());
    Load load(target->port, "bench");
    const auto holding = add_recipients(load, "holding", kHolding, Manner::hold, /*awaited=*/false);
    fill(options, load, *target, pending);
    Restarts restarts;
    for (int i = 0; i < options.repeats; ++i) restart_once(options, load, target, holding, restarts);
    target->process.stop();
    return restarts;
}

void print(const Restarts& restarts, const std::string& what) {
    fmt::print("B8     {}: to first delivery {}, to ready {}, to the last of {} due {}; RSS {}\n", what,
               spread(restarts.first_ms, "ms"), spread(restarts.ready_ms, "ms"), kDue,
               spread(restarts.all_due_ms, "ms"), spread(restarts.rss, "MiB"));
}

}  // namespace

void restart(const Options& options) {
    print(measure(options, options.pending), fmt::format("restart after SIGKILL, {} retries pending", options.pending));
    print(measure(options, 0), "floor: the same with none pending");
}

}  // namespace outpost::bench
