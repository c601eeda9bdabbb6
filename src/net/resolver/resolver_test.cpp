// hard-cases T-31 and T-62, destinations.md §2.9 rows 1, 5 and 8.
#include "base/manual_clock.hpp"
#include "net/resolver/resolver.hpp"
#include "net/resolver/testing/dns_server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

namespace outpost::resolver {
namespace {

using boost::asio::ip::address;
using Outcome = std::expected<std::vector<address>, net::Failure>;
using Kind = DnsReply::Kind;

/// What became of one resolve().
struct Asked {
    std::optional<Outcome> outcome;
    std::exception_ptr thrown;
    bool ended() const { return outcome || thrown; }
};

class ResolverTest : public testing::Test {
protected:
    ~ResolverTest() override {
        if (resolver_) resolver_->close();
        servers_.clear();
        io_.restart();
        io_.run_for(20s);  // ends when nothing is left to wait for
        EXPECT_TRUE(io_.stopped()) << "something was left behind";
    }

    DnsServer& serve(DnsServer::Script script, const std::string& at = "127.0.0.1", std::uint16_t port = 0) {
        servers_.push_back(std::make_unique<DnsServer>(io_.get_executor(), std::move(script), at, port));
        return *servers_.back();
    }

    Resolver& resolver(Settings settings = {}, Clock* clock = nullptr) {
        if (settings.servers.empty() && settings.port == 53) settings.servers = {servers_.front()->endpoint()};
        resolver_ = std::make_unique<Resolver>(clock ? *clock : clock_, io_.get_executor(), std::move(settings));
        return *resolver_;
    }

    /// Runs until it holds; false when nothing more happens for `patience` (a guard, not a measure).
    template <class Condition>
    bool run_until(Condition condition, std::chrono::milliseconds patience = 20s) {
        io_.restart();
        while (!condition())
            if (io_.run_one_for(patience) == 0) return false;
        return true;
    }

    std::shared_ptr<Asked> start(const std::string& host, Deadline deadline = {},
                                 boost::asio::cancellation_slot slot = {}) {
        auto asked = std::make_shared<Asked>();
        boost::asio::co_spawn(
            io_, resolver_->resolve(host, deadline),
            boost::asio::bind_cancellation_slot(slot, [asked](std::exception_ptr thrown, Outcome outcome) {
                if (thrown) asked->thrown = thrown;
                else asked->outcome = std::move(outcome);
            }));
        return asked;
    }

    Outcome ask(const std::string& host, Deadline deadline = {}) {
        const auto asked = start(host, deadline);
        EXPECT_TRUE(run_until([&] { return asked->ended(); })) << host;
        if (!asked->outcome) return std::unexpected(net::Failure{net::FailureKind::cancelled, "thrown"});
        return *asked->outcome;
    }

    static net::FailureKind kind(const Outcome& outcome) {
        EXPECT_FALSE(outcome.has_value());
        return outcome.has_value() ? net::FailureKind::cancelled : outcome.error().kind;
    }

    static std::set<std::string> texts(const Outcome& outcome) {
        std::set<std::string> all;
        if (outcome)
            for (const auto& one : *outcome) all.insert(one.to_string());
        return all;
    }

