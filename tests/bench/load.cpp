#include "load.hpp"

#include "bench.hpp"

#include "base/task_group.hpp"

#include <boost/asio/use_future.hpp>

#include <charconv>
#include <ctime>

namespace outpost::bench {
namespace {

constexpr auto kRequestTimeout = std::chrono::seconds(60);
constexpr auto kHeld = std::chrono::hours(1);
constexpr std::int64_t kQuietUs = 30'000'000;
constexpr std::size_t kAnswerBytesMax = 16 << 20;
constexpr std::string_view kNumberKey = "{\"n\":";

std::string payload(std::uint64_t number, const std::string& filler) {
    return fmt::format("{}{},\"pad\":\"{}\"}}", kNumberKey, number, filler);
}

double process_cpu_us() {
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
            co_await load->server_->stop(Deadline::after(load->clock_, std::chrono::seconds(1)));
            co_await load->client_->stop();
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

std::string Load::receiver_url(Manner manner) const {
    const char* path = manner == Manner::answer ? "answer" : manner == Manner::refuse ? "refuse" : "hold";
    return fmt::format("http://127.0.0.1:{}/{}", server_->port(), path);
}

Task<http::ServerResponse> Load::receive(http::ServerRequest request) {
    if (request.path == "/hold" && !released_) co_await clock_.sleep_for(kHeld);
    const std::string_view body = request.body.view();
    if (body.starts_with(kNumberKey)) {
        std::uint64_t number = 0;
        std::from_chars(body.data() + kNumberKey.size(), body.data() + body.size(), number);
        tally_.arrived(number);
    }
    const bool refused = request.path == "/refuse";
    co_return http::ServerResponse{.status = refused ? 500 : 200, .headers = {}, .body = refused ? "no" : "ok"};
}

http::ClientRequest Load::api_request(std::string method, const std::string& path, std::string body) const {
    http::ClientRequest request;
    request.method = std::move(method);
    request.url = *http::parse_url(fmt::format("http://127.0.0.1:{}{}", api_port_, path));
    request.headers = {{"Authorization", "Bearer " + api_key_}, {"Content-Type", "application/json"}};
    request.body = Bytes(std::move(body));
    return request;
}

Task<Load::Answer> Load::call_once(http::ClientRequest request) {
    const std::string target = request.url.target;
    const std::int64_t begin = now_us();
    http::ClientLimits limits;
    limits.body_bytes_max = kAnswerBytesMax;
    auto answer = co_await client_->send(std::move(request), limits, Deadline::after(clock_, kRequestTimeout));
    if (!answer) give_up(fmt::format("{}: {}", target, net::to_string(answer.error().kind)));
    co_return Answer{answer->status, std::move(answer->body), static_cast<double>(now_us() - begin) / 1e3};
}

Load::Answer Load::call(std::string method, std::string path, std::string body) {
    return run(call_once(api_request(std::move(method), path, std::move(body))));
}

std::string Load::event_body(const Plan& plan, std::uint64_t index, const std::string& filler) {
    const std::size_t place = plan.recipient_of ? plan.recipient_of(index) : index % plan.recipients.size();
    const Recipient& to = plan.recipients[place];
    const std::uint64_t number = tally_.first() + index;
    tally_.sent(number, to.awaited);
    return fmt::format(R"({{"tenant_id":"{}","topic":"order.created","data":{}}})", to.tenant, payload(number, filler));
}

Task<void> Load::publish_some(const Plan* plan, std::uint64_t* next, std::int64_t start_us, std::string filler) {
    const bool batch = plan->batch > 1;
    const http::ClientRequest model = api_request("POST", batch ? "/api/v1/publish/batch" : "/api/v1/publish", {});
    while (*next < plan->count) {
        const std::uint64_t begin = *next;
        const std::uint64_t end = std::min(begin + plan->batch, plan->count);
        *next = end;
        if (plan->per_second > 0) {
            const auto due = start_us + static_cast<std::int64_t>(static_cast<double>(begin) * 1e6 / plan->per_second);
            if (const auto wait = due - now_us(); wait > 0) co_await clock_.sleep_for(std::chrono::microseconds(wait));
        }
        std::string body = event_body(*plan, begin, filler);
        for (std::uint64_t index = begin + 1; index < end; ++index) body += ',' + event_body(*plan, index, filler);
        http::ClientRequest request = model;
        request.body = Bytes(batch ? fmt::format(R"({{"events":[{}]}})", body) : std::move(body));
        auto answer = co_await client_->send(std::move(request), {}, Deadline::after(clock_, kRequestTimeout));
        const bool accepted = answer && answer->status == 202;
        for (std::uint64_t index = begin; index < end; ++index) {
            tally_.answered(tally_.first() + index, accepted, accepted ? answer->body : std::string());
        }
    }
}

Task<Outcome> Load::publish_all(Plan plan) {
    TaskGroup publishers(context_.get_executor(), "publishers");
    tally_.begin(plan.count);
    const std::string filler(plan.data_bytes > 30 ? plan.data_bytes - 30 : 0, 'x');
    std::uint64_t next = 0;
    const std::int64_t start_us = now_us();
    for (std::size_t i = 0; i < plan.at_once; ++i) publishers.start(publish_some(&plan, &next, start_us, filler));
    co_await publishers.join();
    co_return co_await arrivals(false);
}

Task<Outcome> Load::arrivals(bool all) {
    if (all) tally_.await_all();
    const std::int64_t begin = now_us();
    while (!tally_.complete() && now_us() - std::max(begin, tally_.last_arrival_us()) < kQuietUs) {
        co_await clock_.sleep_for(std::chrono::milliseconds(5));
    }
    co_return tally_.judge();
}

Outcome Load::publish(Plan plan) {
    return run(publish_all(std::move(plan)));
}

Outcome Load::collect_all() {
    return run(arrivals(true));
}

Task<void> Load::send_direct(std::uint64_t count) {
    http::ClientRequest model;
    model.url = *http::parse_url(receiver_url(Manner::answer));
    model.headers = {{"Content-Type", "application/json"}};
    model.body = Bytes(fmt::format("{{\"pad\":\"{}\"}}", std::string(1000, 'x')));
    for (std::uint64_t i = 0; i < count; ++i) {
        auto answer = co_await client_->send(model, {}, Deadline::after(clock_, kRequestTimeout));
        if (!answer) give_up("the floor's request failed");
    }
}

double Load::direct_request_us(std::uint64_t count) {
    const double before = process_cpu_us();
    run(send_direct(count));
    return (process_cpu_us() - before) / static_cast<double>(count);
}

}  // namespace outpost::bench
