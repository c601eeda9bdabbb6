// The life of a webhook's secrets: check, generate, rotate, show (destinations.md §2.4–2.6, §3; api.md §8.7).
#pragma once

#include "destinations/webhook/config.hpp"
#include "ports/destination.hpp"

#include <expected>
#include <functional>
#include <optional>
#include <string>

namespace outpost::webhook {

/// What a generated secret may be made of; all three are random and independent of nothing else.
struct SecretMaterial {
    std::string hex;           ///< 64 digits of 32 bytes
    std::string base64;        ///< of the same 32 bytes
    std::string alphanumeric;  ///< 32 characters, drawn separately
};

SecretMaterial random_material();

/// The operator's template rendered, or the form of Standard Webhooks.
/// @return invalid "failed to execute signing secret template: …"
Result<std::string> make_secret(const WebhookSettings& settings, const SecretMaterial& material);

/// A new one of the same kind as `former`: a key pair stays one (`whsk_`).
Result<std::string> make_secret_like(std::string_view former, const WebhookSettings& settings,
                                     const SecretMaterial& material);

using MakeSecret = std::function<Result<std::string>()>;

/// The first broken rule of §2.4 (§3 in standard mode, where a private key `whsk_` is a secret too).
std::optional<ports::FieldProblem> check_credentials(Mode mode, const model::StringMap& credentials);

/// What is stored of `merged` (on create: of what was sent): secrets made or rotated, defaults filled, rights checked;
/// other keys and empty values are dropped. An admin may not leave a destination without the secret it had.
std::expected<model::StringMap, ports::Rejection> prepare_credentials(const model::StringMap& merged,
                                                                      const ports::PreprocessContext& context,
                                                                      const MakeSecret& make_secret);

/// In clear, without the previous secret once its time has passed (§2.6).
model::StringMap shown_credentials(model::StringMap credentials, TimePoint now);

/// For standard mode: private keys masked, with the public ones beside them as `public_key`, `previous_public_key`.
model::StringMap with_public_keys(model::StringMap credentials);

}  // namespace outpost::webhook
