#include "net/http/url.hpp"

#include "net/egress/host.hpp"

#include <charconv>

namespace outpost::http {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::unexpected<Error> refuse(std::string_view why) {
    return fail(Errc::invalid, fmt::format("url: {}", why));
}

Result<void> check_bytes(std::string_view text) {
    if (text.size() > kUrlBytesMax) return refuse("longer than 16384 bytes");
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte == 0x7f) return refuse("blanks and control characters must be percent-encoded");
        if (c == '\\') return refuse("back-slashes are not allowed");
    }
    return {};
}

/// What RFC 3986 allows there; everything else might be read as the end of the user info by somebody.
bool is_user_info(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return is_letter(c) || is_digit(c) || std::string_view("-._~!$&'()*+,;=%:").contains(c); });
}

Result<std::uint16_t> parse_port(std::string_view text, std::uint16_t scheme_port) {
    if (text.empty()) return scheme_port;
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0)
        return refuse("the port must be a number from 1 to 65535");
    return port;
}

struct HostPort {
    std::string_view host;
    std::string_view port;
    bool bracketed = false;
};

Result<HostPort> split_host_port(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return refuse("an IPv6 address is not closed by ']'");
        const HostPort parts{text.substr(1, close - 1), text.substr(close + 1), true};
        if (parts.port.empty()) return parts;
        if (!parts.port.starts_with(':')) return refuse("after ']' only a port may follow");
        return HostPort{parts.host, parts.port.substr(1), true};
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return HostPort{text, {}, false};
    return HostPort{text.substr(0, colon), text.substr(colon + 1), false};
}

Result<void> parse_authority(std::string_view text, Url& url) {
    if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
        const std::string_view user_info = text.substr(0, at);
        if (!is_user_info(user_info)) return refuse("the user information has a character that is not allowed");
        url.user_info = user_info;
        text.remove_prefix(at + 1);
    }
    TRY(const HostPort parts, split_host_port(text));
    // Names in brackets have been read differently by checkers and connectors (GHSA-qwrf-gfpj-qvj6).
    if (parts.bracketed && !parts.host.contains(':')) return refuse("only an IPv6 address may be in brackets");
    TRY(url.host, egress::canonical_host(parts.host));
    url.is_ipv6 = parts.bracketed;
    TRY(url.port, parse_port(parts.port, url.scheme == "https" ? 443 : 80));
    return {};
}

/// Bytes as given, but for those outside of ASCII, which a request line can't carry.
void append_target(std::string& out, std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
            continue;
        }
        out += '%';
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
    }
}

std::string make_target(std::string_view path, std::string_view query_with_mark) {
    std::string target;
    if (!path.starts_with('/')) target = "/";
    append_target(target, path);
    append_target(target, query_with_mark);
    return target;
}

struct Reference {
    std::string_view scheme;
    std::optional<std::string_view> authority;
    std::string_view path;
    std::optional<std::string_view> query;  ///< with its '?'
};

/// Splits as RFC 3986 appendix B does; the fragment is dropped.
Reference split(std::string_view text) {
    Reference parts;
    text = text.substr(0, text.find('#'));
    if (const std::size_t colon = text.find_first_of(":/?"); colon != std::string_view::npos && text[colon] == ':') {
        parts.scheme = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    if (text.starts_with("//")) {
        const std::size_t end = std::min(text.find_first_of("/?", 2), text.size());
        parts.authority = text.substr(2, end - 2);
        text.remove_prefix(end);
    }
    const std::size_t mark = std::min(text.find('?'), text.size());
    parts.path = text.substr(0, mark);
    if (mark < text.size()) parts.query = text.substr(mark);
    return parts;
}

/// RFC 3986 §5.2.4, for a path that begins with '/'.
std::string remove_dot_segments(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/', 1), path.size());
        const std::string_view segment = path.substr(0, end);
        path.remove_prefix(end);
        const bool up = segment == "/..";
        if (up) out.resize(out.empty() ? 0 : out.rfind('/'));
        if (!up && segment != "/.") out += segment;
        else if (path.empty()) out += '/';
    }
    return out.empty() ? "/" : out;
}

/// RFC 3986 §5.2.3: the base's path up to its last '/', then the reference.
std::string merge(std::string_view base_path, std::string_view path) {
    return std::string(base_path.substr(0, base_path.rfind('/') + 1)) + std::string(path);
}

}  // namespace

std::string Url::authority() const {
    std::string text = is_ipv6 ? fmt::format("[{}]", host) : host;
    if (port != (scheme == "https" ? 443 : 80)) text += fmt::format(":{}", port);
    return text;
}

std::string Url::origin() const {
    return is_ipv6 ? fmt::format("{}://[{}]:{}", scheme, host, port) : fmt::format("{}://{}:{}", scheme, host, port);
}

Result<Url> parse_url(std::string_view text) {
    TRY_VOID(check_bytes(text));
    const Reference parts = split(text);
    Url url;
    url.scheme = parts.scheme;
    std::ranges::transform(url.scheme, url.scheme.begin(),
                           [](char c) { return is_letter(c) ? static_cast<char>(c | 0x20) : c; });
    if (url.scheme != "http" && url.scheme != "https") return refuse("the scheme must be http or https");
    if (!parts.authority) return refuse("\"//\" and a host must follow the scheme");
    TRY_VOID(parse_authority(*parts.authority, url));
    url.target = make_target(parts.path, parts.query.value_or(""));
    return url;
}

Result<Url> resolve_url(const Url& base, std::string_view location) {
    TRY_VOID(check_bytes(location));
    const Reference parts = split(location);
    if (!parts.scheme.empty() || parts.authority) {
        const std::string absolute =
            parts.scheme.empty() ? fmt::format("{}:{}", base.scheme, location) : std::string(location);
        TRY(Url url, parse_url(absolute));
        const std::string path = parts.path.empty() ? "/" : remove_dot_segments(parts.path);
        url.target = make_target(path, parts.query.value_or(""));
        return url;
    }
    Url url = base;
    const std::size_t base_mark = std::min(base.target.find('?'), base.target.size());
    const std::string_view base_path = std::string_view(base.target).substr(0, base_mark);
    if (parts.path.empty()) {
        const std::string_view base_query = std::string_view(base.target).substr(base_mark);
        url.target = make_target(base_path, parts.query.value_or(base_query));
        return url;
    }
    const std::string path = parts.path.starts_with('/') ? std::string(parts.path) : merge(base_path, parts.path);
    url.target = make_target(remove_dot_segments(path), parts.query.value_or(""));
    return url;
}

}  // namespace outpost::http
