#include "destinations/webhook/ed25519.hpp"

#include "base/encoding.hpp"

#include <openssl/evp.h>

#include <array>
#include <memory>

namespace outpost::webhook {
namespace {

constexpr std::string_view kPrivatePrefix = "whsk_";
constexpr std::string_view kPublicPrefix = "whpk_";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Key key_of(std::string_view seed) {
    ASSERT(seed.size() == kKeyBytes);
    Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()));
    ASSERT(key != nullptr);
    return key;
}

std::string public_key(std::string_view seed) {
    std::array<unsigned char, kKeyBytes> bytes{};
    std::size_t length = bytes.size();
    ASSERT(EVP_PKEY_get_raw_public_key(key_of(seed).get(), bytes.data(), &length) == 1);
    return {reinterpret_cast<const char*>(bytes.data()), length};
}

}  // namespace

std::optional<std::string> signing_seed(std::string_view secret) {
    if (!secret.starts_with(kPrivatePrefix)) return std::nullopt;
    auto bytes = from_base64(secret.substr(kPrivatePrefix.size()));
    if (!bytes) return std::nullopt;
    if (bytes->size() == kKeyBytes) return bytes;
    if (bytes->size() != 2 * kKeyBytes) return std::nullopt;
    std::string seed = bytes->substr(0, kKeyBytes);
    if (bytes->substr(kKeyBytes) != public_key(seed)) return std::nullopt;
    return seed;
}

std::string public_key_text(std::string_view seed) {
    return std::string(kPublicPrefix) + to_base64(public_key(seed));
}

std::string sign_ed25519(std::string_view seed, std::string_view data) {
    const Key key = key_of(seed);
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
    std::array<unsigned char, kSignatureBytes> signature{};
    std::size_t length = signature.size();
    ASSERT(context != nullptr && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    ASSERT(EVP_DigestSign(context.get(), signature.data(), &length, bytes_of(data), data.size()) == 1);
    return {reinterpret_cast<const char*>(signature.data()), length};
}

}  // namespace outpost::webhook
