#include "destinations/aws/account.hpp"

#include "net/aws/regions.hpp"

namespace outpost::aws {

const std::string& value_of(const model::StringMap& values, const std::string& key) {
    static const std::string none;
    const auto found = values.find(key);
    return found == values.end() ? none : found->second;
}

Credentials credentials_of(const model::Destination& destination) {
    const model::StringMap& credentials = destination.credentials;
    return {.key_id = value_of(credentials, "key"),
            .secret = value_of(credentials, "secret"),
            .session_token = value_of(credentials, "session")};
}

std::optional<http::Url> url_of(const model::Destination& destination, const std::string& field) {
    const std::string& text = value_of(destination.config, field);
    if (text.empty()) return std::nullopt;
    auto url = http::parse_url(text);
    if (!url) return std::nullopt;
    return *std::move(url);
}

std::optional<ports::FieldProblem> check_endpoint(const model::Destination& destination) {
    if (value_of(destination.config, "endpoint").empty() || url_of(destination, "endpoint")) return std::nullopt;
    return ports::FieldProblem{"config.endpoint", "pattern"};
}

http::Url regional_root(const model::Destination& destination, std::string_view service) {
    if (auto endpoint = url_of(destination, "endpoint")) return root_of(*std::move(endpoint));
    return {.scheme = "https",
            .user_info = {},
            .host = host_of(service, value_of(destination.config, "region")),
            .port = 443,
            .target = "/"};
}

http::Url root_of(http::Url endpoint) {
    endpoint.target.resize(std::min(endpoint.target.size(), endpoint.target.find('?')));
    while (endpoint.target.ends_with('/')) endpoint.target.pop_back();
    endpoint.target += '/';
    endpoint.user_info.clear();  // it would become a second Authorization
    return endpoint;
}

}  // namespace outpost::aws
