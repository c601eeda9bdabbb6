#include "net/egress/own_addresses.hpp"

#include "net/egress/ranges.hpp"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>

namespace outpost::egress {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> address_of(const sockaddr* raw) {
    if (raw == nullptr) return std::nullopt;
    if (raw->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, raw, sizeof v4);
        return ip::address_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (raw->sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, raw, sizeof v6);
        ip::address_v6::bytes_type bytes;
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        return plain_form(ip::address_v6(bytes));
    }
    return std::nullopt;
}

}  // namespace

Result<std::vector<ip::address>> own_addresses() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0)
        return fail(Errc::unavailable, fmt::format("the machine's addresses are unknown: {}", std::strerror(errno)));
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
    std::vector<ip::address> addresses;
    for (const ifaddrs* entry = list; entry != nullptr && addresses.size() < kOwnAddressesMax;
         entry = entry->ifa_next) {
        const auto address = address_of(entry->ifa_addr);
        if (address && std::ranges::find(addresses, *address) == addresses.end()) addresses.push_back(*address);
    }
    return addresses;
}

}  // namespace outpost::egress
