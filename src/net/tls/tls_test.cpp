// The client's settings against an OpenSSL server in memory, without sockets (hard-cases T-38).
#include "net/tls/connection.hpp"
#include "net/tls/context.hpp"
#include "net/tls/test_certificate.hpp"

#include <gtest/gtest.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace outpost::tls {
namespace {

namespace ssl = boost::asio::ssl;

using Connection = std::unique_ptr<SSL, decltype(&SSL_free)>;

/// Both ends of one connection, their bytes carried by hand.
struct Pair {
    Pair(ssl::context& client_context, ssl::context& server_context)
        : client(SSL_new(client_context.native_handle()), &SSL_free),
          server(SSL_new(server_context.native_handle()), &SSL_free) {
        BIO* client_side = nullptr;
        BIO* server_side = nullptr;
        BIO_new_bio_pair(&client_side, 0, &server_side, 0);
        SSL_set_bio(client.get(), client_side, client_side);
        SSL_set_bio(server.get(), server_side, server_side);
        SSL_set_connect_state(client.get());
        SSL_set_accept_state(server.get());
    }

    /// Whether both sides finish, and the client has read what the server sends after its handshake (tickets).
    bool shake_hands() {
        for (int i = 0; i < 20; ++i) {
            const bool client_done = step(client.get());
            const bool server_done = step(server.get());
            if (failed) return false;
            if (!client_done || !server_done) continue;
            char byte = 'x';
            return SSL_write(server.get(), &byte, 1) == 1 && SSL_read(client.get(), &byte, 1) == 1;
        }
        return false;
    }

    bool step(SSL* side) {
        const int result = SSL_do_handshake(side);
        if (result == 1) return true;
        const int error = SSL_get_error(side, result);
        failed = failed || (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE);
        return false;
    }

    Connection client;
    Connection server;
    bool failed = false;
};

class TlsTest : public testing::Test {
protected:
    TlsTest() { authority_.trusted_by(client_); }

    static Peer peer(std::string name) {
        Peer peer;
        peer.name = std::move(name);
        return peer;
    }

    bool accepted(const std::string& name, const TestCertificate& certificate) {
        auto server = test_server_context(certificate);
        Pair pair(client_, server);
        EXPECT_TRUE(prepare(pair.client.get(), peer(name)));
        const bool done = pair.shake_hands();
        verdict_ = SSL_get_verify_result(pair.client.get());
        return done;
    }

