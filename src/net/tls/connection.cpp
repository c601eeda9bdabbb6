#include "net/tls/connection.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace outpost::tls {
namespace {

/// What hangs on a connection so that a later session finds its cache.
struct Owner {
    std::shared_ptr<SessionCache> sessions;
    std::string key;
};

void free_owner(void*, void* owner, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<Owner*>(owner);
}

int owner_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_owner);
    return index;
}

Result<void> set_name(SSL* connection, const std::string& name) {
    boost::system::error_code error;
    const auto literal = boost::asio::ip::make_address(name, error);
    if (!error) {
        const int set = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), literal.to_string().c_str());
        return set == 1 ? Result<void>() : fail(Errc::invalid, "tls: the address can't be checked");
    }
    SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (name.empty() || SSL_set1_host(connection, name.c_str()) != 1)
        return fail(Errc::invalid, "tls: the name can't be checked");
    if (SSL_set_tlsext_host_name(connection, name.c_str()) != 1)
        return fail(Errc::invalid, "tls: the name can't be sent");
    return {};
}

}  // namespace

void SessionCache::Free::operator()(ssl_session_st* session) const {
    SSL_SESSION_free(session);
}

void SessionCache::store(const std::string& peer, Session session) {
    take(peer);
    if (entries_.size() >= kSessionsMax) {
        index_.erase(entries_.back().peer);
        entries_.pop_back();
    }
    entries_.push_front({peer, std::move(session)});
    index_.emplace(entries_.front().peer, entries_.begin());
}

SessionCache::Session SessionCache::take(const std::string& peer) {
    const auto found = index_.find(peer);
    if (found == index_.end()) return nullptr;
    const auto entry = found->second;
    Session session = std::move(entry->session);
    index_.erase(found);
    entries_.erase(entry);
    return session;
}

Result<void> prepare(ssl_st* connection, const Peer& peer) {
    TRY_VOID(set_name(connection, peer.name));
    if (!peer.alpn.empty()) {
        if (peer.alpn.size() > 255) return fail(Errc::invalid, "tls: the protocol's name is too long");
        const std::string wire = static_cast<char>(peer.alpn.size()) + peer.alpn;
        if (SSL_set_alpn_protos(connection, reinterpret_cast<const unsigned char*>(wire.data()),
                                static_cast<unsigned>(wire.size())) != 0)
            return fail(Errc::invalid, "tls: the protocol can't be offered");
    }
    if (!peer.sessions) return {};
    auto owner = std::make_unique<Owner>(Owner{peer.sessions, peer.session_key});
    if (SSL_set_ex_data(connection, owner_index(), owner.get()) == 1) owner.release();  // free_owner deletes it
    if (const auto session = peer.sessions->take(peer.session_key)) SSL_set_session(connection, session.get());
    return {};
}

int take_new_session(ssl_st* connection, ssl_session_st* session) {
    const auto* owner = static_cast<const Owner*>(SSL_get_ex_data(connection, owner_index()));
    if (owner == nullptr || SSL_SESSION_is_resumable(session) == 0) return 0;
    // A copy: closing a connection without a goodbye spoils its own session object.
    if (SessionCache::Session copy(SSL_SESSION_dup(session)); copy) owner->sessions->store(owner->key, std::move(copy));
    return 0;
}

}  // namespace outpost::tls
