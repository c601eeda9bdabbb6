// Every range of destinations.md §15.4 rules 4 and 5: first, last and both neighbours, in each mode (hard-cases T-60).
#include "net/egress/policy.hpp"

#include <gtest/gtest.h>

namespace outpost::egress {
namespace {

namespace ip = boost::asio::ip;

/// A range, what public-only and block-metadata say inside of it, and what they say of the address below and above.
struct Row {
    const char* cidr;
    bool public_inside;
    bool metadata_inside;
    bool public_below;
    bool public_above;
};

// Written from the contract, not from the table under test. Below 0.0.0.0 and above 255.255.255.255 there is nothing.
constexpr Row kRows[] = {
    {"0.0.0.0/8", false, true, true, true},         {"10.0.0.0/8", false, true, true, true},
    {"100.64.0.0/10", false, true, true, true},     {"127.0.0.0/8", false, true, true, true},
    {"168.63.129.16/32", false, false, true, true}, {"169.254.0.0/16", false, false, true, true},
    {"172.16.0.0/12", false, true, true, true},     {"192.0.0.0/24", false, true, true, true},
    {"192.0.2.0/24", false, true, true, true},      {"192.88.99.0/24", false, true, true, true},
    {"192.168.0.0/16", false, true, true, true},    {"198.18.0.0/15", false, true, true, true},
    {"198.51.100.0/24", false, true, true, true},   {"203.0.113.0/24", false, true, true, true},
    {"224.0.0.0/4", false, true, true, false},      {"240.0.0.0/4", false, true, false, true},
    {"8.8.8.0/24", true, true, true, true},         {"2000::/3", true, true, false, false},
    {"2001::/32", false, true, true, false},        {"2001::/23", false, true, true, true},
    {"2001:10::/28", false, true, false, false},    {"2001:20::/28", false, true, false, false},
    {"2001:db8::/32", false, true, true, true},     {"2606:4700::/32", true, true, true, true},
    {"3fff::/20", false, true, true, true},         {"::/128", false, true, true, false},
    {"::1/128", false, true, false, false},         {"::/96", false, true, true, false},
    {"64:ff9b:1::/48", false, true, false, false},  {"100::/64", false, true, false, false},
    {"fc00::/7", false, true, false, false},        {"fd00:ec2::254/128", false, false, false, false},
    {"fe80::/10", false, false, false, false},      {"fec0::/10", false, true, false, false},
    {"ff00::/8", false, true, false, true},
};

template <class Bytes>
std::optional<Bytes> step(Bytes bytes, int by) {
    for (std::size_t i = bytes.size(); i-- > 0;) {
        const int sum = bytes[i] + by;
        bytes[i] = static_cast<unsigned char>(sum);
        if (sum >= 0 && sum <= 255) return bytes;
    }
    return std::nullopt;  // over the end of the address space
}

template <class Bytes>
Bytes last_of(Bytes bytes, unsigned prefix) {
    for (unsigned bit = prefix; bit < bytes.size() * 8; ++bit)
        bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] | (0x80u >> (bit % 8)));
    return bytes;
}

struct Range {
    ip::address first, last;
    std::optional<ip::address> below, above;
};

template <class Address, class Bytes>
Range range_of(const Bytes& first, unsigned prefix) {
    Range range{Address(first), Address(last_of(first, prefix)), {}, {}};
    if (const auto bytes = step(first, -1)) range.below = Address(*bytes);
    if (const auto bytes = step(last_of(first, prefix), 1)) range.above = Address(*bytes);
    return range;
}

Range parse(std::string_view cidr) {
    const auto slash = cidr.find('/');
    const auto address = ip::make_address(std::string(cidr.substr(0, slash)));
    const auto prefix = static_cast<unsigned>(std::stoul(std::string(cidr.substr(slash + 1))));
    if (address.is_v4()) return range_of<ip::address_v4>(address.to_v4().to_bytes(), prefix);
    return range_of<ip::address_v6>(address.to_v6().to_bytes(), prefix);
}

Policy policy_of(Mode mode, std::vector<std::string> allow = {}, std::vector<std::string> deny = {}) {
    return *Policy::make(Settings{mode, std::move(allow), std::move(deny)});
}