    boost::asio::io_context io_;
    ManualClock clock_;
    SystemClock real_;
    std::vector<std::unique_ptr<DnsServer>> servers_;
    std::unique_ptr<Resolver> resolver_;
};

DnsReply answer(std::initializer_list<const char*> texts, std::uint32_t ttl = 60) {
    return {Kind::answer, addresses(texts), ttl, {}};
}

TEST_F(ResolverTest, GivesBothFamiliesAndAsksOncePerFamily) {
    auto& server = serve([](const std::string&) { return answer({"192.0.2.1", "2001:db8::1", "192.0.2.2"}); });
    resolver();
    EXPECT_EQ(texts(ask("Mixed.Example")), (std::set<std::string>{"192.0.2.1", "192.0.2.2", "2001:db8::1"}));
    EXPECT_EQ(server.questions(), 2u);
}

TEST_F(ResolverTest, FindsAHostThatHasOnlyIpv6) {
    serve([](const std::string&) { return answer({"2001:db8::7"}); });
    resolver();
    EXPECT_EQ(texts(ask("six.example")), std::set<std::string>{"2001:db8::7"});
}

TEST_F(ResolverTest, FollowsACname) {
    serve([](const std::string&) {
        DnsReply reply = answer({"192.0.2.9"});
        reply.cname = "target.example";
        return reply;
    });
    resolver();
    EXPECT_EQ(texts(ask("alias.example")), std::set<std::string>{"192.0.2.9"});
}

TEST_F(ResolverTest, AnswersLiteralsAndLocalhostWithoutAServer) {
    auto& server = serve([](const std::string&) { return DnsReply{Kind::nxdomain}; });
    resolver();
    EXPECT_EQ(texts(ask("192.0.2.1")), std::set<std::string>{"192.0.2.1"});
    EXPECT_EQ(texts(ask("2001:db8::1")), std::set<std::string>{"2001:db8::1"});
    EXPECT_EQ(texts(ask("localhost")), (std::set<std::string>{"127.0.0.1", "::1"}));
    EXPECT_EQ(texts(ask("api.LocalHost")), (std::set<std::string>{"127.0.0.1", "::1"}));
    EXPECT_EQ(server.questions(), 0u);
}

struct FailureRow {
    Kind reply;
    net::FailureKind failure;
};

class ResolverFailure : public ResolverTest, public testing::WithParamInterface<FailureRow> {};

TEST_P(ResolverFailure, HasItsOwnKind) {
    serve([](const std::string&) { return DnsReply{GetParam().reply}; });
    resolver();
    EXPECT_EQ(kind(ask("some.example")), GetParam().failure);
}

INSTANTIATE_TEST_SUITE_P(Rows, ResolverFailure,
                         testing::Values(FailureRow{Kind::nxdomain, net::FailureKind::dns_error},
                                         FailureRow{Kind::answer, net::FailureKind::dns_error},  // no address in it
                                         FailureRow{Kind::servfail, net::FailureKind::network_error},
                                         FailureRow{Kind::refused, net::FailureKind::network_error}));

TEST_F(ResolverTest, TimesOutWhenTheServerIsSilentAndTheDeadlinePasses) {
    auto& server = serve([](const std::string&) { return DnsReply{Kind::silence}; });
    resolver();
    const auto asked = start("quiet.example", Deadline::after(clock_, 5s));
    ASSERT_TRUE(run_until([&] { return server.questions() > 0; }));
    clock_.advance(4999ms);
    io_.poll();
    EXPECT_FALSE(asked->ended());
    clock_.advance(1ms);
    ASSERT_TRUE(run_until([&] { return asked->ended(); }));
    EXPECT_EQ(kind(*asked->outcome), net::FailureKind::timeout);
}

TEST_F(ResolverTest, AsksNothingWhenTheDeadlineHasAlreadyPassed) {
    auto& server = serve([](const std::string&) { return answer({"192.0.2.1"}); });
    resolver();
    EXPECT_EQ(kind(ask("late.example", Deadline::after(clock_, 0s))), net::FailureKind::timeout);
    EXPECT_EQ(server.questions(), 0u);
}

TEST_F(ResolverTest, KeepsAnAnswerForItsTtlAndThenSeesTheNewOne) {
    std::string current = "192.0.2.1";
    auto& server = serve([&](const std::string&) { return answer({current.c_str()}, 30); });
    resolver();
    ASSERT_EQ(texts(ask("ttl.example")), std::set<std::string>{"192.0.2.1"});
    current = "10.0.0.1";
    clock_.advance(29s);
    EXPECT_EQ(texts(ask("ttl.example")), std::set<std::string>{"192.0.2.1"});
    EXPECT_EQ(server.questions(), 2u);
    clock_.advance(1s);
    EXPECT_EQ(texts(ask("ttl.example")), std::set<std::string>{"10.0.0.1"});
}

TEST_F(ResolverTest, CapsTheTtl) {
    auto& server = serve([](const std::string&) { return answer({"192.0.2.1"}, 86'400); });
    resolver();
    ask("long.example");
    clock_.advance(300s);
    ask("long.example");
    EXPECT_EQ(server.questions(), 4u);
}

TEST_F(ResolverTest, DoesNotKeepAnAnswerOfTtlZero) {
    int asked = 0;  // rebinding: the second question gets another answer
    serve([&](const std::string&) { return answer({asked++ < 2 ? "192.0.2.1" : "127.0.0.1"}, 0); });
    resolver();
    EXPECT_EQ(texts(ask("flip.example")), std::set<std::string>{"192.0.2.1"});
    EXPECT_EQ(texts(ask("flip.example")), std::set<std::string>{"127.0.0.1"});
}

TEST_F(ResolverTest, KeepsThatANameDoesNotExistOnlyForAShortTime) {
    bool exists = false;
    serve([&](const std::string&) { return exists ? answer({"192.0.2.1"}) : DnsReply{Kind::nxdomain}; });
    resolver();
    EXPECT_EQ(kind(ask("new.example")), net::FailureKind::dns_error);
    exists = true;
    clock_.advance(4s);
    EXPECT_EQ(kind(ask("new.example")), net::FailureKind::dns_error);
    clock_.advance(1s);
    EXPECT_TRUE(ask("new.example").has_value());
}

TEST_F(ResolverTest, DoesNotKeepTheFailureOfAServer) {
    bool works = false;
    serve([&](const std::string&) { return works ? answer({"192.0.2.1"}) : DnsReply{Kind::servfail}; });
    resolver();
    EXPECT_EQ(kind(ask("a.example")), net::FailureKind::network_error);
    works = true;
    EXPECT_TRUE(ask("a.example").has_value());
}

TEST_F(ResolverTest, AsksEqualQuestionsOnce) {
    auto& server = serve([](const std::string&) { return answer({"192.0.2.1"}, 0); });
    resolver();
    std::vector<std::shared_ptr<Asked>> all;
    for (int i = 0; i < 50; ++i) all.push_back(start("same.example"));
    ASSERT_TRUE(run_until([&] { return std::ranges::all_of(all, &Asked::ended); }));
    for (const auto& asked : all) EXPECT_EQ(texts(*asked->outcome), std::set<std::string>{"192.0.2.1"});
    EXPECT_EQ(server.questions(), 2u);
}

TEST_F(ResolverTest, TakesAThousandAddressesByTcpAndKeepsSixtyFour) {
    auto& server = serve([](const std::string&) {
        DnsReply reply;
        for (unsigned i = 0; i < 1000; ++i) reply.addresses.emplace_back(boost::asio::ip::address_v4(0xC6120000u + i));
        return reply;
    });
    resolver();
    const auto outcome = ask("many.example");
    ASSERT_TRUE(outcome.has_value()) << outcome.error().detail;
    EXPECT_EQ(texts(outcome).size(), kAddressesMax);
    EXPECT_GE(server.questions_by_tcp(), 1u);
}

TEST_F(ResolverTest, OtherNamesAreAnsweredWhileOneIsSilent) {
    serve([](const std::string& name) {
        return name == "dead.example" ? DnsReply{Kind::silence} : answer({"192.0.2.1"});
    });
    resolver();
    const auto dead = start("dead.example");
    EXPECT_TRUE(ask("alive.example").has_value());
    EXPECT_FALSE(dead->ended());
}

TEST_F(ResolverTest, EndsOneWaiterByCancellationAndAnswersTheOther) {
    bool quiet = true;
    auto& server = serve([&](const std::string&) { return quiet ? DnsReply{Kind::silence} : answer({"192.0.2.1"}); });
    Settings settings;
    settings.query_timeout = Milliseconds(20);
    settings.servers = {server.endpoint()};
    resolver(settings, &real_);  // c-ares resends by the real clock
    boost::asio::cancellation_signal cancel;
    const auto first = start("slow.example", Deadline::after(real_, 60s), cancel.slot());
    const auto second = start("slow.example", Deadline::after(real_, 60s));
    ASSERT_TRUE(run_until([&] { return server.questions() >= 2; }));
    cancel.emit(boost::asio::cancellation_type::terminal);
    ASSERT_TRUE(run_until([&] { return first->ended(); }));
    ASSERT_TRUE(first->thrown);
    try {
        std::rethrow_exception(first->thrown);
    } catch (const boost::system::system_error& error) {
        EXPECT_EQ(error.code(), boost::asio::error::operation_aborted);
    }
    EXPECT_FALSE(second->ended());
    quiet = false;
    ASSERT_TRUE(run_until([&] { return second->ended(); }));
    EXPECT_TRUE(second->outcome->has_value());
}

TEST_F(ResolverTest, GivesUpByItselfWhenThereIsNoDeadline) {
    auto& server = serve([](const std::string&) { return DnsReply{Kind::silence}; });
    Settings settings;
    settings.query_timeout = Milliseconds(5);
    settings.tries = 2;
    settings.servers = {server.endpoint()};
    resolver(settings, &real_);  // c-ares resends by the real clock
    const auto asked = start("quiet.example");
    ASSERT_TRUE(run_until([&] { return asked->ended(); }));
    EXPECT_EQ(kind(*asked->outcome), net::FailureKind::timeout);
    EXPECT_EQ(server.questions(), 4u);  // two families, two tries
}

TEST_F(ResolverTest, LeavesNoWorkBehindWhenIdle) {
    auto& server = serve([](const std::string&) { return answer({"192.0.2.1"}); });
    resolver();
    ask("a.example");
    ASSERT_EQ(server.questions(), 2u);
    servers_.clear();
    io_.restart();
    io_.run();  // returns only when nothing waits any more: no socket, no timer
    EXPECT_EQ(clock_.next_wake(), std::nullopt);
}

TEST_F(ResolverTest, CloseAnswersWhoWaitsAndRefusesWhoComes) {
    auto& server = serve([](const std::string&) { return DnsReply{Kind::silence}; });
    resolver();
    const auto asked = start("quiet.example", Deadline::after(clock_, 60s));
    ASSERT_TRUE(run_until([&] { return server.questions() > 0; }));
    resolver_->close();
    ASSERT_TRUE(run_until([&] { return asked->ended(); }));
    EXPECT_EQ(kind(*asked->outcome), net::FailureKind::cancelled);
    EXPECT_EQ(kind(ask("other.example")), net::FailureKind::cancelled);
}

TEST_F(ResolverTest, AsksTheNewServersWhenResolvConfChanges) {
    auto& old_server = serve([](const std::string&) { return answer({"192.0.2.1"}, 0); }, "127.0.0.1");
    auto& new_server =
        serve([](const std::string&) { return answer({"192.0.2.2"}, 0); }, "127.0.0.2", old_server.port());
    const auto path = std::filesystem::temp_directory_path() / fmt::format("outpost-resolv-{}.conf", ::getpid());
    std::ofstream(path) << "nameserver 127.0.0.1\n";
    Settings settings;
    settings.port = old_server.port();
    settings.resolv_conf = path.string();
    resolver(settings);
    EXPECT_EQ(texts(ask("a.example")), std::set<std::string>{"192.0.2.1"});
    std::ofstream(path) << "nameserver 127.0.0.2\noptions attempts:2\n";
    EXPECT_EQ(texts(ask("a.example")), std::set<std::string>{"192.0.2.2"});
    EXPECT_EQ(new_server.questions(), 2u);
    std::filesystem::remove(path);
}

TEST_F(ResolverTest, StartsAfreshAfterThreeTimeoutsInARow) {
    bool quiet = true;
    std::size_t silent_questions = 0;
    auto& server = serve([&](const std::string&) {
        silent_questions += quiet;
        return quiet ? DnsReply{Kind::silence} : answer({"192.0.2.1"});
    });
    resolver();
    for (int i = 0; i < kTimeoutsBeforeRebuild; ++i) {
        const auto asked = start("down.example", Deadline::after(clock_, 2s));
        const std::size_t before = server.questions();
        ASSERT_TRUE(run_until([&] { return server.questions() >= before + 2; })) << i;  // asked anew each time
        clock_.advance(2s);
        ASSERT_TRUE(run_until([&] { return asked->ended(); }));
        EXPECT_EQ(kind(*asked->outcome), net::FailureKind::timeout);
    }
    quiet = false;
    EXPECT_TRUE(ask("down.example", Deadline::after(clock_, 2s)).has_value());
    EXPECT_EQ(resolver_->rebuilds(), 1u);
    EXPECT_TRUE(ask("other.example", Deadline::after(clock_, 2s)).has_value());
    EXPECT_EQ(resolver_->rebuilds(), 1u);
}

}  // namespace
}  // namespace outpost::resolver
