#include "net/egress/own_addresses.hpp"
#include "net/egress/policy.hpp"

#include <gtest/gtest.h>

namespace outpost::egress {
namespace {

namespace ip = boost::asio::ip;

Policy policy_of(Mode mode, std::vector<std::string> allow = {}, std::vector<std::string> deny = {},
                 std::vector<ip::address> own = {}) {
    return *Policy::make(Settings{mode, std::move(allow), std::move(deny)}, std::move(own));
}

ip::address address(const char* text) {
    return ip::make_address(text);
}

TEST(EgressMode, IsReadFromItsThreeNames) {
    EXPECT_EQ(parse_mode("block-metadata"), Mode::block_metadata);
    EXPECT_EQ(parse_mode("public-only"), Mode::public_only);
    EXPECT_EQ(parse_mode("open"), Mode::open);
    EXPECT_EQ(parse_mode("Open"), std::nullopt);
}

TEST(EgressLists, RefuseWhatIsNoRangeAddressOrHost) {
    for (const char* entry : {"*", "*.", "", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "127.1", "0x7f.1",
                              "::1/129", "fe80::1%eth0", "*.10.0.0.1", "a.*.example", "**.example", "exa mple", "a/8",
                              "[::1]", "http://example.com"}) {
        EXPECT_FALSE(Policy::make(Settings{Mode::open, {entry}, {}})) << entry;
        const auto denied = Policy::make(Settings{Mode::open, {}, {entry}});
        ASSERT_FALSE(denied) << entry;
        EXPECT_TRUE(denied.error().text().contains('"' + std::string(entry) + '"')) << denied.error().text();
    }
}

TEST(EgressLists, MatchAnExactHostAndSubDomainsOfASuffix) {
    const Policy policy = policy_of(Mode::public_only, {"In.Example.", "*.corp.example"});
    const auto inside = address("10.0.0.1");
    EXPECT_TRUE(policy.permits("in.example", inside));
    EXPECT_FALSE(policy.permits("x.in.example", inside));
    EXPECT_TRUE(policy.permits("a.corp.example", inside));
    EXPECT_TRUE(policy.permits("a.b.corp.example", inside));
    EXPECT_FALSE(policy.permits("corp.example", inside));
    EXPECT_FALSE(policy.permits("evilcorp.example", inside));
}

TEST(EgressLists, DenyBeatsAllowAndAllowBeatsTheMode) {
    const Policy policy = policy_of(Mode::public_only, {"10.0.0.0/8", "good.example"}, {"10.1.0.0/16", "bad.example"});
    EXPECT_TRUE(policy.permits("any.example", address("10.0.0.1")));
    EXPECT_FALSE(policy.permits("any.example", address("10.1.0.1")));
    EXPECT_FALSE(policy.permits("good.example", address("10.1.0.1")));
    EXPECT_TRUE(policy.permits("good.example", address("192.168.0.1")));
    EXPECT_FALSE(policy.permits("bad.example", address("10.0.0.1")));
    EXPECT_FALSE(policy.permits("bad.example", address("8.8.8.8")));
}

TEST(EgressLists, ReadMappedAndSingleAddresses) {
    const Policy policy = policy_of(Mode::public_only, {"::ffff:10.0.0.0/104", "::ffff:127.0.0.1", "fd00::1"});
    EXPECT_TRUE(policy.permits("h", address("10.9.9.9")));
    EXPECT_TRUE(policy.permits("h", address("::ffff:127.0.0.1")));
    EXPECT_FALSE(policy.permits("h", address("127.0.0.2")));
    EXPECT_TRUE(policy.permits("h", address("fd00::1")));
    EXPECT_FALSE(policy.permits("h", address("fd00::2")));
}

TEST(EgressLists, DenyReachesInsideWrappedForms) {
    const Policy policy = policy_of(Mode::open, {}, {"8.8.8.0/24"});
    for (const char* text : {"8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"})
        EXPECT_FALSE(policy.permits("h", address(text))) << text;
    EXPECT_TRUE(policy.permits("h", address("64:ff9b::808:908")));
}

TEST(EgressScope, IsRefusedUnlessOpen) {
    const auto scoped = ip::address_v6(ip::make_address_v6("2606:4700::1").to_bytes(), 3);
    EXPECT_FALSE(policy_of(Mode::block_metadata).permits("h", scoped));
    EXPECT_FALSE(policy_of(Mode::public_only, {"2606:4700::1"}).permits("h", scoped));
    EXPECT_TRUE(policy_of(Mode::open).permits("h", scoped));
    // A scope id does not hide an address from the lists.
    EXPECT_FALSE(policy_of(Mode::open, {}, {"2606:4700::1"}).permits("h", scoped));
}

TEST(EgressOwnAddresses, AreBlockedInPublicOnlyModeUnlessAllowed) {
    const std::vector<ip::address> own = {address("8.8.4.4"), address("::ffff:9.9.9.9"), address("2606:4700::1")};
    const Policy strict = policy_of(Mode::public_only, {}, {}, own);
    for (const char* text : {"8.8.4.4", "9.9.9.9", "::ffff:8.8.4.4", "2606:4700::1"})
        EXPECT_FALSE(strict.permits("h", address(text))) << text;
    EXPECT_TRUE(strict.permits("h", address("8.8.4.5")));
    EXPECT_TRUE(policy_of(Mode::public_only, {"8.8.4.4"}, {}, own).permits("h", address("8.8.4.4")));
    EXPECT_TRUE(policy_of(Mode::block_metadata, {}, {}, own).permits("h", address("8.8.4.4")));
    EXPECT_TRUE(policy_of(Mode::open, {}, {}, own).permits("h", address("8.8.4.4")));
}

TEST(EgressOwnAddresses, OfThisMachineIncludeLoopback) {
    const auto own = own_addresses();
    ASSERT_TRUE(own) << own.error().text();
    EXPECT_NE(std::ranges::find(*own, address("127.0.0.1")), own->end());
}

struct Courtesy {
    const char* host;
    bool public_only;
    bool block_metadata;
};

class Plausible : public testing::TestWithParam<Courtesy> {};

TEST_P(Plausible, SaysWhatConnectingWouldSay) {
    const auto& [host, public_only, block_metadata] = GetParam();
    EXPECT_EQ(policy_of(Mode::public_only).plausible(host), public_only) << host;
    EXPECT_EQ(policy_of(Mode::block_metadata).plausible(host), block_metadata) << host;
}

INSTANTIATE_TEST_SUITE_P(Rule3, Plausible,
                         testing::Values(Courtesy{"example.com", true, true}, Courtesy{"8.8.8.8", true, true},
                                         Courtesy{"127.0.0.1", false, true}, Courtesy{"::1", false, true},
                                         Courtesy{"169.254.169.254", false, false}, Courtesy{"fe80::1", false, false},
                                         Courtesy{"localhost", false, true}, Courtesy{"LocalHost.", false, true},
                                         Courtesy{"a.localhost", false, true}, Courtesy{"db.internal", false, true},
                                         Courtesy{"printer.local", false, true},
                                         Courtesy{"metadata.google.internal", false, false},
                                         Courtesy{"notlocal", true, true}, Courtesy{"127.1", false, false},
                                         Courtesy{"fe80::1%eth0", false, false}, Courtesy{"", false, false}));

TEST(PlausibleLists, OpenNamesThatMayLeadToAllowedRanges) {
    EXPECT_TRUE(policy_of(Mode::public_only, {"10.0.0.0/8"}).plausible("db.internal"));
    EXPECT_TRUE(policy_of(Mode::public_only, {"*.internal"}).plausible("db.internal"));
    EXPECT_FALSE(policy_of(Mode::public_only, {"other.example"}).plausible("db.internal"));
    EXPECT_TRUE(policy_of(Mode::public_only, {"127.0.0.0/8"}).plausible("localhost"));
    EXPECT_TRUE(policy_of(Mode::open).plausible("metadata.google.internal"));
    EXPECT_FALSE(policy_of(Mode::open, {}, {"*.example"}).plausible("a.example"));
}

}  // namespace
}  // namespace outpost::egress