ip::address wrapped(const char* prefix, const ip::address& inner, std::size_t at) {
    auto bytes = ip::make_address_v6(prefix).to_bytes();
    std::ranges::copy(inner.to_v4().to_bytes(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    return ip::address_v6(bytes);
}

class Boundaries : public testing::TestWithParam<Row> {
protected:
    const Range range_ = parse(GetParam().cidr);
    const Policy public_only_ = policy_of(Mode::public_only);
    const Policy block_metadata_ = policy_of(Mode::block_metadata);
    const Policy open_ = policy_of(Mode::open);
};

TEST_P(Boundaries, PublicOnlySplitsAtTheEdge) {
    const Row& row = GetParam();
    EXPECT_EQ(public_only_.permits("h.example", range_.first), row.public_inside);
    EXPECT_EQ(public_only_.permits("h.example", range_.last), row.public_inside);
    if (range_.below) EXPECT_EQ(public_only_.permits("h.example", *range_.below), row.public_below) << *range_.below;
    if (range_.above) EXPECT_EQ(public_only_.permits("h.example", *range_.above), row.public_above) << *range_.above;
}

TEST_P(Boundaries, BlockMetadataSplitsAtTheEdgeOfItsOwnRangesOnly) {
    const Row& row = GetParam();
    EXPECT_EQ(block_metadata_.permits("h.example", range_.first), row.metadata_inside);
    EXPECT_EQ(block_metadata_.permits("h.example", range_.last), row.metadata_inside);
    // fe80::/10 ends where fec0::/10 begins: the only neighbour that is itself blocked.
    const bool below = std::string_view(row.cidr) != "fec0::/10";
    if (range_.below) EXPECT_EQ(block_metadata_.permits("h.example", *range_.below), below);
    if (range_.above) EXPECT_TRUE(block_metadata_.permits("h.example", *range_.above));
}

TEST_P(Boundaries, OpenPermitsAll) {
    EXPECT_TRUE(open_.permits("h.example", range_.first));
    EXPECT_TRUE(open_.permits("h.example", range_.last));
}

TEST_P(Boundaries, TheAllowListOpensExactlyTheRangeAndDenyClosesIt) {
    const Policy allowing = policy_of(Mode::public_only, {GetParam().cidr});
    EXPECT_TRUE(allowing.permits("h.example", range_.first));
    EXPECT_TRUE(allowing.permits("h.example", range_.last));
    if (range_.below) EXPECT_EQ(allowing.permits("h.example", *range_.below), GetParam().public_below);
    if (range_.above) EXPECT_EQ(allowing.permits("h.example", *range_.above), GetParam().public_above);
    const Policy denying = policy_of(Mode::open, {GetParam().cidr}, {GetParam().cidr});
    EXPECT_FALSE(denying.permits("h.example", range_.first));
    EXPECT_FALSE(denying.permits("h.example", range_.last));
    if (range_.below) EXPECT_TRUE(denying.permits("h.example", *range_.below));
    if (range_.above) EXPECT_TRUE(denying.permits("h.example", *range_.above));
}

class WrappedBoundaries : public Boundaries {};

TEST_P(WrappedBoundaries, AreJudgedByTheAddressInside) {
    const Row& row = GetParam();
    for (const auto& inner : {range_.first, range_.last}) {
        const auto mapped = wrapped("::ffff:0:0", inner, 12);
        EXPECT_EQ(public_only_.permits("h.example", mapped), row.public_inside) << mapped;
        EXPECT_EQ(block_metadata_.permits("h.example", mapped), row.metadata_inside) << mapped;
        for (const auto& form : {wrapped("64:ff9b::", inner, 12), wrapped("2002::", inner, 2)}) {
            EXPECT_FALSE(public_only_.permits("h.example", form)) << form;  // T-60: neither is global unicast
            EXPECT_EQ(block_metadata_.permits("h.example", form), row.metadata_inside) << form;
            EXPECT_TRUE(open_.permits("h.example", form)) << form;
        }
        // Allowing the wrapping alone does not open what is inside.
        const Policy nat64 = policy_of(Mode::public_only, {"64:ff9b::/96"});
        EXPECT_EQ(nat64.permits("h.example", wrapped("64:ff9b::", inner, 12)), row.public_inside);
    }
}

std::string name_of(const testing::TestParamInfo<Row>& info) {
    std::string name = info.param.cidr;
    std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
    return name;
}

std::vector<Row> rows_of_ipv4() {
    std::vector<Row> rows;
    std::ranges::copy_if(kRows, std::back_inserter(rows), [](const Row& row) { return parse(row.cidr).first.is_v4(); });
    return rows;
}

INSTANTIATE_TEST_SUITE_P(Contract, Boundaries, testing::ValuesIn(kRows), name_of);
INSTANTIATE_TEST_SUITE_P(Contract, WrappedBoundaries, testing::ValuesIn(rows_of_ipv4()), name_of);

TEST(Ranges, NamedMetadataServicesAreNeverReachedByDefault) {
    const Policy policy = policy_of(Mode::block_metadata);
    for (const char* text : {"169.254.169.254", "169.254.170.2", "169.254.170.23", "168.63.129.16", "fd00:ec2::254",
                             "fe80::a9fe:a9fe", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"})
        EXPECT_FALSE(policy.permits("h.example", ip::make_address(text))) << text;
}

}  // namespace
}  // namespace outpost::egress
