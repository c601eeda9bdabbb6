#include "net/egress/host.hpp"

#include <boost/asio/ip/address.hpp>

namespace outpost::egress {
namespace {

namespace ip = boost::asio::ip;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_host_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

Result<std::string> canonical_ipv6(std::string_view text) {
    if (text.contains('%')) return fail(Errc::invalid, "host: scope ids are not allowed");
    boost::system::error_code error;
    const auto address = ip::make_address_v6(std::string(text), error);
    if (error) return fail(Errc::invalid, "host: not an IPv6 address");
    return address.to_string();
}

Result<void> check_labels(std::string_view name) {
    std::size_t start = 0;
    while (start <= name.size()) {
        const std::size_t end = std::min(name.find('.', start), name.size());
        if (end == start) return fail(Errc::invalid, "host: a label is empty");
        if (end - start > kHostLabelBytesMax) return fail(Errc::invalid, "host: a label is longer than 63 bytes");
        start = end + 1;
    }
    return {};
}

}  // namespace

bool ends_in_number(std::string_view host) {
    if (const auto dot = host.rfind('.'); dot != std::string_view::npos) host.remove_prefix(dot + 1);
    if (host.empty()) return false;
    if (std::ranges::all_of(host, is_digit)) return true;
    if (!host.starts_with("0x") && !host.starts_with("0X")) return false;
    host.remove_prefix(2);
    return std::ranges::all_of(host, [](char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); });
}

Result<std::string> canonical_host(std::string_view text) {
    if (text.contains(':')) return canonical_ipv6(text);
    std::string name(text);
    std::ranges::transform(name, name.begin(), lower);
    if (name.ends_with('.')) name.pop_back();
    if (name.empty()) return fail(Errc::invalid, "host: empty");
    if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return fail(Errc::invalid, "host: write an international name in its ASCII form (xn--...)");
    if (!std::ranges::all_of(name, is_host_character)) return fail(Errc::invalid, "host: a character is not allowed");
    if (name.size() > kHostBytesMax) return fail(Errc::invalid, "host: longer than 253 bytes");
    TRY_VOID(check_labels(name));
    if (ends_in_number(name)) {
        boost::system::error_code error;
        const auto address = ip::make_address_v4(name, error);
        if (error || address.to_string() != name)
            return fail(Errc::invalid, "host: a numeric host must be four decimal numbers without leading zeros");
    }
    return name;
}

}  // namespace outpost::egress
