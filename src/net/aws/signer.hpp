// AWS Signature Version 4 in the Authorization header: a chain of HMACs over a canonical form of the request.
#pragma once

#include "base/time.hpp"
#include "net/http/client.hpp"

#include <string>

namespace outpost::aws {

/// Whose name a request is sent in. Always given by the caller: no environment, no file, no instance role is ever
/// asked (decision B17). In clear: never log it.
struct Credentials {
    std::string key_id;
    std::string secret;
    std::string session_token;  ///< empty = none
};

/// What a signature is good for.
struct Scope {
    std::string region;
    std::string service;  ///< "sqs", "kinesis", "s3", "events"
};

/// Adds X-Amz-Date, X-Amz-Security-Token (if there is a token), for "s3" X-Amz-Content-Sha256, and Authorization. Signs
/// the Host field as the client writes it, and every field that the request has but User-Agent; so sign last. A path
/// is taken as it stands on the wire; it is encoded a second time for the canonical form, except for "s3".
/// @param request  not signed before
/// @param time  within 5 to 15 minutes of the service's clock, depending on the service
void sign(http::ClientRequest& request, const Credentials& credentials, const Scope& scope, TimePoint time);

/// Percent-encodes all but A–Z a–z 0–9 - . _ ~ and, if `keep_slash`, the slash.
std::string uri_encode(std::string_view text, bool keep_slash);

}  // namespace outpost::aws
