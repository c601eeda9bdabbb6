#include "base/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace outpost {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t kBase62CharactersMax = 4096;

std::array<std::int8_t, 256> reverse(std::string_view alphabet) {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    }
    return table;
}

std::string encode64(std::string_view bytes, std::string_view alphabet, bool pad) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::size_t i = 0;
    const auto byte = [&](std::size_t at) -> std::uint32_t {
        return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
    };
    for (; i < bytes.size(); i += 3) {
        const std::uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        const std::size_t digits = std::min<std::size_t>(bytes.size() - i, 3) + 1;
        for (std::size_t digit = 0; digit < 4; ++digit) {
            if (digit < digits) out += alphabet[(group >> (18 - 6 * digit)) & 63];
            else if (pad) out += '=';
        }
    }
    return out;
}

std::optional<std::string> decode64(std::string_view text, const std::array<std::int8_t, 256>& table) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t group = 0;
    std::size_t bits = 0;
    for (const char character : text) {
        const std::int8_t digit = table[static_cast<unsigned char>(character)];
        if (digit < 0) return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(group >> bits & 0xFF);
        }
    }
    if ((group & ((1U << bits) - 1)) != 0) return std::nullopt;  // stray bits: not a canonical encoding
    return out;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char character : bytes) {
        const auto byte = static_cast<unsigned char>(character);
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]);
        const int low = digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high << 4 | low);
    }
    return out;
}

std::string to_base64(std::string_view bytes) {
    return encode64(bytes, kStandard, true);
}

std::optional<std::string> from_base64(std::string_view text) {
    static const auto table = reverse(kStandard);
    if (text.size() % 4 != 0) return std::nullopt;
    if (text.ends_with("==")) text.remove_suffix(2);
    else if (text.ends_with('=')) text.remove_suffix(1);
    return decode64(text, table);
}

std::string to_base64url(std::string_view bytes) {
    return encode64(bytes, kUrl, false);
}

std::optional<std::string> from_base64url(std::string_view text) {
    static const auto table = reverse(kUrl);
    return decode64(text, table);
}

std::string to_base62(std::string_view bytes) {
    std::vector<std::uint8_t> number(bytes.begin(), bytes.end());
    std::string out;
    std::size_t first = 0;
    while (first < number.size() && number[first] == 0) ++first;
    while (first < number.size()) {
        std::uint32_t rest = 0;
        for (std::size_t i = first; i < number.size(); ++i) {
            const std::uint32_t value = rest << 8 | number[i];
            number[i] = static_cast<std::uint8_t>(value / 62);
            rest = value % 62;
        }
        out += kBase62[rest];
        while (first < number.size() && number[first] == 0) ++first;
    }
    std::ranges::reverse(out);
    return out;
}

std::optional<std::string> from_base62(std::string_view text) {
    static const auto table = reverse(kBase62);
    if (text.empty() || text.size() > kBase62CharactersMax) return std::nullopt;
    std::vector<std::uint8_t> number;  // little endian
    for (const char character : text) {
        const std::int8_t digit = table[static_cast<unsigned char>(character)];
        if (digit < 0) return std::nullopt;
        std::uint32_t carry = static_cast<std::uint32_t>(digit);
        for (std::uint8_t& part : number) {
            const std::uint32_t value = part * 62U + carry;
            part = static_cast<std::uint8_t>(value & 0xFF);
            carry = value >> 8;
        }
        while (carry != 0) {
            number.push_back(static_cast<std::uint8_t>(carry & 0xFF));
            carry >>= 8;
        }
    }
    return std::string(number.rbegin(), number.rend());
}

}  // namespace outpost
