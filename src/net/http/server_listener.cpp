#include "net/http/server_listener.hpp"

#include "base/log.hpp"
#include "base/oneshot.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include <sys/resource.h>

namespace outpost::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr int kBacklog = 4096;
constexpr std::size_t kConnectionsMin = 64;
constexpr std::size_t kConnectionsUnlimited = 500'000;  // when the system sets no limit

std::string where(const ServerSettings& settings) {
    const bool v6 = settings.address.contains(':');
    return fmt::format("{}{}{}:{}", v6 ? "[" : "", settings.address, v6 ? "]" : "", settings.port);
}

/// The system's text in the middle of a sentence.
std::string lower_first(std::string text) {
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
}

ErrorCode bind(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
    ErrorCode error;
    acceptor.open(endpoint.protocol(), error);
    if (error) return error;
    // Lets a restart bind while connections of the process before linger in TIME_WAIT; not while it still listens.
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(kBacklog, error);
    return error;
}

}  // namespace

std::size_t connections_from_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kConnectionsUnlimited;
    return std::clamp<std::size_t>(limit.rlim_cur / 2, kConnectionsMin, kConnectionsUnlimited);
}

Listener::Listener(Executor executor, Clock& clock, const ServerSettings& settings)
    : executor_(executor),
      clock_(clock),
      settings_(settings),
      acceptor_(executor),
      accepting_(executor, "http.accept"),
      connections_max_(settings.connections_max) {}

Result<void> Listener::open() {
    ErrorCode error;
    const auto address = asio::ip::make_address(settings_.address, error);
    if (error) return fail(Errc::invalid, fmt::format("cannot listen on {}: not an IP address", where(settings_)));
    error = bind(acceptor_, tcp::endpoint(address, settings_.port));
    if (error) {
        ErrorCode ignored;
        acceptor_.close(ignored);
        return fail(Errc::unavailable,
                    fmt::format("cannot listen on {}: {}", where(settings_), lower_first(error.message())));
    }
    port_ = acceptor_.local_endpoint(error).port();
    if (connections_max_ == 0) connections_max_ = connections_from_descriptor_limit();
    return {};
}

void Listener::start(const std::vector<std::unique_ptr<ServerShard>>& shards) {
    open_.assign(shards.size(), 0);
    last_ = shards.size() - 1;
    asio::post(executor_, [this, &shards] { accepting_.start(accept_loop(shards)); });
}

std::size_t Listener::emptiest() const {
    std::size_t best = (last_ + 1) % open_.size();
    for (std::size_t step = 1; step < open_.size(); ++step) {
        const std::size_t candidate = (last_ + 1 + step) % open_.size();
        if (open_[candidate] < open_[best]) best = candidate;
    }
    return best;
}

Task<void> Listener::accept_loop(const std::vector<std::unique_ptr<ServerShard>>& shards) {
    while (!closing_) {
        const std::size_t number = emptiest();
        ErrorCode error;
        auto socket =
            co_await acceptor_.async_accept(shards[number]->executor, asio::redirect_error(asio::use_awaitable, error));
        if (closing_) co_return;
        if (!error) {
            pause_ = kAcceptPauseFirst;
            hand_over(*shards[number], number, std::move(socket));
        } else if (error != asio::error::connection_aborted) {
            co_await pause(error);
        }
    }
}

Task<void> Listener::pause(ErrorCode error) {
    // Out of descriptors: the connection stays in the backlog and accept would fail again at once.
    const auto wait = std::exchange(pause_, std::min(pause_ * 2, kAcceptPauseMax));
    log::warn("http.accept_paused", {{"error", error.message()}, {"wait_ms", wait.count()}});
    co_await clock_.sleep_for(wait);
}

void Listener::hand_over(ServerShard& shard, std::size_t number, tcp::socket socket) {
    const bool over_capacity = open_total_ >= connections_max_;
    if (open_total_ >= connections_max_ + kRefusalsMax) return;  // closes it
    ++open_[number];
    ++open_total_;
    last_ = number;
    asio::post(shard.executor, [&shard, over_capacity, socket = std::move(socket)]() mutable {
        shard.adopt(std::move(socket), over_capacity);
    });
}

void Listener::released(std::size_t shard) {
    --open_[shard];
    --open_total_;
    if (open_total_ == 0 && when_empty_) std::exchange(when_empty_, nullptr)();
}

Task<void> Listener::close() {
    closing_ = true;
    ErrorCode ignored;
    acceptor_.close(ignored);
    accepting_.cancel();  // it may be pausing
    co_await accepting_.join();
}

Task<void> Listener::all_released() {
    if (open_total_ == 0) co_return;
    auto start = [this](Answer<int> answer) { when_empty_ = [answer = std::move(answer)]() mutable { answer(0); }; };
    co_await await_answer<int>(start);
}

}  // namespace outpost::http
