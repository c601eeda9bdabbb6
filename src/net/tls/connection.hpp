// What is set on one TLS connection before its handshake, and the sessions kept between connections.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

struct ssl_st;
struct ssl_session_st;

namespace outpost::tls {

inline constexpr std::size_t kSessionsMax = 1024;

/// Sessions to resume, one a peer, taken out when used (TLS 1.3 tickets are for one use). Used on one shard; shared
/// with the connections that may still bring a session.
class SessionCache {
public:
    struct Free {
        void operator()(ssl_session_st* session) const;
    };
    using Session = std::unique_ptr<ssl_session_st, Free>;

    void store(const std::string& peer, Session session);
    /// Null when there is none.
    Session take(const std::string& peer);
    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::string peer;
        Session session;
    };
    std::list<Entry> entries_;                                                // newest first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;  // keys live in the entries
};

struct Peer {
    std::string name;  ///< of the certificate: a name, or a literal address, for which no SNI is sent (RFC 6066 §3)
    std::string alpn;  ///< one protocol, at most 255 bytes; empty = none
    std::string session_key;                 ///< of what may be resumed: name and port
    std::shared_ptr<SessionCache> sessions;  ///< null = nothing is resumed
};

/// Sets name check, SNI, ALPN and session of `connection`, before the handshake.
/// @return invalid when OpenSSL refuses a value
Result<void> prepare(ssl_st* connection, const Peer& peer);

/// For make_client_context: copies new sessions to the cache of their connection. @return 0: OpenSSL keeps its own
int take_new_session(ssl_st* connection, ssl_session_st* session);

}  // namespace outpost::tls
