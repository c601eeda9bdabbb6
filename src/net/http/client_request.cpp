#include "net/http/client_request.hpp"

#include "base/encoding.hpp"
#include "net/http/client_proxy.hpp"

#include <array>

namespace outpost::http {
namespace {

constexpr std::size_t kHeadBytesGuess = 512;

/// Fields that frame the message or end at the next hop.
constexpr std::array<std::string_view, 10> kOursAlone = {
    "Host",       "Content-Length", "Transfer-Encoding", "Trailer", "Connection",
    "Keep-Alive", "Upgrade",        "Proxy-Connection",  "TE",      "Proxy-Authorization"};

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_unbroken(std::string_view text) {
    return !text.empty() && std::ranges::none_of(text, [](char c) { return is_control(c) || c == ' '; });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = text[i] == '%' ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
        if (byte && byte->size() == 1) {
            decoded += *byte;
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

void write_field(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

std::unexpected<net::Failure> refused(const char* why) {
    return std::unexpected(net::Failure{net::FailureKind::network_error, why});
}

}  // namespace

std::string basic_credentials(std::string_view user_info) {
    const auto colon = user_info.find(':');
    const auto password = colon == std::string_view::npos ? std::string_view() : user_info.substr(colon + 1);
    return "Basic " + to_base64(percent_decoded(user_info.substr(0, colon)) + ":" + percent_decoded(password));
}

std::expected<std::string, net::Failure> write_request_head(const ClientRequest& request) {
    const std::string authority = request.url.authority();
    if (!is_token(request.method)) return refused("the method is no token");
    if (!is_unbroken(request.url.target) || !is_unbroken(authority)) return refused("the URL can't be written");

    std::string head;
    head.reserve(kHeadBytesGuess);
    head.append(request.method).append(" ");
    if (is_forwarded(request)) head.append(request.url.scheme).append("://").append(authority);
    head.append(request.url.target).append(" HTTP/1.1\r\n");
    write_field(head, "Host", authority);
    if (is_forwarded(request) && !request.proxy->authorization.empty())
        write_field(head, "Proxy-Authorization", request.proxy->authorization);
    const bool may_have_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (may_have_body || !request.body.empty())
        write_field(head, "Content-Length", fmt::to_string(request.body.size()));

    bool encoding_given = false;
    bool authorization_given = false;
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name)) return refused("a header name is no token");
        if (!is_field_value(value)) return refused("a header value has control characters");
        const auto is_name = [&name](std::string_view other) { return equal_ignoring_case(name, other); };
        if (std::ranges::any_of(kOursAlone, is_name)) continue;
        encoding_given = encoding_given || is_name("Accept-Encoding");
        authorization_given = authorization_given || is_name("Authorization");
        write_field(head, name, trimmed(value));
    }
    if (!authorization_given && !request.url.user_info.empty())
        write_field(head, "Authorization", basic_credentials(request.url.user_info));
    if (!encoding_given) write_field(head, "Accept-Encoding", "gzip");
    head += "\r\n";
    return head;
}

}  // namespace outpost::http
