// What the connections of one shard share.
#pragma once

#include "base/shards.hpp"
#include "base/task_group.hpp"
#include "net/http/request_id.hpp"
#include "net/http/server.hpp"
#include "net/http/server_deadlines.hpp"
#include "net/http/server_reply.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace outpost::http {

class ServerConnection;

/// Everything on the shard's own executor.
class ServerShard {
public:
    /// Bytes taken from a socket at once. One buffer a shard: connections keep only what is left of a message.
    static constexpr std::size_t kReceiveBytes = 64 * 1024;

    /// @param released  called after each adopted connection has ended
    ServerShard(Executor executor, Clock& clock, const ServerSettings& settings, Handler handler,
                std::function<void()> released);

    /// Serves the socket until it ends; over capacity it is told so and closed.
    void adopt(boost::asio::ip::tcp::socket socket, bool over_capacity);
    /// Closes idle connections; others close after their response.
    Task<void> begin_drain();
    /// Returns when no connection is left; at `deadline` those that remain are cut.
    Task<void> finish_drain(Deadline deadline);

    bool draining() const { return draining_; }
    std::string_view date() { return date_.at(clock.now()); }

    const Executor executor;
    Clock& clock;
    const ServerSettings& settings;
    const Handler handler;
    DeadlineWheel wheel;
    RequestIds ids;
    std::vector<char> received;  ///< valid from a receive to the next co_await
    std::string reply;           ///< the head of a response; valid from composing it to the next co_await

private:
    friend class ServerConnection;
    Task<void> tick();
    Task<void> cut_at(Deadline deadline);
    void cut();

    const std::function<void()> released_;
    std::list<ServerConnection*> open_;  // each removes itself
    TaskGroup connections_;
    TaskGroup services_;
    DateText date_;
    bool draining_ = false;
    bool ticking_ = false;
};

}  // namespace outpost::http
