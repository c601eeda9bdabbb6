// Connecting under the egress policy: destinations.md §15.4 rules 1, 2 and 13, hard-cases T-30, T-60 and T-62.
#include "net/dialer/dialer_fixture.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

namespace outpost::net {
namespace {

using DialerTest = DialerFixture;
using resolver::addresses;

TEST_F(DialerTest, ConnectsToALiteralAddressWithoutDelay) {
    Listener& listener = listen("127.0.0.1");
    auto dialed = dial(plain("127.0.0.1", listener.port()));
    ASSERT_EQ(kind(dialed), "connected") << detail_;
    auto& socket = std::get<TcpSocket>(*dialed);
    EXPECT_EQ(socket.remote_endpoint(), listener.acceptor.local_endpoint());
    tcp::no_delay no_delay;
    socket.get_option(no_delay);
    EXPECT_TRUE(no_delay.value());
    asio::socket_base::keep_alive keep_alive;
    socket.get_option(keep_alive);
    EXPECT_TRUE(keep_alive.value());
}

TEST_F(DialerTest, ReachesLocalhostByNameOverEitherFamily) {
    Listener& four = listen("127.0.0.1");
    EXPECT_EQ(kind(dial(plain("localhost", four.port()))), "connected") << detail_;
    Listener& six = listen("::1");
    EXPECT_EQ(kind(dial(plain("localhost", six.port()))), "connected") << detail_;
}

TEST_F(DialerTest, SaysRefusedWhenNobodyListens) {
    Listener& closed = listen("127.0.0.1");
    const std::uint16_t port = closed.port();
    closed.acceptor.close();
    EXPECT_EQ(kind(dial(plain("127.0.0.1", port))), "connection_refused");
    EXPECT_EQ(kind(dial(plain("localhost", port))), "connection_refused");
}

TEST_F(DialerTest, TakesTheNextAddressWhenOneRefuses) {
    Listener& listener = listen("127.0.0.1");
    dns_.addresses = addresses({"127.0.0.2", "127.0.0.3", "127.0.0.1"});
    auto dialed = dial(plain("three.example", listener.port()));
    ASSERT_EQ(kind(dialed), "connected") << detail_;
    EXPECT_EQ(std::get<TcpSocket>(*dialed).remote_endpoint().address().to_string(), "127.0.0.1");
}

TEST_F(DialerTest, StartsTheNextAddressAfterAWhileWhenOneIsSilent) {
    Listener& listener = listen("127.0.0.1");
    // A listener whose queue is full drops what comes: the connection hangs.
    tcp::acceptor full(io_, tcp::v4());
    full.bind({asio::ip::make_address("127.0.0.2"), listener.port()});
    full.listen(0);
    std::vector<std::unique_ptr<tcp::socket>> fillers;
    for (int i = 0; i < 4; ++i) {
        fillers.push_back(std::make_unique<tcp::socket>(io_));
        fillers.back()->async_connect(full.local_endpoint(), [](boost::system::error_code) {});
    }
    io_.poll();
    dns_.addresses = addresses({"127.0.0.2", "127.0.0.1"});
    const auto dialing = start(plain("slow.example", listener.port()), Deadline::after(clock_, 10s));
    const auto connecting_at = clock_.monotonic() + 250ms;
    ASSERT_TRUE(run_until([&] { return clock_.next_wake() == connecting_at; }));
    io_.poll();
    EXPECT_FALSE(dialing->ended());
    EXPECT_TRUE(listener.accepted.empty());
    clock_.advance(250ms);
    ASSERT_TRUE(run_until([&] { return dialing->ended(); }));
    ASSERT_EQ(kind(*dialing->result), "connected") << detail_;
    EXPECT_EQ(std::get<TcpSocket>(**dialing->result).remote_endpoint(), listener.acceptor.local_endpoint());

    dns_.addresses = addresses({"127.0.0.2"});
    const auto hanging = start(plain("hanging.example", listener.port()), Deadline::after(clock_, 5s));
    const auto alarm = clock_.monotonic() + 5s;
    ASSERT_TRUE(run_until([&] { return dns_server_.questions() >= 4 && clock_.next_wake() == alarm; }));
    clock_.advance(5s);
    ASSERT_TRUE(run_until([&] { return hanging->ended(); }));
    EXPECT_EQ(kind(*hanging->result), "timeout");
}

TEST_F(DialerTest, OpensNoConnectionWhenEveryAddressIsBlocked) {
    Listener& listener = listen("127.0.0.1");
    set_policy({.mode = egress::Mode::public_only});
    dns_.addresses = addresses({"127.0.0.1", "10.0.0.1", "::1"});
    EXPECT_EQ(kind(dial(plain("inside.example", listener.port()))), "blocked_address");
    EXPECT_EQ(kind(dial(plain("127.0.0.1", listener.port()))), "blocked_address");
    EXPECT_EQ(kind(dial(plain("::ffff:127.0.0.1", listener.port()))), "blocked_address");
    EXPECT_EQ(kind(dial(plain("localhost", listener.port()))), "blocked_address");
    io_.poll();
    EXPECT_TRUE(listener.accepted.empty());
}

TEST_F(DialerTest, SkipsTheBlockedAddressesOfAMixedAnswer) {
    Listener& allowed = listen("127.0.0.1");
    Listener& blocked = listen("127.0.0.2", allowed.port());
    set_policy({.mode = egress::Mode::public_only, .allow = {"127.0.0.1"}});
    dns_.addresses = addresses({"127.0.0.2", "127.0.0.1"});
    auto dialed = dial(plain("mixed.example", allowed.port()));
    ASSERT_EQ(kind(dialed), "connected") << detail_;
    EXPECT_EQ(std::get<TcpSocket>(*dialed).remote_endpoint(), allowed.acceptor.local_endpoint());
    io_.poll();
    EXPECT_TRUE(blocked.accepted.empty());
}

TEST_F(DialerTest, ChecksTheAddressAgainAtEveryConnection) {
    Listener& listener = listen("127.0.0.1");
    set_policy({.mode = egress::Mode::public_only, .allow = {"127.0.0.1"}});
    dns_.addresses = addresses({"127.0.0.1"});
    dns_.ttl = 0;  // rebinding
    EXPECT_EQ(kind(dial(plain("flip.example", listener.port()))), "connected") << detail_;
    dns_.addresses = addresses({"169.254.169.254"});
    EXPECT_EQ(kind(dial(plain("flip.example", listener.port()))), "blocked_address");
    // The policy counts for answers in the cache too.
    dns_.addresses = addresses({"127.0.0.1"});
    dns_.ttl = 300;
    EXPECT_EQ(kind(dial(plain("kept.example", listener.port()))), "connected") << detail_;
    set_policy({.mode = egress::Mode::public_only});
    EXPECT_EQ(kind(dial(plain("kept.example", listener.port()))), "blocked_address");
}

TEST_F(DialerTest, BlocksMetadataByDefaultAndDeniedHostsAlways) {
    dns_.addresses = addresses({"169.254.169.254", "fe80::1"});
    EXPECT_EQ(kind(dial(plain("metadata.example", 80))), "blocked_address");
    Listener& listener = listen("127.0.0.1");
    set_policy({.mode = egress::Mode::open, .deny = {"*.bad.example"}});
    dns_.addresses = addresses({"127.0.0.1"});
    EXPECT_EQ(kind(dial(plain("x.bad.example", listener.port()))), "blocked_address");
    EXPECT_EQ(kind(dial(plain("good.example", listener.port()))), "connected") << detail_;
}

TEST_F(DialerTest, PassesOnWhatTheResolverSays) {
    dns_.kind = resolver::DnsReply::Kind::nxdomain;
    EXPECT_EQ(kind(dial(plain("missing.example", 80))), "dns_error");
    dns_.kind = resolver::DnsReply::Kind::servfail;
    EXPECT_EQ(kind(dial(plain("broken.example", 80))), "network_error");
    dns_.kind = resolver::DnsReply::Kind::silence;
    const auto dialing = start(plain("quiet.example", 80), Deadline::after(clock_, 5s));
    const std::size_t before = dns_server_.questions();
    ASSERT_TRUE(run_until([&] { return dns_server_.questions() > before; }));
    clock_.advance(5s);
    ASSERT_TRUE(run_until([&] { return dialing->ended(); }));
    EXPECT_EQ(kind(*dialing->result), "timeout");
}

TEST_F(DialerTest, DoesNothingWhenTheDeadlineHasPassed) {
    Listener& listener = listen("127.0.0.1");
    EXPECT_EQ(kind(dial(plain("127.0.0.1", listener.port()), Deadline::after(clock_, 0s))), "timeout");
    io_.poll();
    EXPECT_TRUE(listener.accepted.empty());
}

TEST_F(DialerTest, SaysThatItIsOurShortageWhenDescriptorsRunOut) {
    Listener& listener = listen("127.0.0.1");
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlimit none = limit;
    none.rlim_cur = 3;  // nothing new can be opened
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto literal = dial(plain("127.0.0.1", listener.port()));
    const auto name = dial(plain("some.example", listener.port()));
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    EXPECT_EQ(kind(literal), "resources");
    EXPECT_EQ(kind(name), "resources") << detail_;
}

TEST_F(DialerTest, EndsByCancellationWhileResolvingAndLeavesNothing) {
    dns_.kind = resolver::DnsReply::Kind::silence;
    asio::cancellation_signal cancel;
    const auto dialing = start(plain("quiet.example", 80), Deadline::after(clock_, 60s), cancel.slot());
    ASSERT_TRUE(run_until([&] { return dns_server_.questions() > 0; }));
    cancel.emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(run_until([&] { return dialing->ended(); }));
    ASSERT_TRUE(dialing->thrown);
    EXPECT_THROW(std::rethrow_exception(dialing->thrown), boost::system::system_error);
}

}  // namespace
}  // namespace outpost::net
