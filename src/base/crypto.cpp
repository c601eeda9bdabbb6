#include "base/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <array>
#include <memory>

namespace outpost {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string digest(const EVP_MD* method, std::string_view data) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned int length = 0;
    ASSERT(EVP_Digest(data.data(), data.size(), out.data(), &length, method, nullptr) == 1);
    return {reinterpret_cast<const char*>(out.data()), length};
}

struct FreeMac {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Mac = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

Mac make_hmac(std::string method) {
    EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
    ASSERT(algorithm != nullptr);
    Mac mac(EVP_MAC_CTX_new(algorithm));
    EVP_MAC_free(algorithm);
    const std::array<OSSL_PARAM, 2> parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, method.data(), 0), OSSL_PARAM_construct_end()};
    ASSERT(mac != nullptr && EVP_MAC_CTX_set_params(mac.get(), parameters.data()) == 1);
    return mac;
}

std::string hmac(EVP_MAC_CTX* mac, std::string_view key, std::string_view data) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    std::size_t length = 0;
    // A null key pointer would mean "reuse the last key"; an empty secret is a real, empty key.
    const unsigned char* const key_data = bytes_of(key.empty() ? std::string_view("") : key);
    ASSERT(EVP_MAC_init(mac, key_data, key.size(), nullptr) == 1);
    ASSERT(EVP_MAC_update(mac, bytes_of(data), data.size()) == 1);
    ASSERT(EVP_MAC_final(mac, out.data(), &length, out.size()) == 1);
    return {reinterpret_cast<const char*>(out.data()), length};
}

}  // namespace

std::string sha256(std::string_view data) {
    return digest(EVP_sha256(), data);
}
std::string sha1(std::string_view data) {
    return digest(EVP_sha1(), data);
}
std::string hmac_sha256(std::string_view key, std::string_view data) {
    // One a thread: to look the algorithm up costs more than to sign a small body.
    thread_local const Mac mac = make_hmac("SHA256");
    return hmac(mac.get(), key, data);
}
std::string hmac_sha1(std::string_view key, std::string_view data) {
    thread_local const Mac mac = make_hmac("SHA1");
    return hmac(mac.get(), key, data);
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) == 1);
    return out;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hkdf_sha256(std::string_view secret, std::string_view salt, std::string_view info, std::size_t length) {
    std::string out(length, '\0');
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), &EVP_PKEY_CTX_free);
    ASSERT(context != nullptr);
    ASSERT(EVP_PKEY_derive_init(context.get()) == 1);
    ASSERT(EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) == 1);
    ASSERT(EVP_PKEY_CTX_set1_hkdf_salt(context.get(), bytes_of(salt), static_cast<int>(salt.size())) == 1);
    ASSERT(EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes_of(secret), static_cast<int>(secret.size())) == 1);
    ASSERT(EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytes_of(info), static_cast<int>(info.size())) == 1);
    std::size_t produced = length;
    ASSERT(EVP_PKEY_derive(context.get(), reinterpret_cast<unsigned char*>(out.data()), &produced) == 1);
    return out;
}

}  // namespace outpost
