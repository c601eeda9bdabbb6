// Signatures over the sent bytes (destinations.md §2.8, §3).
#pragma once

#include "destinations/webhook/config.hpp"
#include "model/event.hpp"
#include "model/string_map.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::webhook {

/// `secret`, then `previous_secret` unless `previous_secret_invalid_at` has passed. An end that can't be read has not
/// passed. A destination without a secret signs with the empty one in default mode (§13.1 D7).
std::vector<std::string_view> live_secrets(const model::StringMap& credentials, TimePoint now);

/// The HMAC key of a Standard Webhooks secret: the bytes behind "whsec_". nullopt if that is not base64, or empty.
std::optional<std::string> standard_key(std::string_view secret);

/// The value of the signature header for `event` sent at `time`. The signed bytes are Event::data (decision B1).
/// @return invalid when a template fails on these values, its result can't be a header, or a secret is no key
Result<std::string> signature_header(const WebhookSettings& settings, const model::StringMap& credentials,
                                     const model::Event& event, TimePoint time);

/// Which of the two templates can't be rendered with the sample data of §2.8, and why.
struct TemplateTrouble {
    bool of_content = true;
    std::string text;
};
std::expected<void, TemplateTrouble> try_templates(const model::Template& content, const model::Template& header);

}  // namespace outpost::webhook
