#include "bench.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace outpost::bench {
namespace {

using boost::asio::ip::tcp;

constexpr std::int64_t kReadyUsMax = 300'000'000;
constexpr std::int64_t kIdleUsMax = 1'800'000'000;  // millions of events may wait to be sealed

std::uint16_t free_port() {
    boost::asio::io_context context;
    const tcp::acceptor acceptor(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    return acceptor.local_endpoint().port();
}

bool is_ready(std::uint16_t port) {
    boost::asio::io_context context;
    tcp::socket socket(context);
    boost::system::error_code error;
    socket.connect({boost::asio::ip::address_v4::loopback(), port}, error);
    if (error) return false;
    const std::string request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    boost::asio::write(socket, boost::asio::buffer(request), error);
    std::array<char, 64> reply{};
    const std::size_t length = socket.read_some(boost::asio::buffer(reply), error);
    return std::string_view(reply.data(), length).find(" 200 ") != std::string_view::npos;
}

}  // namespace

void give_up(const std::string& what) {
    std::fflush(stdout);
    std::fprintf(stderr, "bench: FAILED: %s\n", what.c_str());
    std::_Exit(1);  // from whichever thread; destructors would wait for the other one
}

Target start(const Options& options, const std::string& name, Environment more, Directory directory) {
    const std::filesystem::path data = std::filesystem::absolute(options.directory / name);
    if (directory == Directory::fresh) std::filesystem::remove_all(data);
    std::filesystem::create_directories(options.directory);
    const std::uint16_t port = free_port();
    more.insert({{"DATA_DIR", data.string()},
                 {"API_PORT", std::to_string(port)},
                 {"API_KEY", "bench"},
                 {"LOG_LEVEL", "info"},
                 {"PATH", "/usr/bin:/bin"}});
    const std::int64_t begun_us = now_us();
    auto process = Process::start(options.binary, more, options.directory / (name + ".log"));
    if (!process) give_up(process.error().describe());
    while (!is_ready(port)) {
        if (!process->running()) give_up("the server ended; see " + name + ".log");
        if (now_us() - begun_us > kReadyUsMax) give_up("the server did not get ready; see " + name + ".log");
        ::usleep(500);
    }
    return {std::move(*process), port, begun_us, static_cast<double>(now_us() - begun_us) / 1e3};
}

void wait_idle(const Process& process) {
    constexpr auto kNextToNothing = std::chrono::milliseconds(10);
    const std::int64_t begin = now_us();
    int quiet = 0;
    while (quiet < 2) {
        const auto before = process.cpu_time();
        ::usleep(500'000);
        if (!process.running()) give_up("the server ended");
        quiet = process.cpu_time() - before <= kNextToNothing ? quiet + 1 : 0;
        if (now_us() - begin > kIdleUsMax) give_up("the server did not come to rest");
    }
}

double resident_mib(const Process& process) {
    return static_cast<double>(process.rss_bytes()) / 1048576.0;
}

Stored stored(const Options& options, const std::string& name) {
    Stored found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options.directory / name)) {
        if (!entry.is_regular_file()) continue;
        found.mib += static_cast<double>(entry.file_size()) / 1048576.0;
        if (entry.path().parent_path().filename() == "log" && entry.path().extension() == ".db") ++found.segments;
    }
    return found;
}

void add_recipient(Load& load, const std::string& tenant, Manner manner) {
    if (load.call("PUT", "/api/v1/tenants/" + tenant).status != 201) give_up("the tenant was not created");
    const std::string body =
        fmt::format(R"({{"type":"webhook","topics":["*"],"config":{{"url":"{}"}}}})", load.receiver_url(manner));
    const auto created = load.call("POST", "/api/v1/tenants/" + tenant + "/destinations", body);
    if (created.status != 201) give_up("the destination was not created: " + created.body);
}

std::vector<Recipient> add_recipients(Load& load, const std::string& name, std::size_t count, Manner manner,
                                      bool awaited) {
    std::vector<Recipient> recipients;
    for (std::size_t i = 0; i < count; ++i) {
        recipients.push_back({fmt::format("{}-{}", name, i), awaited});
        add_recipient(load, recipients.back().tenant, manner);
    }
    return recipients;
}

void check(const Outcome& outcome, std::uint64_t expected) {
    if (outcome.lost == 0 && outcome.duplicates == 0 && outcome.strays == 0 && outcome.accepted == expected) return;
    give_up(fmt::format("accepted {} of {}, lost {}, duplicates {}, of earlier events {}", outcome.accepted, expected,
                        outcome.lost, outcome.duplicates, outcome.strays));
}

}  // namespace outpost::bench
