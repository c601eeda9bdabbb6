// TLS through the dialer: hard-cases T-38, destinations.md §1.12 and §2.9 row 6, decision B24.
#include "net/dialer/dialer_fixture.hpp"

#include <openssl/ssl.h>

namespace outpost::net {
namespace {

using DialerTls = DialerFixture;
using resolver::addresses;

int choose_first(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned, void*) {
    *out = in + 1;
    *size = in[0];
    return SSL_TLSEXT_ERR_OK;
}

TEST_F(DialerTls, ConnectsWithNameCheckSniAndHttp11) {
    auto context = tls::test_server_context(authority_.issue({{"hooks.example"}, {}}));
    SSL_CTX_set_alpn_select_cb(context.native_handle(), &choose_first, nullptr);
    TlsListener& server = serve_tls(std::move(context));
    dns_.addresses = addresses({"127.0.0.1"});
    auto dialed = dial(secure("hooks.example", server.port()));
    ASSERT_EQ(kind(dialed), "connected") << detail_;
    SSL* client = std::get<std::unique_ptr<TlsStream>>(*dialed)->native_handle();
    const unsigned char* alpn = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client, &alpn, &size);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(alpn), size), "http/1.1");
    EXPECT_GE(SSL_version(client), TLS1_2_VERSION);
    EXPECT_STREQ(SSL_get_servername(server.streams[0]->native_handle(), TLSEXT_NAMETYPE_host_name), "hooks.example");
}

TEST_F(DialerTls, ChecksALiteralAddressAgainstTheAddressesOfTheCertificate) {
    TlsListener& right = serve_tls(authority_.issue({{}, {"127.0.0.1"}}));
    auto dialed = dial(secure("127.0.0.1", right.port()));
    ASSERT_EQ(kind(dialed), "connected") << detail_;
    EXPECT_EQ(SSL_get_servername(right.streams[0]->native_handle(), TLSEXT_NAMETYPE_host_name), nullptr);
    TlsListener& wrong = serve_tls(authority_.issue({{"localhost"}, {"127.0.0.9"}}));
    EXPECT_EQ(kind(dial(secure("127.0.0.1", wrong.port()))), "tls_error");
}

TEST_F(DialerTls, ChecksTheServerNameThatTheCallerWants) {
    TlsListener& server = serve_tls(authority_.issue({{"inner.example"}, {}}));
    DialRequest request = secure("127.0.0.1", server.port());
    request.server_name = "inner.example";
    EXPECT_EQ(kind(dial(request)), "connected") << detail_;
    request.server_name = "other.example";
    EXPECT_EQ(kind(dial(request)), "tls_error");
}

TEST_F(DialerTls, RefusesExpiredWrongHostAndUnknownIssuers) {
    dns_.addresses = addresses({"127.0.0.1"});
    const tls::TestCertificate bad[] = {
        authority_.issue({{"hooks.example"}, {}, -7200, -3600}),
        authority_.issue({{"hooks.example"}, {}, 3600, 7200}),
        authority_.issue({{"elsewhere.example"}, {}}),
        authority_.issue({{"*.hooks.example"}, {}}),
        tls::self_signed({{"hooks.example"}, {}}),
        tls::TestAuthority().issue({{"hooks.example"}, {}}),
    };
    for (const auto& certificate : bad) {
        TlsListener& server = serve_tls(certificate);
        EXPECT_EQ(kind(dial(secure("hooks.example", server.port()))), "tls_error") << detail_;
    }
}

TEST_F(DialerTls, RefusesOldProtocols) {
    auto context = tls::test_server_context(authority_.issue({{}, {"127.0.0.1"}}));
    SSL_CTX_set_security_level(context.native_handle(), 0);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_1_VERSION);
    TlsListener& server = serve_tls(std::move(context));
    EXPECT_EQ(kind(dial(secure("127.0.0.1", server.port()))), "tls_error");
}

