#include "net/http/server_shard.hpp"

#include "net/http/server_connection.hpp"

namespace outpost::http {
namespace {

Task<void> run(std::unique_ptr<ServerConnection> connection) {
    co_await connection->run();
}

}  // namespace

ServerShard::ServerShard(Executor executor_, Clock& clock_, const ServerSettings& settings_, Handler handler_,
                         std::function<void()> released)
    : executor(executor_),
      clock(clock_),
      settings(settings_),
      handler(std::move(handler_)),
      wheel(clock_.monotonic()),
      received(kReceiveBytes),
      released_(std::move(released)),
      connections_(executor_, "http.connections"),
      services_(executor_, "http.timers") {}

void ServerShard::adopt(boost::asio::ip::tcp::socket socket, bool over_capacity) {
    if (!ticking_) {
        ticking_ = true;
        wheel.advance(clock.monotonic());
        services_.start(tick());
    }
    connections_.start(run(std::make_unique<ServerConnection>(*this, std::move(socket), over_capacity)));
}

Task<void> ServerShard::tick() {
    // Only while there is something to watch: an idle server does not wake up. Joined by services_.
    do {
        co_await clock.sleep_until(wheel.next_tick());
        wheel.advance(clock.monotonic());
    } while (!open_.empty());
    ticking_ = false;
}

Task<void> ServerShard::begin_drain() {
    draining_ = true;
    for (ServerConnection* connection : open_) connection->drain();
    co_return;
}

Task<void> ServerShard::cut_at(Deadline deadline) {
    co_await clock.sleep_until(deadline.at());
    cut();
}

void ServerShard::cut() {
    for (ServerConnection* connection : open_) connection->cut();
    connections_.cancel();  // handlers that still wait for something
}

Task<void> ServerShard::finish_drain(Deadline deadline) {
    if (deadline.passed(clock)) cut();
    else if (!deadline.is_never() && !open_.empty()) services_.start(cut_at(deadline));
    co_await connections_.join();
    services_.cancel();
    co_await services_.join();
}

}  // namespace outpost::http
