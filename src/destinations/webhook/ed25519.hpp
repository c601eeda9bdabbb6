// Signatures that a receiver verifies without a secret: v1a of Standard Webhooks. An addition of ours to standard mode.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace outpost::webhook {

/// The 32 bytes of a private key `whsk_…`: base64 of them, or of them and the public key behind them. nullopt for
/// anything else, and when the public key there is another's.
std::optional<std::string> signing_seed(std::string_view secret);

/// `whpk_…`, by which receivers verify. @param seed  32 bytes
std::string public_key_text(std::string_view seed);

/// 64 raw bytes. @param seed  32 bytes
std::string sign_ed25519(std::string_view seed, std::string_view data);

}  // namespace outpost::webhook
