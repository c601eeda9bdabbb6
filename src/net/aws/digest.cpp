#include "net/aws/digest.hpp"

#include <openssl/evp.h>

#include <array>

namespace outpost::aws {

std::string md5(std::string_view data) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (EVP_Digest(data.data(), data.size(), digest.data(), &length, EVP_md5(), nullptr) != 1) return {};
    return {reinterpret_cast<const char*>(digest.data()), length};
}

}  // namespace outpost::aws
