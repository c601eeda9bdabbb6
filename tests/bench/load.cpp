#include "load.hpp"

#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "base/task_group.hpp"

#include <boost/asio/use_future.hpp>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace outpost::bench {
namespace {

constexpr auto kRequestTimeout = std::chrono::seconds(60);
constexpr std::int64_t kQuietUs = 30'000'000;
constexpr std::string_view kNumberKey = "{\"n\":";

std::string payload(std::uint64_t number, const std::string& filler) {
    return fmt::format("{}{},\"pad\":\"{}\"}}", kNumberKey, number, filler);
}

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "bench: %s\n", what.c_str());
    std::exit(1);
}

double thread_cpu_us() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

}  // namespace

Load::Load(std::uint16_t api_port, std::string api_key)
    : policy_(*egress::Policy::make({.mode = egress::Mode::open, .allow = {}, .deny = {}})),
      api_port_(api_port),
      api_key_(std::move(api_key)) {
    const Executor here = context_.get_executor();
    resolver_.emplace(clock_, here, resolver::Settings{});
    dialer_.emplace(*resolver_, policy_, tls_, clock_, here);
    client_.emplace(*dialer_, clock_, here, http::ClientSettings{.idle_connections_per_origin_max = 1024});
    http::ServerSettings settings;
    settings.address = "127.0.0.1";
    settings.port = 0;
    std::vector<http::Handler> handlers = {[this](http::ServerRequest request) { return receive(std::move(request)); }};
    server_.emplace(shards_, clock_, std::move(settings), std::move(handlers));
    if (auto started = server_->start(); !started) give_up(started.error().describe());
    thread_ = std::thread([this] { context_.run(); });
}

Load::~Load() {
    boost::asio::co_spawn(
        context_,
        [](Load* load) -> Task<void> {
            co_await load->server_->stop(Deadline::after(load->clock_, std::chrono::seconds(2)));
            load->client_->close();
            load->resolver_->close();
        }(this),
        boost::asio::use_future)
        .get();
    guard_.reset();
    thread_.join();
}

template <class T>
T Load::run(Task<T> work) {
    return boost::asio::co_spawn(context_, std::move(work), boost::asio::use_future).get();
}

std::int64_t Load::now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Task<http::ServerResponse> Load::receive(http::ServerRequest request) {
    const std::string_view body = request.body.view();
    if (body.starts_with(kNumberKey)) {
        std::uint64_t number = 0;
        std::from_chars(body.data() + kNumberKey.size(), body.data() + body.size(), number);
        if (number < events_.size()) {
            Tracked& event = events_[number];
            last_arrival_us_ = now_us();
            if (event.copies++ == 0) {
                event.received_us = last_arrival_us_;
                ++arrived_;
            }
        }
    }
    co_return http::ServerResponse{.status = 200, .headers = {}, .body = "ok"};
}

http::ClientResponse Load::call(std::string method, std::string path, std::string body) {
    http::ClientRequest request;
    request.method = std::move(method);
    request.url = *http::parse_url(fmt::format("http://127.0.0.1:{}{}", api_port_, path));
    request.headers = {{"Authorization", "Bearer " + api_key_}, {"Content-Type", "application/json"}};
    request.body = Bytes(std::move(body));
    using Answer = std::expected<http::ClientResponse, net::Failure>;
    auto work = [](Load* load, http::ClientRequest sent) -> Task<Answer> {
        co_return co_await load->client_->send(std::move(sent), {}, Deadline::after(load->clock_, kRequestTimeout));
    };
    Answer answer = run(work(this, std::move(request)));
    if (!answer) give_up(fmt::format("{}: {}", path, net::to_string(answer.error().kind)));
    return std::move(*answer);
}

Task<void> Load::publish_some(std::string tenant, std::uint64_t* next, std::uint64_t count, double per_second,
                              std::int64_t start_us, std::string filler) {
    const http::Url url = *http::parse_url(fmt::format("http://127.0.0.1:{}/api/v1/publish", api_port_));
    while (*next < count) {
        const std::uint64_t number = (*next)++;
        if (per_second > 0) {
            const auto due = start_us + static_cast<std::int64_t>(static_cast<double>(number) * 1e6 / per_second);
            if (const auto wait = due - now_us(); wait > 0) co_await clock_.sleep_for(std::chrono::microseconds(wait));
        }
        http::ClientRequest request;
        request.url = url;
        request.headers = {{"Authorization", "Bearer " + api_key_}, {"Content-Type", "application/json"}};
        request.body = Bytes(fmt::format("{{\"tenant_id\":\"{}\",\"topic\":\"order.created\",\"data\":{}}}", tenant,
                                         payload(number, filler)));
        events_[number].sent_us = now_us();
        auto answer = co_await client_->send(std::move(request), {}, Deadline::after(clock_, kRequestTimeout));
        if (answer && answer->status == 202) {
            ++result_.accepted;
            result_.answers_ms.push_back(static_cast<double>(now_us() - events_[number].sent_us) / 1e3);
        } else {
            ++result_.refused;
        }
    }
}

Load::Result Load::publish(const std::string& tenant, std::uint64_t count, std::size_t at_once, double per_second,
                           std::size_t data_bytes) {
    result_ = {};
    events_.assign(count, {});
    arrived_ = 0;
    const std::string filler(data_bytes > 30 ? data_bytes - 30 : 0, 'x');
    auto all = [](Load* load, std::string to, std::uint64_t events, std::size_t parallel, double rate,
                  std::string pad) -> Task<void> {
        TaskGroup publishers(load->context_.get_executor(), "publishers");
        std::uint64_t next = 0;
        const std::int64_t start_us = now_us();
        load->last_arrival_us_ = start_us;
        for (std::size_t i = 0; i < parallel; ++i) {
            publishers.start(load->publish_some(to, &next, events, rate, start_us, pad));
        }
        co_await publishers.join();
        while (load->arrived_ < load->result_.accepted && now_us() - load->last_arrival_us_ < kQuietUs) {
            co_await load->clock_.sleep_for(std::chrono::milliseconds(5));
        }
        load->result_.seconds = static_cast<double>(load->last_arrival_us_ - start_us) / 1e6;
    };
    run(all(this, tenant, count, at_once, per_second, filler));
    for (const Tracked& event : events_) {
        if (event.copies == 0) {
            ++result_.lost;
            continue;
        }
        result_.duplicates += event.copies - 1;
        result_.latencies_ms.push_back(static_cast<double>(event.received_us - event.sent_us) / 1e3);
    }
    result_.lost -= std::min(result_.lost, result_.refused);
    return std::move(result_);
}

Task<void> Load::send_direct(std::uint64_t count) {
    const http::Url url = *http::parse_url(fmt::format("http://127.0.0.1:{}/", server_->port()));
    const Bytes body(payload(0, std::string(1000, 'x')));
    for (std::uint64_t i = 0; i < count; ++i) {
        http::ClientRequest request;
        request.url = url;
        request.headers = {{"Content-Type", "application/json"}};
        request.body = body;
        auto answer = co_await client_->send(std::move(request), {}, Deadline::after(clock_, kRequestTimeout));
        if (!answer) give_up("the floor's request failed");
    }
}

double Load::direct_request_us(std::uint64_t count) {
    const double before = thread_cpu_us();
    run(send_direct(count));
    return (thread_cpu_us() - before) / static_cast<double>(count);
}

}  // namespace outpost::bench
