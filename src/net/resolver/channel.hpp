// One c-ares channel on a shard's executor: its sockets are watched by Asio, its timers driven by the clock.
#pragma once

#include "base/clock.hpp"
#include "base/shards.hpp"
#include "net/failure.hpp"
#include "net/resolver/resolver.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/address.hpp>

#include <functional>
#include <memory>
#include <unordered_map>

struct ares_addrinfo;
struct ares_channeldata;

namespace outpost::resolver {

/// What c-ares said, in our words.
struct Reply {
    std::vector<boost::asio::ip::address> addresses;  ///< at most kAddressesMax, without repeats
    std::chrono::seconds ttl{0};                      ///< the shortest of the answer's
    std::optional<net::FailureKind> failure;
    std::string detail;
};

/// Used on one executor. Shared, because its own pending waits, and questions older than a rebuild, outlast its owner's
/// interest in it. Nothing is scheduled while no question is open.
class Channel : public std::enable_shared_from_this<Channel> {
public:
    /// @return null when c-ares can't be set up (out of memory or an unreadable configuration)
    static std::shared_ptr<Channel> make(Clock& clock, Executor executor, const Settings& settings);
    ~Channel();
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    using Done = std::move_only_function<void(Reply)>;
    /// `done` is called exactly once, by a post to the executor, never from within this call.
    void ask(const std::string& host, Done done);
    /// Answers every open question with `cancelled`.
    void cancel();

private:
    struct Watch;
    struct Question;

    Channel(Clock& clock, Executor executor, MonotonicTime::duration query_timeout);
    bool open(const Settings& settings);
    static void on_socket_state(void* self, int descriptor, int readable, int writable);
    static void on_answer(void* question, int status, int timeouts, ares_addrinfo* result);
    void watch(int descriptor, bool readable, bool writable);
    void wait(std::shared_ptr<Watch> watch, bool for_reading);
    void close_question();
    void drive_timers();
    static Task<void> run_timers(std::shared_ptr<Channel> self);

    Clock& clock_;
    Executor executor_;
    MonotonicTime::duration query_timeout_;
    ares_channeldata* channel_ = nullptr;
    std::unordered_map<int, std::shared_ptr<Watch>> watches_;  // shared with the waits in progress
    std::size_t open_questions_ = 0;
    bool timers_running_ = false;
    boost::asio::cancellation_signal stop_timers_;
};

}  // namespace outpost::resolver
