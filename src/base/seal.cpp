#include "base/seal.hpp"

#include "base/crypto.hpp"

#include <openssl/evp.h>

namespace outpost {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeaderBytes = 1 + kKeyIdBytes + kNonceBytes;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

CipherContext new_context() {
    return {EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
}

const unsigned char* in(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* out(std::string& text, std::size_t offset = 0) {
    return reinterpret_cast<unsigned char*>(text.data()) + offset;
}

}  // namespace

Sealer::Sealer(std::vector<std::string> secrets) {
    ASSERT(!secrets.empty());
    for (const std::string& secret : secrets) {
        ASSERT(!secret.empty());
        keys_.push_back({hkdf_sha256(secret, "outpost", "key id", kKeyIdBytes),
                         hkdf_sha256(secret, "outpost", "credentials at rest", 32)});
    }
}

std::string Sealer::seal(std::string_view plain, std::string_view context) const {
    const Key& key = keys_.front();
    std::string sealed;
    sealed += kVersion;
    sealed += key.id;
    sealed += random_bytes(kNonceBytes);
    sealed.resize(kHeaderBytes + plain.size() + kTagBytes);
    const CipherContext cipher = new_context();
    int length = 0;
    ASSERT(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, in(key.key), in(sealed) + 1 + kKeyIdBytes) ==
           1);
    ASSERT(EVP_EncryptUpdate(cipher.get(), nullptr, &length, in(context), static_cast<int>(context.size())) == 1);
    ASSERT(EVP_EncryptUpdate(cipher.get(), out(sealed, kHeaderBytes), &length, in(plain),
                             static_cast<int>(plain.size())) == 1);
    ASSERT(EVP_EncryptFinal_ex(cipher.get(), out(sealed, kHeaderBytes + plain.size()), &length) == 1);
    ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                               out(sealed, kHeaderBytes + plain.size())) == 1);
    return sealed;
}

Result<std::string> Sealer::open(std::string_view sealed, std::string_view context) const {
    if (sealed.size() < kHeaderBytes + kTagBytes || sealed.front() != kVersion) {
        return fail(Errc::corrupt, "a sealed secret is damaged");
    }
    const std::string_view id = sealed.substr(1, kKeyIdBytes);
    const auto key = std::ranges::find_if(keys_, [&](const Key& candidate) { return candidate.id == id; });
    if (key == keys_.end()) {
        return fail(Errc::corrupt,
                    "a secret was sealed with another AES_ENCRYPTION_SECRET; give the old one as "
                    "AES_ENCRYPTION_SECRET_PREVIOUS");
    }
    const std::string_view cipher_text = sealed.substr(kHeaderBytes, sealed.size() - kHeaderBytes - kTagBytes);
    std::string tag(sealed.substr(sealed.size() - kTagBytes));
    std::string plain(cipher_text.size(), '\0');
    const CipherContext cipher = new_context();
    int length = 0;
    ASSERT(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, in(key->key), in(sealed) + 1 + kKeyIdBytes) ==
           1);
    ASSERT(EVP_DecryptUpdate(cipher.get(), nullptr, &length, in(context), static_cast<int>(context.size())) == 1);
    ASSERT(EVP_DecryptUpdate(cipher.get(), out(plain), &length, in(cipher_text),
                             static_cast<int>(cipher_text.size())) == 1);
    ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, out(tag)) == 1);
    if (EVP_DecryptFinal_ex(cipher.get(), out(plain, plain.size()), &length) != 1) {
        return fail(Errc::corrupt, "a sealed secret is damaged");
    }
    return plain;
}

}  // namespace outpost
