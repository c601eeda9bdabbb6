// The operator's settings of the webhook type, resolved once at start (destinations.md §2.2, §3).
#pragma once

#include "base/result.hpp"
#include "destinations/webhook/redirect_rules.hpp"
#include "model/template.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outpost::net {
struct Proxy;
}

namespace outpost::webhook {

/// Settings as they were given. nullopt = not set; an environment variable that is set but empty counts as not set for
/// templates, encoding, algorithm and redirects (the caller knows where a value comes from).
struct RawSettings {
    std::string mode;                          ///< DESTINATIONS_WEBHOOK_MODE: exactly "standard", else default mode
    std::string proxy_url;                     ///< …_PROXY_URL: empty = none; may hold a password
    std::optional<std::string> header_prefix;  ///< …_HEADER_PREFIX: empty = default, only blanks = no prefix

    /// …_{EVENT_ID,SIGNATURE,TIMESTAMP,TOPIC}_HEADER_NAME: not set = prefix and key, blank = no header, else the name;
    /// and the deprecated …_DISABLE_DEFAULT_{…}_HEADER, which count only when no name is set.
    struct Header {
        std::optional<std::string> name;
        bool disable_default = false;
    };
    Header event_id, signature, timestamp, topic;

    std::optional<std::string> signature_content_template;
    std::optional<std::string> signature_header_template;
    std::optional<std::string> signature_encoding;   ///< "hex", "base64"; anything else = hex
    std::optional<std::string> signature_algorithm;  ///< "hmac-sha256", "hmac-sha1"; anything else = hmac-sha256
    std::optional<std::string> signing_secret_template;
    std::int64_t max_response_body_bytes = 128 * 1024;  ///< 0 or less = 4 MiB (decision B14)
    bool include_millisecond_timestamp = false;         ///< DESTINATIONS_INCLUDE_MILLISECOND_TIMESTAMP
    std::string user_agent;                             ///< HTTP_USER_AGENT; empty = Outpost/<version>
    std::optional<std::string> redirects;               ///< DESTINATIONS_REDIRECTS: "strict" or "reference"
};

enum class Mode {
    plain,     ///< the default: headers and signature as the operator likes
    standard,  ///< Standard Webhooks (§3)
};

enum class Encoding { hex, base64 };
enum class Algorithm { hmac_sha256, hmac_sha1 };

/// The names under which system headers are sent, prefix included; nullopt = not sent.
struct HeaderNames {
    std::optional<std::string> event_id, signature, timestamp, topic;
};

/// Immutable; any thread; cheap enough to copy to each shard.
struct WebhookSettings {
    Mode mode = Mode::plain;
    std::string header_prefix = "x-outpost-";
    HeaderNames header_names;  ///< in standard mode `topic` is unused: it goes as metadata
    model::Template signature_content;
    model::Template signature_header;
    Encoding encoding = Encoding::hex;
    Algorithm algorithm = Algorithm::hmac_sha256;
    model::Template signing_secret;
    std::size_t response_body_bytes_max = 128 * 1024;
    bool include_millisecond_timestamp = false;
    std::string user_agent;
    RedirectRules redirects = RedirectRules::strict;
    std::shared_ptr<const net::Proxy> proxy;  ///< null = none; shared: by all requests of all shards
    std::vector<std::string> warnings;        ///< for the start log: deprecated variables in use
};

inline constexpr std::size_t kResponseBodyBytesUncapped = 4 * 1024 * 1024;  // decision B14

/// Applies defaults, parses the templates and renders both signature templates once with sample data.
/// @return invalid with the start-up texts of §2.2 and §2.8
Result<WebhookSettings> resolve_settings(const RawSettings& raw);

}  // namespace outpost::webhook
