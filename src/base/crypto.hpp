// Hashes, HMAC and random bytes, all from OpenSSL.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace outpost {

/// Raw digests.
std::string sha256(std::string_view data);
std::string sha1(std::string_view data);
std::string hmac_sha256(std::string_view key, std::string_view data);
std::string hmac_sha1(std::string_view key, std::string_view data);

/// `count` bytes from the system's generator. Aborts if it fails: nothing secret may be made without it.
std::string random_bytes(std::size_t count);

/// Compares in time that depends only on the lengths (decision A16).
bool equal_constant_time(std::string_view a, std::string_view b);

/// HKDF-SHA256 (RFC 5869).
std::string hkdf_sha256(std::string_view secret, std::string_view salt, std::string_view info, std::size_t length);

}  // namespace outpost
