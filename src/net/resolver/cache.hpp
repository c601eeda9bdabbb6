// Answers kept until their time is over: a bounded map, the least recently used entry leaves first.
#pragma once

#include "base/time.hpp"
#include "net/failure.hpp"

#include <boost/asio/ip/address.hpp>

#include <expected>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace outpost::resolver {

/// All addresses of a name, or why there are none.
using Outcome = std::expected<std::vector<boost::asio::ip::address>, net::Failure>;

class Cache {
public:
    /// @param entries_max  0 = keeps nothing
    explicit Cache(std::size_t entries_max) : entries_max_(entries_max) {}

    /// The answer, if it is kept and `now` is before its end. Valid until the next call.
    const Outcome* find(const std::string& host, MonotonicTime now);
    /// Replaces what was kept for `host`.
    void store(const std::string& host, Outcome outcome, MonotonicTime until);
    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::string host;
        Outcome outcome;
        MonotonicTime until;
    };
    void erase(std::list<Entry>::iterator entry);

    std::size_t entries_max_;
    std::list<Entry> entries_;                                                // most recently used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;  // keys live in the entries
};

}  // namespace outpost::resolver
