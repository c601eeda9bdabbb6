// CPU of the server's thread for a 1 KB request over loopback (design.md §6: 14.5 µs).
// Run: ./dev build release net_http_server_bench && build/release/bin/net_http_server_bench [connections] [requests]
#include "base/clock.hpp"
#include "net/http/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <cstdlib>
#include <thread>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace outpost::http {
namespace {

Task<ServerResponse> answer(ServerRequest request) {
    ServerResponse response;
    response.status = 202;
    response.headers.add("Content-Type", "application/json; charset=utf-8");
    response.body = request.body.size() == 1024 ? R"({"id":"0193d7a5-5d5c-7aaa-8f0e-0123456789ab"})" : "wrong";
    co_return response;
}

double thread_cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    const auto us = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

const std::string& request_text() {
    static const std::string text =
        "POST /api/v1/publish HTTP/1.1\r\nHost: localhost:3333\r\nUser-Agent: bench/1\r\nAccept: */*\r\n"
        "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\nContent-Type: application/json\r\n"
        "Content-Length: 1024\r\n\r\n" +
        std::string(1024, 'x');
    return text;
}

int connect_to(std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return descriptor;
}

/// Each connection sends its next request when its answer is there.
void closed_loop(std::uint16_t port, std::size_t connections, std::size_t requests) {
    const int poll = ::epoll_create1(0);
    std::vector<int> sockets;
    for (std::size_t i = 0; i < connections; ++i) {
        sockets.push_back(connect_to(port));
        epoll_event event{.events = EPOLLIN, .data = {.fd = sockets.back()}};
        ::epoll_ctl(poll, EPOLL_CTL_ADD, sockets.back(), &event);
        if (::send(sockets.back(), request_text().data(), request_text().size(), 0) < 0) std::abort();
    }
    std::array<epoll_event, 64> events{};
    std::array<char, 4096> buffer{};
    for (std::size_t done = 0; done < requests;) {
        const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < ready; ++i, ++done) {
            const int socket = events[static_cast<std::size_t>(i)].data.fd;
            if (::recv(socket, buffer.data(), buffer.size(), 0) <= 0) std::abort();
            if (::send(socket, request_text().data(), request_text().size(), 0) < 0) std::abort();
        }
    }
    for (const int socket : sockets) ::close(socket);
    ::close(poll);
}

void run(std::size_t connections, std::size_t requests) {
    boost::asio::io_context context(1);
    const auto work = boost::asio::make_work_guard(context);
    const Shards shards({context.get_executor()});
    SystemClock clock;
    ServerSettings settings{.address = "127.0.0.1", .port = 0};
    Server server(shards, clock, settings, {answer});
    if (const auto started = server.start(); !started) std::abort();
    double cpu_us = 0;
    std::thread shard([&] {
        context.run();
        cpu_us = thread_cpu_us();
    });
    const MonotonicTime begin = clock.monotonic();
    closed_loop(server.port(), connections, requests);
    const std::chrono::duration<double> took = clock.monotonic() - begin;
    boost::asio::co_spawn(context, server.stop(Deadline::after(clock, 10s)), boost::asio::use_future).get();
    context.stop();
    shard.join();
    const double count = static_cast<double>(requests);
    // tidy: allow print: the figures of a benchmark
    fmt::print("{} connections: {:.0f} requests/s, {:.2f} us CPU of the server's thread a request\n", connections,
               count / took.count(), cpu_us / count);
}

}  // namespace
}  // namespace outpost::http

int main(int argc, char** argv) {
    const std::size_t connections = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 64;
    const std::size_t requests = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 200'000;
    outpost::http::run(connections, requests);
}
