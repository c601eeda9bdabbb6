#include "net/egress/ranges.hpp"

namespace outpost::egress {
namespace {

namespace ip = boost::asio::ip;

struct Block4 {
    std::array<unsigned char, 4> network;
    unsigned prefix;
};
struct Block6 {
    std::array<unsigned char, 16> network;
    unsigned prefix;
};

constexpr Block4 kSpecial4[] = {
    {{0, 0, 0, 0}, 8},         // this network; connecting to 0.0.0.0 reaches loopback
    {{10, 0, 0, 0}, 8},        // private
    {{100, 64, 0, 0}, 10},     // carrier-grade NAT
    {{127, 0, 0, 0}, 8},       // loopback
    {{168, 63, 129, 16}, 32},  // Azure's host agent
    {{169, 254, 0, 0}, 16},    // link-local, metadata services
    {{172, 16, 0, 0}, 12},     // private
    {{192, 0, 0, 0}, 24},      // protocol assignments
    {{192, 0, 2, 0}, 24},      // documentation
    {{192, 88, 99, 0}, 24},    // 6to4 relays
    {{192, 168, 0, 0}, 16},    // private
    {{198, 18, 0, 0}, 15},     // benchmarks
    {{198, 51, 100, 0}, 24},   // documentation
    {{203, 0, 113, 0}, 24},    // documentation
    {{224, 0, 0, 0}, 4},       // multicast
    {{240, 0, 0, 0}, 4},       // reserved, broadcast
};
constexpr Block4 kMetadata4[] = {{{169, 254, 0, 0}, 16}, {{168, 63, 129, 16}, 32}};

constexpr Block6 kGlobal6 = {{0x20}, 3};
constexpr Block6 kSpecial6[] = {
    {{0x20, 0x01}, 23},              // special-purpose: Teredo, ORCHID and the rest of 2001::/23
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4
    {{0x3f, 0xff}, 20},              // documentation
};
constexpr Block6 kMetadata6[] = {
    {{0xfe, 0x80}, 10},                                                         // link-local
    {{0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}, 128},  // AWS metadata
};
constexpr Block6 kNat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr Block6 k6to4 = {{0x20, 0x02}, 16};

template <class Bytes, class Block>
bool inside(const Bytes& address, const Block& block) {
    return same_prefix(address, block.network, block.prefix);
}

template <class Bytes, class Blocks>
bool inside_any(const Bytes& address, const Blocks& blocks) {
    return std::ranges::any_of(blocks, [&](const auto& block) { return inside(address, block); });
}

}  // namespace

bool same_prefix(std::span<const unsigned char> a, std::span<const unsigned char> b, unsigned prefix) {
    const std::size_t whole = prefix / 8;
    if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
    const unsigned rest = prefix % 8;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

ip::address plain_form(const ip::address& address) {
    if (address.is_v4()) return address;
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6);
    return ip::address_v6(v6.to_bytes());
}

std::optional<ip::address_v4> embedded_v4(const ip::address& address) {
    if (!address.is_v6()) return std::nullopt;
    const auto bytes = address.to_v6().to_bytes();
    const auto inner = [&](std::size_t at) {
        return ip::address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
    };
    if (inside(bytes, kNat64)) return inner(12);
    if (inside(bytes, k6to4)) return inner(2);
    return std::nullopt;
}

bool is_host_metadata(const ip::address& address) {
    return address.is_v4() ? inside_any(address.to_v4().to_bytes(), kMetadata4)
                           : inside_any(address.to_v6().to_bytes(), kMetadata6);
}

bool is_public(const ip::address& address) {
    if (address.is_v4()) return !inside_any(address.to_v4().to_bytes(), kSpecial4);
    const auto bytes = address.to_v6().to_bytes();
    return inside(bytes, kGlobal6) && !inside_any(bytes, kSpecial6);
}

}  // namespace outpost::egress
