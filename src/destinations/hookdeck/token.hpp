// The token of a source: who it belongs to, and what it signs (destinations.md §4.2, §4.3).
#pragma once

#include "model/destination.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace outpost::hookdeck {

/// Standard base64 of `<source id>:<anything>`. The whole text is the signing key.
struct Token {
    std::string text;
    std::string source_id;  ///< may be empty
};

/// @return nullopt when it is no base64, has no colon, or its source id is a step up or on the spot in a path
std::optional<Token> parse_token(std::string_view text);

/// credentials.token; empty when there is none.
std::string_view token_text(const model::Destination& destination);

/// The id as one step of a path: what could leave it is percent-encoded (§15.2).
std::string path_step(std::string_view source_id);

/// The value of X-Hookdeck-Signature.
std::string signature(const Token& token, std::string_view body);

}  // namespace outpost::hookdeck
