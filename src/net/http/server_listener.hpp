// The one acceptor of a server: takes connections and gives each to the shard that has the fewest.
#pragma once

#include "base/shards.hpp"
#include "base/task_group.hpp"
#include "net/http/server_shard.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace outpost::http {

/// Connections over the cap that are told so (503); any more are closed without a word.
inline constexpr std::size_t kRefusalsMax = 64;
/// How long accepting pauses when the process has no descriptor left; doubles from the first to the second.
inline constexpr std::chrono::milliseconds kAcceptPauseFirst{50};
inline constexpr std::chrono::milliseconds kAcceptPauseMax{1000};

/// The cap when none is set: half of the descriptors, because a delivery needs one as well.
std::size_t connections_from_descriptor_limit();

/// open() and port() before the shards run or from any thread; everything else on shard 0, which owns the acceptor.
class Listener {
public:
    /// @param shards  by number; all of it outlives the listener's work
    Listener(Executor executor, Clock& clock, const ServerSettings& settings);

    /// Binds. Not SO_REUSEPORT: a second process on the port must fail, not share it.
    Result<void> open();
    std::uint16_t port() const { return port_; }

    /// Accepts until close(). Starts itself on its executor.
    void start(const std::vector<std::unique_ptr<ServerShard>>& shards);
    /// Frees the port; returns when nothing is being accepted.
    Task<void> close();
    /// Returns when every connection given out has come back by released().
    Task<void> all_released();
    void released(std::size_t shard);

private:
    Task<void> accept_loop(const std::vector<std::unique_ptr<ServerShard>>& shards);
    Task<void> pause(boost::system::error_code error);
    void hand_over(ServerShard& shard, std::size_t number, boost::asio::ip::tcp::socket socket);
    std::size_t emptiest() const;

    Executor executor_;
    Clock& clock_;
    const ServerSettings& settings_;
    boost::asio::ip::tcp::acceptor acceptor_;
    TaskGroup accepting_;
    std::size_t connections_max_;
    std::vector<std::size_t> open_;  // connections by shard
    std::size_t open_total_ = 0;
    std::size_t last_ = 0;  // shard of the latest connection: ties go round
    std::chrono::milliseconds pause_ = kAcceptPauseFirst;
    std::move_only_function<void()> when_empty_;
    std::uint16_t port_ = 0;
    bool closing_ = false;
};

}  // namespace outpost::http
