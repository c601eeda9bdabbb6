// A name server on loopback for tests: UDP and TCP on one port, answering what a test says, counting what was asked.
#pragma once

#include "base/shards.hpp"

#include <boost/asio/ip/address.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace outpost::resolver {

struct DnsReply {
    enum class Kind { answer, nxdomain, servfail, refused, silence };
    Kind kind = Kind::answer;
    std::vector<boost::asio::ip::address> addresses;  ///< those of the asked family are sent
    std::uint32_t ttl = 60;
    std::string cname;  ///< not empty: the addresses are those of this name
};

/// Runs on `executor`. Answers over 512 bytes are truncated over UDP, so that the client comes back by TCP.
class DnsServer {
public:
    /// Called once for each question, A and AAAA apart.
    using Script = std::function<DnsReply(const std::string& name)>;
    DnsServer(Executor executor, Script script, const std::string& address = "127.0.0.1", std::uint16_t port = 0);
    ~DnsServer();
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;

    std::uint16_t port() const;
    /// "127.0.0.1:port", for resolver::Settings::servers.
    std::string endpoint() const;
    std::size_t questions() const;
    std::size_t questions_by_tcp() const;

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the operations in progress
};

/// Addresses from texts.
std::vector<boost::asio::ip::address> addresses(std::initializer_list<const char*> texts);

}  // namespace outpost::resolver