    TestAuthority authority_;
    ssl::context client_ = *make_client_context();
    long verdict_ = X509_V_OK;
};

TEST_F(TlsTest, AcceptsATrustedCertificateForTheName) {
    const auto certificate = authority_.issue({{"a.example", "*.b.example"}, {"127.0.0.1", "::1"}});
    EXPECT_TRUE(accepted("a.example", certificate));
    EXPECT_TRUE(accepted("x.b.example", certificate));
    EXPECT_TRUE(accepted("127.0.0.1", certificate));
    EXPECT_TRUE(accepted("::1", certificate));
}

TEST_F(TlsTest, RefusesAnotherNameOrAddress) {
    const auto certificate = authority_.issue({{"a.example", "*.b.example", "w*.c.example"}, {"127.0.0.1"}});
    for (const char* name : {"c.example", "x.a.example", "b.example", "x.y.b.example", "www.c.example"}) {
        EXPECT_FALSE(accepted(name, certificate)) << name;
        EXPECT_EQ(verdict_, X509_V_ERR_HOSTNAME_MISMATCH) << name;
    }
    EXPECT_FALSE(accepted("127.0.0.2", certificate));
    EXPECT_EQ(verdict_, X509_V_ERR_IP_ADDRESS_MISMATCH);
}

TEST_F(TlsTest, RefusesExpiredFutureSelfSignedAndUnknownIssuers) {
    EXPECT_FALSE(accepted("a.example", authority_.issue({{"a.example"}, {}, -7200, -3600})));
    EXPECT_EQ(verdict_, X509_V_ERR_CERT_HAS_EXPIRED);
    EXPECT_FALSE(accepted("a.example", authority_.issue({{"a.example"}, {}, 3600, 7200})));
    EXPECT_EQ(verdict_, X509_V_ERR_CERT_NOT_YET_VALID);
    EXPECT_FALSE(accepted("a.example", self_signed({{"a.example"}, {}})));
    EXPECT_NE(verdict_, X509_V_OK);
    EXPECT_FALSE(accepted("a.example", TestAuthority().issue({{"a.example"}, {}})));
    EXPECT_NE(verdict_, X509_V_OK);
}

TEST_F(TlsTest, RefusesAServerThatSpeaksOnlyTls11) {
    auto server = test_server_context(authority_.issue({{"a.example"}, {}}));
    SSL_CTX_set_security_level(server.native_handle(), 0);
    SSL_CTX_set_min_proto_version(server.native_handle(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(server.native_handle(), TLS1_1_VERSION);
    Pair pair(client_, server);
    ASSERT_TRUE(prepare(pair.client.get(), peer("a.example")));
    EXPECT_FALSE(pair.shake_hands());
}

TEST_F(TlsTest, SendsTheNameButNeverALiteralAddress) {
    auto server = test_server_context(authority_.issue({{"a.example"}, {"127.0.0.1"}}));
    Pair named(client_, server);
    ASSERT_TRUE(prepare(named.client.get(), peer("a.example")));
    ASSERT_TRUE(named.shake_hands());
    EXPECT_STREQ(SSL_get_servername(named.server.get(), TLSEXT_NAMETYPE_host_name), "a.example");
    Pair literal(client_, server);
    ASSERT_TRUE(prepare(literal.client.get(), peer("127.0.0.1")));
    ASSERT_TRUE(literal.shake_hands());
    EXPECT_EQ(SSL_get_servername(literal.server.get(), TLSEXT_NAMETYPE_host_name), nullptr);
}

int choose_first(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned, void*) {
    *out = in + 1;
    *size = in[0];
    return SSL_TLSEXT_ERR_OK;
}

TEST_F(TlsTest, OffersTheProtocolItIsGiven) {
    auto server = test_server_context(authority_.issue({{"a.example"}, {}}));
    SSL_CTX_set_alpn_select_cb(server.native_handle(), &choose_first, nullptr);
    Pair pair(client_, server);
    Peer with_alpn = peer("a.example");
    with_alpn.alpn = "http/1.1";
    ASSERT_TRUE(prepare(pair.client.get(), with_alpn));
    ASSERT_TRUE(pair.shake_hands());
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(pair.client.get(), &chosen, &size);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
}

TEST_F(TlsTest, ResumesASessionWithTheSamePeerOnly) {
    auto server = test_server_context(authority_.issue({{"a.example"}, {}}));
    auto sessions = std::make_shared<SessionCache>();
    const auto connect = [&](const std::string& key) {
        Pair pair(client_, server);
        Peer one = peer("a.example");
        one.session_key = key;
        one.sessions = sessions;
        EXPECT_TRUE(prepare(pair.client.get(), one));
        EXPECT_TRUE(pair.shake_hands());
        return SSL_session_reused(pair.client.get()) == 1;
    };
    EXPECT_FALSE(connect("a.example:443"));
    EXPECT_EQ(sessions->size(), 1u);
    EXPECT_TRUE(connect("a.example:443"));
    EXPECT_FALSE(connect("a.example:8443"));
    EXPECT_EQ(sessions->size(), 2u);
}

TEST(SessionCache, IsBounded) {
    SessionCache cache;
    for (std::size_t i = 0; i < kSessionsMax + 10; ++i)
        cache.store(std::to_string(i), SessionCache::Session(SSL_SESSION_new()));
    EXPECT_EQ(cache.size(), kSessionsMax);
    EXPECT_EQ(cache.take("9"), nullptr);
    EXPECT_NE(cache.take("10"), nullptr);
    EXPECT_EQ(cache.take("10"), nullptr);
}

TEST_F(TlsTest, RefusesToPrepareWithoutAName) {
    Pair pair(client_, client_);
    EXPECT_FALSE(prepare(pair.client.get(), peer("")));
    Peer long_protocol = peer("a.example");
    long_protocol.alpn = std::string(256, 'x');
    EXPECT_FALSE(prepare(pair.client.get(), long_protocol));
}

TEST(ClientContext, TrustsAnExtraFileAndNamesOneThatCannotBeRead) {
    const auto path = std::filesystem::temp_directory_path() / fmt::format("outpost-ca-{}.pem", ::getpid());
    const TestAuthority authority;
    std::ofstream(path) << authority.certificate_pem();
    auto client = make_client_context(path.string());
    std::filesystem::remove(path);
    ASSERT_TRUE(client) << client.error().text();
    auto server = test_server_context(authority.issue({{"a.example"}, {}}));
    Pair pair(*client, server);
    Peer peer;
    peer.name = "a.example";
    ASSERT_TRUE(prepare(pair.client.get(), peer));
    EXPECT_TRUE(pair.shake_hands());

    const auto missing = make_client_context("/nowhere/ca.pem");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), Errc::invalid);
    EXPECT_TRUE(missing.error().text().contains("/nowhere/ca.pem"));
}

}  // namespace
}  // namespace outpost::tls
