// Hex, base64 and base 62, both ways: every text has one reading, every content one form.
#include "base/encoding.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"

namespace outpost::fuzz {

void encoding_fuzz(std::string_view input);

namespace {

bool is_equal(const std::optional<std::string>& decoded, std::string_view expected) {
    return decoded.has_value() && *decoded == expected;
}

}  // namespace

void encoding_fuzz(std::string_view bytes) {
    if (const auto decoded = from_base64(bytes)) ASSERT(to_base64(*decoded) == bytes);
    if (const auto decoded = from_base64url(bytes)) ASSERT(to_base64url(*decoded) == bytes);
    if (const auto decoded = from_hex(bytes)) ASSERT(is_equal(from_hex(to_hex(*decoded)), *decoded));
    if (const auto decoded = from_base62(bytes)) {
        const std::string_view significant = bytes.substr(std::min(bytes.find_first_not_of('0'), bytes.size()));
        ASSERT(to_base62(*decoded) == significant);
    }
    ASSERT(is_equal(from_base64(to_base64(bytes)), bytes));
    ASSERT(is_equal(from_base64url(to_base64url(bytes)), bytes));
    ASSERT(is_equal(from_hex(to_hex(bytes)), bytes));
    const std::string_view significant =
        bytes.substr(std::min(bytes.find_first_not_of(std::string_view("\0", 1)), bytes.size()));
    const std::string base62 = to_base62(bytes);
    constexpr std::size_t kBase62CharactersMax = 4096;
    if (!base62.empty() && base62.size() <= kBase62CharactersMax) ASSERT(is_equal(from_base62(base62), significant));

    const std::string text = to_utf8(bytes);
    ASSERT(is_utf8(text) && to_utf8(text) == text && (text == bytes) == is_utf8(bytes));
}

}  // namespace outpost::fuzz
