// Hex, base64 and the base 62 of cursors.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace outpost {

/// Lower case.
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

/// Standard alphabet, padded.
std::string to_base64(std::string_view bytes);
/// Standard alphabet with correct padding; nullopt otherwise.
std::optional<std::string> from_base64(std::string_view text);
/// URL alphabet, not padded (JWT).
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

/// The bytes as one big-endian integer, written with 0-9a-zA-Z (storage.md §8.3). Leading zero bytes are lost.
std::string to_base62(std::string_view bytes);
/// At most 4096 characters. nullopt for other characters or length.
std::optional<std::string> from_base62(std::string_view text);

}  // namespace outpost
