#include "bench.hpp"
#include "figures.hpp"

#include <cstdio>

namespace outpost::bench {
namespace {

constexpr std::size_t kBusy = 50;
constexpr std::size_t kRare = 4;
constexpr std::uint64_t kRareEvery = 100'000;  // one event in 10⁵ for each rare tenant
constexpr std::uint64_t kChunk = 100'000;
constexpr std::size_t kFillers = 8;  // batches on their way at once
constexpr std::size_t kBatch = 100;
constexpr std::uint64_t kLongAbove = 2'000'000;
constexpr std::uint64_t kProgressEvery = 1'000'000;
constexpr std::size_t kListed = 100;
constexpr int kRequests = 200;

struct History {
    std::vector<Recipient> tenants;  ///< kRare rare ones, then the busy ones
    std::vector<std::uint64_t> events = std::vector<std::uint64_t>(kRare + kBusy);
    std::vector<std::string> known_ids;  ///< from all over it
};

/// Index of the tenant that event `number` belongs to.
std::size_t tenant_of(std::uint64_t number) {
    const std::uint64_t place = number % kRareEvery;
    constexpr std::uint64_t kApart = kRareEvery / kRare;
    return place % kApart == kApart / 2 ? place / kApart : kRare + number % kBusy;
}

std::string id_in(const std::string& answer) {
    constexpr std::string_view kKey = "\"id\":\"";
    const std::size_t begin = answer.find(kKey);
    if (begin == std::string::npos) give_up("no id in the answer to a publish: " + answer);
    return answer.substr(begin + kKey.size(), answer.find('"', begin + kKey.size()) - begin - kKey.size());
}

History fill(const Options& options, Load& load, const Target& target) {
    if (options.history > kLongAbove) {
        fmt::print(stderr, "bench: B10 publishes {} events first, which takes long; --history 1000000 is quicker\n",
                   options.history);
    }
    History history;
    history.tenants = add_recipients(load, "rare", kRare, Manner::answer);
    for (Recipient& busy : add_recipients(load, "busy", kBusy, Manner::answer)) history.tenants.push_back(busy);
    const std::int64_t begin = now_us();
    for (std::uint64_t done = 0; done < options.history; done += kChunk) {
        Plan plan{.count = std::min(kChunk, options.history - done),
                  .at_once = kFillers,
                  .batch = kBatch,
                  .data_bytes = options.history_bytes,
                  .recipients = history.tenants,
                  .recipient_of = [done](std::uint64_t index) { return tenant_of(done + index); }};
        const Outcome outcome = load.publish(plan);
        check(outcome, plan.count);
        for (std::uint64_t i = 0; i < plan.count; ++i) ++history.events[tenant_of(done + i)];
        for (const std::string& answer : outcome.samples) history.known_ids.push_back(id_in(answer));
        if (done > 0 && done % kProgressEvery == 0) {
            fmt::print(stderr, "bench: B10 {} events after {:.0f} s\n", done,
                       static_cast<double>(now_us() - begin) / 1e6);
        }
    }
    const double seconds = static_cast<double>(now_us() - begin) / 1e6;
    wait_idle(target.process);
    check(load.collect_all(), (options.history - 1) % kChunk + 1);  // nothing came twice meanwhile
    const double rested = static_cast<double>(now_us() - begin) / 1e6;
    const Stored files = stored(options, "b10");
    fmt::print(
        "B10    filling: {} events of {} B in {:.1f} s ({:.0f} events/s), at rest after {:.1f} s; {:.0f} MiB in {} "
        "segments; RSS then {:.1f} MiB\n",
        options.history, options.history_bytes, seconds, static_cast<double>(options.history) / seconds, rested,
        files.mib, files.segments, resident_mib(target.process));
    std::fflush(stdout);
    return history;
}

std::uint64_t rows_in(const std::string& answer) {
    std::uint64_t rows = 0;
    constexpr std::string_view kOnceARow = "\"eligible_for_retry\":";
    for (std::size_t at = answer.find(kOnceARow); at != std::string::npos; at = answer.find(kOnceARow, at + 1)) ++rows;
    return rows;
}

/// A request, and what its answer must be.
struct Question {
    std::string path;
    int status = 200;
    std::uint64_t rows = 0;
};

struct Kind {
    std::string name;
    std::function<Question(std::uint64_t)> ask;
    std::vector<double> p50;
    std::vector<double> p99;
};

Question newest_of(const History& history, std::size_t tenant) {
    return {fmt::format("/api/v1/events?tenant_id={}&limit={}", history.tenants[tenant].tenant, kListed), 200,
            std::min<std::uint64_t>(kListed, history.events[tenant])};
}

std::string unknown_like(std::string id, std::uint64_t number) {
    const std::string digits = fmt::format("{:012x}", number);
    if (id.size() < digits.size()) give_up("event ids are shorter than thought: " + id);
    return id.replace(id.size() - digits.size(), digits.size(), digits);
}

std::vector<Kind> kinds(const History& history) {
    const auto known = [&history](std::uint64_t i) { return history.known_ids[i * 7919 % history.known_ids.size()]; };
    std::vector<Kind> all(6);
    all[0] = {"newest 100 of a busy tenant", [&](std::uint64_t i) { return newest_of(history, kRare + i % kBusy); }};
    all[1] = {"newest 100 of a rare tenant", [&](std::uint64_t i) { return newest_of(history, i % kRare); }};
    all[2] = {"unknown id, as the server makes them",
              [known](std::uint64_t i) { return Question{"/api/v1/events/" + unknown_like(known(i), i), 404, 0}; }};
    all[3] = {"unknown id of a client's own",
              [](std::uint64_t i) { return Question{fmt::format("/api/v1/events/order-{}-unknown", i), 404, 0}; }};
    all[4] = {"known id, anywhere",
              [known](std::uint64_t i) { return Question{"/api/v1/events/" + known(i), 200, 1}; }};
    all[5] = {"floor: GET /livez", [](std::uint64_t) { return Question{"/livez", 200, 0}; }};
    return all;
}

void measure(Load& load, Kind& kind, std::uint64_t first) {
    std::vector<double> times;
    for (std::uint64_t i = first; i < first + kRequests; ++i) {
        const Question question = kind.ask(i);
        const Load::Answer answer = load.call("GET", question.path);
        if (answer.status != question.status || rows_in(answer.body) != question.rows) {
            give_up(fmt::format("{}: status {} and {} events instead of {} and {}", question.path, answer.status,
                                rows_in(answer.body), question.status, question.rows));
        }
        times.push_back(answer.ms);
    }
    kind.p50.push_back(percentile(times, 50));
    kind.p99.push_back(percentile(times, 99));
}

}  // namespace

void history(const Options& options) {
    Target target = start(options, "b10");
    Load load(target.port, "bench");
    const History history = fill(options, load, target);
    std::vector<Kind> all = kinds(history);
    for (int i = 0; i < options.repeats; ++i) {
        for (Kind& kind : all) measure(load, kind, static_cast<std::uint64_t>(i) * kRequests);
    }
    for (const Kind& kind : all) {
        fmt::print("B10    {}, {} requests: p50 {}, p99 {}\n", kind.name, kRequests, spread(kind.p50, "ms", 2),
                   spread(kind.p99, "ms", 2));
    }
    target.process.stop();
}

}  // namespace outpost::bench
