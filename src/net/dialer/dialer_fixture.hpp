// For tests of the dialer: listeners, a name server and TLS servers on loopback, all on one thread.
#pragma once

#include "base/manual_clock.hpp"
#include "net/dialer/dialer.hpp"
#include "net/egress/policy.hpp"
#include "net/resolver/resolver.hpp"
#include "net/resolver/testing/dns_server.hpp"
#include "net/tls/context.hpp"
#include "net/tls/test_certificate.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <gtest/gtest.h>

namespace outpost::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using Dialed = std::expected<Stream, Failure>;

/// Listens, and keeps what it accepted until a test takes it.
struct Listener {
    Listener(asio::io_context& io, const std::string& address, std::uint16_t port = 0)
        : acceptor(io, tcp::endpoint(asio::ip::make_address(address), port)) {
        accept();
    }
    std::uint16_t port() const { return acceptor.local_endpoint().port(); }
    void accept() {
        acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
            if (error) return;
            accepted.push_back(std::move(socket));
            if (on_accept) on_accept(accepted.back());
            accept();
        });
    }
    tcp::acceptor acceptor;
    std::vector<tcp::socket> accepted;
    std::function<void(tcp::socket&)> on_accept;
};

/// Accepts and does its side of the handshake.
struct TlsListener {
    TlsListener(asio::io_context& io, asio::ssl::context context_)
        : context(std::move(context_)), acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        accept();
    }
    std::uint16_t port() const { return acceptor.local_endpoint().port(); }
    void accept() {
        acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
            if (error) return;
            streams.push_back(std::make_unique<asio::ssl::stream<tcp::socket>>(std::move(socket), context));
            auto& stream = *streams.back();
            stream.async_handshake(asio::ssl::stream_base::server, [this, &stream](boost::system::error_code failed) {
                if (failed) return stream.next_layer().close();
                asio::async_write(stream, asio::buffer(greeting), [](boost::system::error_code, std::size_t) {});
            });
            accept();
        });
    }
    std::string greeting;  ///< sent after a handshake
    asio::ssl::context context;
    tcp::acceptor acceptor;
    std::vector<std::unique_ptr<asio::ssl::stream<tcp::socket>>> streams;
};

class DialerFixture : public testing::Test {
protected:
    struct Dialing {
        std::optional<Dialed> result;
        std::exception_ptr thrown;
        bool ended() const { return result || thrown; }
    };

    DialerFixture() {
        authority_.trusted_by(tls_);
        set_policy({});
    }

    ~DialerFixture() override {
        resolver_.close();
        for (auto& listener : listeners_) listener->acceptor.close();
        for (auto& listener : tls_listeners_) listener->acceptor.close();
        io_.restart();
        io_.poll();
    }

    /// Both stay until the end of the test: their operations refer to them.
    Listener& listen(const std::string& address, std::uint16_t port = 0) {
        return *listeners_.emplace_back(std::make_unique<Listener>(io_, address, port));
    }
    TlsListener& serve_tls(asio::ssl::context context) {
        return *tls_listeners_.emplace_back(std::make_unique<TlsListener>(io_, std::move(context)));
    }
    TlsListener& serve_tls(const tls::TestCertificate& certificate) {
        return serve_tls(tls::test_server_context(certificate));
    }

    /// From now on.
    void set_policy(egress::Settings settings, std::vector<asio::ip::address> own = {}) {
        policy_ = *egress::Policy::make(settings, std::move(own));
    }

    template <class Condition>
    bool run_until(Condition condition) {
        io_.restart();
        while (!condition())
            if (io_.run_one_for(std::chrono::seconds(20)) == 0) return false;  // a guard, not a measure
        return true;
    }

    std::shared_ptr<Dialing> start(DialRequest request, Deadline deadline = {}, asio::cancellation_slot slot = {}) {
        auto dialing = std::make_shared<Dialing>();
        asio::co_spawn(io_, run(dialing, &dialer_, std::move(request), deadline),
                       asio::bind_cancellation_slot(
                           slot, [dialing](std::exception_ptr thrown) { dialing->thrown = std::move(thrown); }));
        return dialing;
    }

    static Task<void> run(std::shared_ptr<Dialing> dialing, Dialer* dialer, DialRequest request, Deadline deadline) {
        dialing->result.emplace(co_await dialer->dial(std::move(request), deadline));
    }

    Dialed dial(DialRequest request, Deadline deadline = {}) {
        const auto dialing = start(std::move(request), deadline);
        EXPECT_TRUE(run_until([&] { return dialing->ended(); }));
        if (!dialing->result) return std::unexpected(Failure{FailureKind::cancelled, "thrown"});
        return std::move(*dialing->result);
    }

    std::string_view kind(const Dialed& dialed) {
        if (dialed) return "connected";
        detail_ = dialed.error().detail;
        return to_string(dialed.error().kind);
    }

    static DialRequest plain(const std::string& host, std::uint16_t port) {
        DialRequest request;
        request.host = host;
        request.port = port;
        return request;
    }
    static DialRequest secure(const std::string& host, std::uint16_t port) {
        DialRequest request = plain(host, port);
        request.tls = true;
        return request;
    }

    asio::io_context io_;
    ManualClock clock_;
    tls::TestAuthority authority_;
    asio::ssl::context tls_ = *tls::make_client_context();
    egress::Policy policy_ = *egress::Policy::make({});
    resolver::DnsReply dns_;  ///< what the name server says, to any question
    resolver::DnsServer dns_server_{io_.get_executor(), [this](const std::string&) { return dns_; }};
    resolver::Resolver resolver_{clock_, io_.get_executor(), {.servers = {dns_server_.endpoint()}}};
    Dialer dialer_{resolver_, policy_, tls_, clock_, io_.get_executor()};
    std::string detail_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::vector<std::unique_ptr<TlsListener>> tls_listeners_;
};

}  // namespace outpost::net