TEST_F(DialerTls, TellsHttpOnTheTlsPortFromABadCertificate) {
    Listener& server = listen("127.0.0.1");
    server.on_accept = [](tcp::socket& socket) {
        asio::write(socket, asio::buffer(std::string_view("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")));
    };
    EXPECT_EQ(kind(dial(secure("127.0.0.1", server.port()))), "network_error") << detail_;
}

TEST_F(DialerTls, TellsAClosedConnectionFromAResetOne) {
    Listener& closing = listen("127.0.0.1");
    closing.on_accept = [](tcp::socket& socket) { socket.shutdown(tcp::socket::shutdown_send); };
    EXPECT_EQ(kind(dial(secure("127.0.0.1", closing.port()))), "network_error") << detail_;
    Listener& resetting = listen("127.0.0.1");
    resetting.on_accept = [](tcp::socket& socket) {
        socket.set_option(asio::socket_base::linger(true, 0));
        socket.close();
    };
    EXPECT_EQ(kind(dial(secure("127.0.0.1", resetting.port()))), "connection_reset") << detail_;
}

TEST_F(DialerTls, GivesUpAStalledHandshakeAtTheDeadlineAndAtItsOwnLimit) {
    for (const auto limit : {MonotonicTime::duration(3s), MonotonicTime::duration(kHandshakeTimeout)}) {
        Listener& silent = listen("127.0.0.1");
        const bool deadline_first = limit < kHandshakeTimeout;
        const auto dialing = start(secure("127.0.0.1", silent.port()),
                                   deadline_first ? Deadline::after(clock_, limit) : Deadline::never());
        const auto alarm = clock_.monotonic() + limit;
        ASSERT_TRUE(run_until([&] {
            return !silent.accepted.empty() && silent.accepted[0].available() > 0 && clock_.next_wake() == alarm;
        }));
        clock_.advance(limit - 1ms);
        io_.poll();
        EXPECT_FALSE(dialing->ended());
        clock_.advance(1ms);
        ASSERT_TRUE(run_until([&] { return dialing->ended(); }));
        EXPECT_EQ(kind(*dialing->result), "timeout");
    }
}

TEST_F(DialerTls, EndsByCancellationDuringTheHandshakeAndClosesTheConnection) {
    Listener& silent = listen("127.0.0.1");
    asio::cancellation_signal cancel;
    const auto dialing = start(secure("127.0.0.1", silent.port()), Deadline::after(clock_, 60s), cancel.slot());
    ASSERT_TRUE(run_until([&] { return !silent.accepted.empty() && silent.accepted[0].available() > 0; }));
    cancel.emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(run_until([&] { return dialing->ended(); }));
    ASSERT_TRUE(dialing->thrown);
    try {
        std::rethrow_exception(dialing->thrown);
    } catch (const boost::system::system_error& error) {
        EXPECT_EQ(error.code(), asio::error::operation_aborted);
    }
    std::vector<char> hello(64 * 1024);
    boost::system::error_code error;
    while (!error) silent.accepted[0].read_some(asio::buffer(hello), error);
    EXPECT_EQ(error, asio::error::eof);  // the other side is gone
    EXPECT_EQ(clock_.next_wake(), std::nullopt);
}

TEST_F(DialerTls, ResumesASessionWithTheSamePeer) {
    TlsListener& server = serve_tls(authority_.issue({{}, {"127.0.0.1"}}));
    server.greeting = "x";  // reading it brings the server's tickets along
    const auto reused = [&] {
        auto dialed = dial(secure("127.0.0.1", server.port()));
        if (!dialed) return false;
        auto& stream = *std::get<std::unique_ptr<TlsStream>>(*dialed);
        bool read = false;
        std::array<char, 1> byte{};
        stream.async_read_some(asio::buffer(byte), [&](boost::system::error_code, std::size_t) { read = true; });
        EXPECT_TRUE(run_until([&] { return read; }));
        return SSL_session_reused(stream.native_handle()) == 1;
    };
    EXPECT_FALSE(reused());
    EXPECT_TRUE(reused());
}

}  // namespace
}  // namespace outpost::net
