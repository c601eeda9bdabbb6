// The idle connections of one shard: by origin, the newest first; the oldest go first. Private to the client.
#pragma once

#include "base/time.hpp"
#include "net/http/client.hpp"
#include "net/http/client_connection.hpp"

#include <deque>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

namespace outpost::http {

/// Connections leave it when taken, when they idle too long (at the next call, or by expire()) or when a limit of
/// ClientSettings is reached; leaving otherwise than by take() closes them.
class IdlePool {
public:
    explicit IdlePool(ClientSettings settings) : settings_(settings) {}

    /// An open, silent connection to `origin`; null when there is none. Closed ones it meets are dropped.
    std::unique_ptr<Connection> take(const std::string& origin, MonotonicTime now);
    void put(std::unique_ptr<Connection> connection, MonotonicTime now);
    void drop(const std::string& origin);
    void clear();
    /// Drops what has idled for `idle_timeout`.
    void expire(MonotonicTime now);

    bool empty() const { return by_age_.empty(); }
    std::size_t size() const { return by_age_.size(); }
    /// When expire() will find something; the pool is not empty.
    MonotonicTime next_expiry() const { return by_age_.front().since + settings_.idle_timeout; }

private:
    struct Idle {
        std::unique_ptr<Connection> connection;
        MonotonicTime since;
    };
    using ByAge = std::list<Idle>;
    using OfOrigin = std::deque<ByAge::iterator>;  // oldest first, as in by_age_

    void drop_oldest(const std::string& origin);

    ClientSettings settings_;
    ByAge by_age_;
    std::unordered_map<std::string, OfOrigin> by_origin_;
};

}  // namespace outpost::http
