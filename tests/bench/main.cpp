// The benchmarks of design.md §8 against the real binary, beside the machine's floor measured in the same run.
#include "figures.hpp"
#include "load.hpp"
#include "process.hpp"

#include "base/encoding.hpp"
#include "base/log.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace outpost::bench {
namespace {

struct Options {
    std::string binary;
    std::filesystem::path directory = "build/bench";
    std::uint64_t events = 100'000;
    std::size_t at_once = 200;
    std::size_t data_bytes = 1000;
    std::uint64_t latency_events = 10'000;
    int repeats = 3;
};

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "bench: %s\n", what.c_str());
    std::exit(1);
}

/// A started server in a fresh directory.
struct Target {
    Process process;
    std::uint16_t port;
    double start_ms;
};

std::uint16_t free_port() {
    boost::asio::io_context context;
    boost::asio::ip::tcp::acceptor acceptor(context,
                                            boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    return acceptor.local_endpoint().port();
}

bool answers(std::uint16_t port) {
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    boost::system::error_code error;
    socket.connect({boost::asio::ip::address_v4::loopback(), port}, error);
    if (error) return false;
    const std::string request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    boost::asio::write(socket, boost::asio::buffer(request), error);
    std::array<char, 64> reply{};
    const std::size_t length = socket.read_some(boost::asio::buffer(reply), error);
    return std::string_view(reply.data(), length).find(" 200 ") != std::string_view::npos;
}

Target start(const Options& options, const std::string& name, bool fresh = true) {
    const std::filesystem::path data = std::filesystem::absolute(options.directory / name);
    if (fresh) std::filesystem::remove_all(data);
    std::filesystem::create_directories(options.directory);
    const std::uint16_t port = free_port();
    const auto begin = std::chrono::steady_clock::now();
    auto process = Process::start(options.binary,
                                  {{"DATA_DIR", data.string()},
                                   {"API_PORT", std::to_string(port)},
                                   {"API_KEY", "bench"},
                                   {"LOG_LEVEL", "info"},
                                   {"PATH", "/usr/bin:/bin"}},
                                  options.directory / (name + ".log"));
    if (!process) give_up(process.error().describe());
    while (!answers(port)) {
        if (std::chrono::steady_clock::now() - begin > std::chrono::seconds(30))
            give_up("the server did not get ready");
        ::usleep(500);
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    return {std::move(*process), port, took.count()};
}

void add_destination(Load& load, const std::string& tenant) {
    if (load.call("PUT", "/api/v1/tenants/" + tenant).status != 201) give_up("the tenant was not created");
    const std::string body =
        fmt::format("{{\"type\":\"webhook\",\"topics\":[\"*\"],\"config\":{{\"url\":\"http://127.0.0.1:{}/hook\"}}}}",
                    load.receiver_port());
    const auto created = load.call("POST", "/api/v1/tenants/" + tenant + "/destinations", body);
    if (created.status != 201) give_up("the destination was not created: " + created.body);
}

void check(const Load::Result& result, std::uint64_t expected) {
    if (result.lost != 0 || result.duplicates != 0 || result.accepted != expected) {
        give_up(fmt::format("accepted {} of {}, lost {}, duplicates {}", result.accepted, expected, result.lost,
                            result.duplicates));
    }
}

void floor_figures(const Options& options, Load& load) {
    std::vector<double> request;
    for (int i = 0; i < options.repeats; ++i) request.push_back(load.direct_request_us(20'000));
    std::printf("floor  one 1 KB request, our client and server in one thread: %s CPU\n",
                spread(request, "µs").c_str());
    const std::string file = (options.directory / "floor.dat").string();
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const std::string block(4096, 'x');
    std::vector<double> syncs;
    for (int i = 0; i < 500; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        if (::write(descriptor, block.data(), block.size()) < 0 || ::fdatasync(descriptor) != 0) give_up("fdatasync");
        syncs.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    ::close(descriptor);
    const double p50 = percentile(syncs, 50);
    std::printf("floor  fdatasync after 4 KiB: p50 %.2f ms, p99 %.2f ms\n", p50, percentile(syncs, 99));
}

void throughput(const Options& options) {
    std::vector<double> cpu;
    std::vector<double> rate;
    std::vector<double> rss;
    for (int i = 0; i < options.repeats; ++i) {
        Target target = start(options, "b1");
        Load load(target.port, "bench");
        add_destination(load, "acme");
        check(load.publish("acme", 1000, 50, 0, options.data_bytes), 1000);  // warm
        const auto before = target.process.cpu_time();
        const Load::Result result = load.publish("acme", options.events, options.at_once, 0, options.data_bytes);
        ::sleep(2);  // projections and sealing count too
        const auto spent = target.process.cpu_time() - before;
        check(result, options.events);
        cpu.push_back(static_cast<double>(spent.count()) / static_cast<double>(options.events));
        rate.push_back(static_cast<double>(options.events) / result.seconds);
        rss.push_back(static_cast<double>(target.process.rss_bytes()) / 1048576.0);
        if (i + 1 == options.repeats) floor_figures(options, load);
        target.process.stop();
    }
    std::printf("B1     publish → delivered, %zu B, fsync before 202, %llu events, %zu at once: %s CPU an event\n",
                options.data_bytes, static_cast<unsigned long long>(options.events), options.at_once,
                spread(cpu, "µs").c_str());
    std::printf("B1     rate with the generator on the same cores: %s\n", spread(rate, "events/s").c_str());
    std::printf("B1     RSS after the run: %s\n", spread(rss, "MiB").c_str());
}

void latency(const Options& options) {
    std::vector<double> p50;
    std::vector<double> p99;
    for (int i = 0; i < options.repeats; ++i) {
        Target target = start(options, "b3");
        Load load(target.port, "bench");
        add_destination(load, "acme");
        check(load.publish("acme", 1000, 50, 0, options.data_bytes), 1000);
        Load::Result result = load.publish("acme", options.latency_events, 64, 1000, options.data_bytes);
        check(result, options.latency_events);
        p50.push_back(percentile(result.latencies_ms, 50));
        p99.push_back(percentile(result.latencies_ms, 99));
        target.process.stop();
    }
    std::printf("B3     publish → receiver at 1 000 events/s: p50 %s, p99 %s\n", spread(p50, "ms").c_str(),
                spread(p99, "ms").c_str());
}

void idle(const Options& options) {
    std::vector<double> ready;
    std::vector<double> rss;
    std::vector<double> cpu;
    for (int i = 0; i < options.repeats; ++i) {
        Target target = start(options, "b9");
        ready.push_back(target.start_ms);
        const auto before = target.process.cpu_time();
        ::sleep(3);
        cpu.push_back(static_cast<double>((target.process.cpu_time() - before).count()) / 3000.0);
        rss.push_back(static_cast<double>(target.process.rss_bytes()) / 1048576.0);
        target.process.stop();
    }
    std::printf("B9     RSS idle, fresh directory: %s; CPU while idle: %s\n", spread(rss, "MiB").c_str(),
                spread(cpu, "ms/s").c_str());
    std::printf("B11    start to ready, fresh directory: %s\n", spread(ready, "ms").c_str());
    struct stat file{};
    if (::stat(options.binary.c_str(), &file) == 0) {
        std::printf("B11    binary as built: %.1f MiB\n", static_cast<double>(file.st_size) / 1048576.0);
    }
}

}  // namespace
}  // namespace outpost::bench

int main(int argc, char** argv) {
    using namespace outpost::bench;
    outpost::log::set_level(outpost::log::Level::warn);
    CLI::App app("Benchmarks of design.md §8");
    Options options;
    std::vector<std::string> only;
    app.add_option("--binary", options.binary, "the outpost program")->required();
    app.add_option("--directory", options.directory, "where data and logs go");
    app.add_option("--events", options.events, "events of one B1 run");
    app.add_option("--at-once", options.at_once, "publishers");
    app.add_option("--bytes", options.data_bytes, "size of data");
    app.add_option("--latency-events", options.latency_events, "events of one B3 run");
    app.add_option("--repeats", options.repeats, "runs of each");
    app.add_option("only", only, "b1, b3, b9");
    CLI11_PARSE(app, argc, argv);
    const auto wanted = [&](const char* name) { return only.empty() || std::ranges::find(only, name) != only.end(); };
    if (wanted("b9")) idle(options);
    if (wanted("b3")) latency(options);
    if (wanted("b1")) throughput(options);
    return 0;
}
