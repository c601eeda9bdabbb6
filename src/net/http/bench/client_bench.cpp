// CPU of the client's thread for a 1 KB request over loopback (design.md §6: 13–20 µs).
// Run: ./dev build release net_http_client_bench && build/release/bin/net_http_client_bench [concurrency] [requests]
#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "net/dialer/dialer.hpp"
#include "net/egress/policy.hpp"
#include "net/http/client.hpp"
#include "net/resolver/resolver.hpp"
#include "net/tls/context.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <thread>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace outpost::http {
namespace {

constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";
constexpr std::size_t kBodyBytes = 1024;

double thread_cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    const auto us = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

/// Listens on a free port of the loopback address.
int listening_socket(std::uint16_t& port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(descriptor, generic, size) != 0 || ::listen(descriptor, SOMAXCONN) != 0) std::abort();
    ::getsockname(descriptor, generic, &size);
    port = ntohs(address.sin_port);
    return descriptor;
}

/// Answers whatever comes in one piece, until every connection it had is closed.
void answer_all(int listener) {
    const int poll = ::epoll_create1(0);
    epoll_event event{.events = EPOLLIN, .data = {.fd = listener}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    std::array<epoll_event, 64> events{};
    std::array<char, 8192> buffer{};
    for (std::size_t open = 0, seen = 0; open > 0 || seen == 0;) {
        const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < ready; ++i) {
            const int socket = events[static_cast<std::size_t>(i)].data.fd;
            if (socket == listener) {
                epoll_event more{.events = EPOLLIN, .data = {.fd = ::accept(listener, nullptr, nullptr)}};
                ::epoll_ctl(poll, EPOLL_CTL_ADD, more.data.fd, &more);
                ++open;
                ++seen;
            } else if (::recv(socket, buffer.data(), buffer.size(), 0) <= 0) {
                ::close(socket);
                --open;
            } else if (::send(socket, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL) < 0) {
                std::abort();
            }
        }
    }
    ::close(poll);
}

Task<void> send_many(Client& client, Clock& clock, Url url, Bytes body, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        ClientRequest request;
        request.url = url;
        request.headers = {{"Content-Type", "application/json"},
                           {"User-Agent", "Outpost/bench"},
                           {"X-Outpost-Event-Id", "0193d7a5-5d5c-7aaa-8f0e-0123456789ab"},
                           {"X-Outpost-Topic", "user.created"}};
        request.body = body;
        const auto answer = co_await client.send(std::move(request), {}, Deadline::after(clock, 5s));
        if (!answer || answer->body != "ok") std::abort();
    }
}

Task<void> stop_after(TaskGroup& senders, Client& client) {
    co_await senders.join();
    co_await client.stop();
}

void run(std::size_t concurrency, std::size_t requests) {
    std::uint16_t port = 0;
    const int listener = listening_socket(port);
    std::thread peer(answer_all, listener);

    boost::asio::io_context context(1);
    SystemClock clock;
    auto tls = tls::make_client_context();
    const auto policy = egress::Policy::make({.mode = egress::Mode::open});
    if (!tls || !policy) std::abort();
    resolver::Resolver resolver(clock, context.get_executor(), {});
    net::Dialer dialer(resolver, *policy, *tls, clock, context.get_executor());
    Client client(dialer, clock, context.get_executor(), {});
    const Url url{.scheme = "http", .host = "127.0.0.1", .port = port, .target = "/"};
    const Bytes body(std::string(kBodyBytes, 'x'));

    TaskGroup senders(context.get_executor(), "senders");
    for (std::size_t i = 0; i < concurrency; ++i)
        senders.start(send_many(client, clock, url, body, requests / concurrency));
    TaskGroup end(context.get_executor(), "end");
    end.start(stop_after(senders, client));
    const double cpu_before = thread_cpu_us();
    const MonotonicTime begin = clock.monotonic();
    context.run();
    const std::chrono::duration<double> took = clock.monotonic() - begin;
    const double cpu_us = thread_cpu_us() - cpu_before;
    peer.join();
    ::close(listener);
    const double count = static_cast<double>(requests - requests % concurrency);
    // tidy: allow print: the figures of a benchmark
    fmt::print("{} at once: {:.0f} requests/s, {:.2f} us CPU of the client's thread a request, {} connections\n",
               concurrency, count / took.count(), cpu_us / count, client.counts().opened);
}

}  // namespace
}  // namespace outpost::http

int main(int argc, char** argv) {
    const std::size_t concurrency = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 64;
    const std::size_t requests = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 200'000;
    outpost::http::run(std::max<std::size_t>(concurrency, 1), requests);
}
