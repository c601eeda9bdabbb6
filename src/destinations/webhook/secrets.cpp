#include "destinations/webhook/secrets.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "destinations/webhook/ed25519.hpp"
#include "destinations/webhook/signature.hpp"
#include "model/destination_type.hpp"

namespace outpost::webhook {
namespace {

constexpr const char* kSecret = "secret";
constexpr const char* kPrevious = "previous_secret";
constexpr const char* kInvalidAt = "previous_secret_invalid_at";
constexpr std::array<const char*, 3> kKept = {kSecret, kPrevious, kInvalidAt};

constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kAlphanumericLength = 32;
constexpr std::size_t kSecretBytesMax = 4096;
constexpr std::chrono::hours kRotationWindow{24};

std::string value_of(const model::StringMap& map, const char* key) {
    const auto found = map.find(key);
    return found == map.end() ? std::string() : found->second;
}

std::unexpected<ports::Rejection> reject(const char* key, const char* rule) {
    return std::unexpected(ports::Rejection{.problems = {{fmt::format("credentials.{}", key), rule}}});
}

bool is_truthy(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
    return text == "true" || text == "1" || text == "on" || text == "yes";
}

/// The three keys that are stored, without empty values.
model::StringMap kept(const model::StringMap& credentials) {
    model::StringMap result;
    for (const char* key : kKept)
        if (std::string value = value_of(credentials, key); !value.empty()) result.emplace(key, std::move(value));
    return result;
}

bool is_standard_secret(std::string_view secret) {
    return standard_key(secret).has_value() || signing_seed(secret).has_value();
}

std::string end_of_window(TimePoint now) {
    return to_rfc3339_seconds(now + kRotationWindow);
}

std::expected<std::string, ports::Rejection> generate(const MakeSecret& make_secret) {
    auto secret = make_secret();
    if (!secret) return std::unexpected(ports::Rejection{.text = secret.error().text()});
    return *std::move(secret);
}

using Prepared = std::expected<model::StringMap, ports::Rejection>;

Prepared create(const model::StringMap& sent, ports::Role role, const MakeSecret& make_secret) {
    if (is_truthy(value_of(sent, "rotate_secret"))) return reject("rotate_secret", "invalid");
    model::StringMap credentials = kept(sent);
    if (role == ports::Role::tenant) {
        for (const char* key : kKept)
            if (credentials.contains(key)) return reject(key, "forbidden");
    }
    if (!credentials.empty()) return credentials;
    auto secret = generate(make_secret);
    if (!secret) return std::unexpected(secret.error());
    credentials.emplace(kSecret, *std::move(secret));
    return credentials;
}

Prepared rotate(const model::StringMap& stored, const ports::PreprocessContext& context,
                const MakeSecret& make_secret) {
    std::string previous = value_of(stored, kSecret);
    if (previous.empty()) return reject(kSecret, "required");
    auto secret = generate(make_secret);
    if (!secret) return std::unexpected(secret.error());
    // The end of the window comes from this very request; one that is stored belongs to an older rotation.
    std::string invalid_at = value_of(context.sent_credentials, kInvalidAt);
    if (invalid_at.empty()) invalid_at = end_of_window(context.now);
    return model::StringMap{
        {kSecret, *std::move(secret)}, {kPrevious, std::move(previous)}, {kInvalidAt, std::move(invalid_at)}};
}

Prepared update(const model::StringMap& merged, const model::StringMap& stored,
                const ports::PreprocessContext& context) {
    model::StringMap credentials = kept(merged);
    if (context.role == ports::Role::tenant) {
        for (const char* key : kKept) {
            const auto value = credentials.find(key);
            if (value != credentials.end() && value->second != value_of(stored, key)) return reject(key, "forbidden");
        }
        credentials = kept(stored);
    }
    if (!credentials.contains(kSecret) && !value_of(stored, kSecret).empty()) return reject(kSecret, "required");
    if (credentials.contains(kPrevious) && !credentials.contains(kInvalidAt))
        credentials.emplace(kInvalidAt, end_of_window(context.now));
    return credentials;
}

}  // namespace

SecretMaterial random_material() {
    static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    // Bytes from here on would make the first letters likelier than the others.
    static constexpr std::size_t kFairBelow = 256 - 256 % kAlphabet.size();
    SecretMaterial material;
    const std::string bytes = random_bytes(kRandomBytes);
    material.hex = to_hex(bytes);
    material.base64 = to_base64(bytes);
    while (material.alphanumeric.size() < kAlphanumericLength) {
        const auto byte = static_cast<unsigned char>(random_bytes(1).front());
        if (byte < kFairBelow) material.alphanumeric += kAlphabet[byte % kAlphabet.size()];
    }
    return material;
}

Result<std::string> make_secret(const WebhookSettings& settings, const SecretMaterial& material) {
    if (settings.mode == Mode::standard) return "whsec_" + material.base64;
    const model::TemplateData data = {{"RandomHex", Bytes(material.hex)},
                                      {"RandomBase64", Bytes(material.base64)},
                                      {"RandomAlphanumeric", Bytes(material.alphanumeric)}};
    auto secret = settings.signing_secret.render(data, kSecretBytesMax);
    if (!secret)
        return fail(secret.error().code(),
                    fmt::format("failed to execute signing secret template: {}", secret.error().text()));
    return secret;
}

Result<std::string> make_secret_like(std::string_view former, const WebhookSettings& settings,
                                     const SecretMaterial& material) {
    if (settings.mode == Mode::standard && signing_seed(former)) return "whsk_" + material.base64;
    return make_secret(settings, material);
}

std::optional<ports::FieldProblem> check_credentials(Mode mode, const model::StringMap& credentials) {
    const std::string secret = value_of(credentials, kSecret);
    const std::string previous = value_of(credentials, kPrevious);
    const std::string invalid_at = value_of(credentials, kInvalidAt);
    const auto problem = [](const char* key, const char* rule) {
        return ports::FieldProblem{fmt::format("credentials.{}", key), rule};
    };
    if (secret.empty() && previous.empty() && invalid_at.empty()) return std::nullopt;
    if (secret.empty()) return problem(kSecret, "required");
    const bool standard = mode == Mode::standard;
    if (standard && !is_standard_secret(secret)) return problem(kSecret, "pattern");
    if (!invalid_at.empty() && !parse_rfc3339(invalid_at)) return problem(kInvalidAt, "pattern");
    if (standard && !previous.empty() && !is_standard_secret(previous)) return problem(kPrevious, "pattern");
    if (!previous.empty() && invalid_at.empty()) return problem(kInvalidAt, "required");
    if (previous.empty() && !invalid_at.empty()) return problem(kPrevious, "required");
    return std::nullopt;
}

std::expected<model::StringMap, ports::Rejection> prepare_credentials(const model::StringMap& merged,
                                                                      const ports::PreprocessContext& context,
                                                                      const MakeSecret& make_secret) {
    if (context.stored == nullptr) return create(merged, context.role, make_secret);
    const model::StringMap& stored = context.stored->credentials;
    if (is_truthy(value_of(context.sent_credentials, "rotate_secret"))) return rotate(stored, context, make_secret);
    return update(merged, stored, context);
}

model::StringMap shown_credentials(model::StringMap credentials, TimePoint now) {
    const auto invalid_at = parse_rfc3339(value_of(credentials, kInvalidAt));
    if (invalid_at && now > *invalid_at) {
        credentials.erase(kPrevious);
        credentials.erase(kInvalidAt);
    }
    return credentials;
}

model::StringMap with_public_keys(model::StringMap credentials) {
    for (const auto& [key, shown_as] :
         {std::pair(kSecret, "public_key"), std::pair(kPrevious, "previous_public_key")}) {
        const auto found = credentials.find(key);
        const auto seed = found == credentials.end() ? std::nullopt : signing_seed(found->second);
        if (!seed) continue;
        found->second = model::mask(found->second);
        credentials.insert_or_assign(shown_as, public_key_text(*seed));
    }
    return credentials;
}

}  // namespace outpost::webhook
