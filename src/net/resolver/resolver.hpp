// Names to addresses by c-ares, on a shard, cached by TTL (design.md §6).
#pragma once

#include "base/deadline.hpp"
#include "base/shards.hpp"
#include "base/task.hpp"
#include "net/failure.hpp"

#include <boost/asio/ip/address.hpp>

#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace outpost::resolver {

inline constexpr std::size_t kAddressesMax = 64;        ///< of one answer; the rest is dropped
inline constexpr std::size_t kOpenQuestionsMax = 8192;  ///< over it the answer is `resources`
inline constexpr int kTimeoutsBeforeRebuild = 3;        ///< in a row, of questions with no answer at all

struct Settings {
    std::vector<std::string> servers;  ///< "ip", "ip:port" or "[ip]:port"; empty = the system's resolv.conf
    std::size_t cache_entries_max = 10'000;
    std::chrono::seconds ttl_max{300};
    std::chrono::seconds negative_ttl{5};
    Milliseconds query_timeout{2000};  ///< of the first try to a server; later tries wait longer
    int tries = 3;
    std::uint16_t port = 53;                       ///< of servers named without one
    std::string resolv_conf = "/etc/resolv.conf";  ///< read again when it changes
};

/// One a shard; used on that shard only. Equal questions at the same time are asked once. Answers are kept for their
/// TTL (names that do not exist for `negative_ttl`), failures of servers not at all.
class Resolver {
public:
    Resolver(Clock& clock, Executor executor, Settings settings);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    /// All addresses, IPv4 and IPv6, at most kAddressesMax, /etc/hosts included, in no certain order. A literal address
    /// is its own answer; localhost and *.localhost are the loopback addresses (RFC 6761).
    /// @return dns_error (no such name, or no address), timeout, network_error (server failure), resources (ours),
    ///         cancelled (after close()). Cancellation of the awaiting coroutine throws operation_aborted.
    Task<std::expected<std::vector<boost::asio::ip::address>, net::Failure>> resolve(std::string host,
                                                                                     Deadline deadline);
    /// Ends questions in progress with `cancelled`; before destruction.
    void close();
    /// How often the configuration was read again.
    std::size_t rebuilds() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;  // shared with questions in progress, which may end after this object
};

}  // namespace outpost::resolver
