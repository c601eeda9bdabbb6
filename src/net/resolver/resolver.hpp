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

struct Settings {
    std::vector<std::string> servers;  ///< "ip" or "ip:port"; empty = the system's resolv.conf
    std::size_t cache_entries_max = 10'000;
    std::chrono::seconds ttl_max{300};
    std::chrono::seconds negative_ttl{5};
};

/// One a shard; used on that shard only. Equal questions at the same time are asked once.
class Resolver {
public:
    Resolver(Clock& clock, Executor executor, Settings settings);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    /// All addresses, IPv4 and IPv6, at most 64, /etc/hosts included. A literal address is its own answer.
    /// @return dns_error (no such name, or no address), timeout, network_error (server failure)
    Task<std::expected<std::vector<boost::asio::ip::address>, net::Failure>> resolve(std::string host,
                                                                                     Deadline deadline);
    /// Ends questions in progress with `cancelled`; before destruction.
    void close();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::resolver
