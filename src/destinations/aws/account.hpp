// What a destination says of the account it sends to: keys and endpoint.
#pragma once

#include "net/aws/signer.hpp"
#include "net/http/url.hpp"
#include "ports/destination.hpp"

#include <optional>

namespace outpost::aws {

/// A value of a map; "" when it is not there.
const std::string& value_of(const model::StringMap& values, const std::string& key);

/// credentials.key, .secret, .session. Nothing else is ever consulted (decision B17).
Credentials credentials_of(const model::Destination& destination);

/// The URL that `field` of config holds; none when it is empty or can't be parsed.
std::optional<http::Url> url_of(const model::Destination& destination, const std::string& field);

/// "config.endpoint", "pattern" when there is an endpoint that is no absolute http or https URL.
std::optional<ports::FieldProblem> check_endpoint(const model::Destination& destination);

/// Where calls to a service go: config.endpoint, else the service's host in config.region. For checked destinations.
http::Url regional_root(const model::Destination& destination, std::string_view service);

/// What calls go to: the endpoint's path ends with one slash, its query is dropped.
http::Url root_of(http::Url endpoint);

}  // namespace outpost::aws
