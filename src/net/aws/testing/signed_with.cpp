#include "net/aws/testing/signed_with.hpp"

namespace outpost::aws {
namespace {

/// The part of `text` between two marks.
std::string_view between(std::string_view text, std::string_view from, std::string_view to) {
    const auto start = text.find(from);
    if (start == std::string_view::npos) return {};
    text.remove_prefix(start + from.size());
    return text.substr(0, text.find(to));
}

TimePoint time_of(std::string_view compact) {
    if (compact.size() != 16) return {};
    const auto part = [&](std::size_t at, std::size_t count) { return compact.substr(at, count); };
    const auto time = parse_rfc3339(
        fmt::format("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 2), part(6, 2), part(9, 2), part(11, 2), part(13, 2)));
    return time.value_or(TimePoint());
}

}  // namespace

bool is_signed_with(const http::FakeRequest& request, const Credentials& credentials) {
    const auto given = request.headers.find("Authorization");
    const auto host = request.headers.find("Host");
    const auto date = request.headers.find("X-Amz-Date");
    if (!given || !host || !date) return false;
    const std::string names = fmt::format(";{};", between(*given, "SignedHeaders=", ","));
    http::ClientRequest again{.method = request.method, .url = {}, .headers = {}, .body = Bytes(request.body)};
    const auto url = http::parse_url(fmt::format("http://{}{}", *host, request.target));
    if (!url) return false;
    again.url = *url;
    for (const auto& [name, value] : request.headers) {
        std::string key = name;
        std::ranges::transform(key, key.begin(), [](unsigned char c) { return std::tolower(c); });
        if (key != "host" && names.contains(fmt::format(";{};", key))) again.headers.add(name, value);
    }
    std::vector<std::string> scope;  // key id, date, region, service
    std::string_view rest = between(*given, "Credential=", ",");
    for (int i = 0; i < 4; ++i) {
        scope.emplace_back(rest.substr(0, rest.find('/')));
        rest.remove_prefix(std::min(rest.size(), scope.back().size() + 1));
    }
    sign(again, credentials, {.region = scope[2], .service = scope[3]}, time_of(*date));
    return again.headers.find("Authorization") == given;
}

}  // namespace outpost::aws
