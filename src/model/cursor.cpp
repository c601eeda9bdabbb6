#include "model/cursor.hpp"

#include "base/encoding.hpp"

#include <charconv>

namespace outpost::model {
namespace {

constexpr std::string_view kVersion = "01";
constexpr std::string_view kSeparator = "::";
constexpr std::int64_t kUnixMsMax = 253'402'300'799'999;  // the end of year 9999; keeps arithmetic far from overflow

std::string_view resource_of(CursorKind kind) {
    switch (kind) {
        case CursorKind::event: return "evt";
        case CursorKind::attempt: return "att";
        case CursorKind::tenant: return "tnt";
    }
    return {};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::unexpected<Error> refuse(CursorKind kind, std::string_view text) {
    // The doubled words on the tenant list are the reference's (api.md §3.2).
    const std::string_view prefix = kind == CursorKind::tenant ? "invalid cursor: " : "";
    return fail(Errc::invalid, fmt::format("{}{}", prefix, text));
}

std::optional<TimePoint> parse_ms(std::string_view text) {
    std::int64_t ms = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    if (ms > kUnixMsMax || ms < -kUnixMsMax) return std::nullopt;
    return from_unix_ms(ms);
}

/// `<ms>::<id>`, split at the first separator; for tenants the id may be missing.
std::optional<Position> parse_position(CursorKind kind, std::string_view text) {
    const std::size_t split = text.find(kSeparator);
    if (split == std::string_view::npos && kind != CursorKind::tenant) return std::nullopt;
    const auto time = parse_ms(text.substr(0, split));
    if (!time) return std::nullopt;
    const std::string_view id = split == std::string_view::npos ? "" : text.substr(split + kSeparator.size());
    return Position{*time, std::string(id)};
}

}  // namespace

std::string encode_cursor(CursorKind kind, const Position& position) {
    return to_base62(
        fmt::format("{}v{}:{}{}{}", resource_of(kind), kVersion, unix_ms(position.time), kSeparator, position.id));
}

Result<std::optional<Position>> decode_cursor(CursorKind kind, std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto plain = from_base62(text);
    if (!plain) return refuse(kind, "invalid cursor");
    std::string_view rest = *plain;
    const std::string prefix = fmt::format("{}v", resource_of(kind));
    if (!rest.starts_with(prefix)) return refuse(kind, "invalid cursor");
    rest.remove_prefix(prefix.size());
    if (rest.size() < 3 || !is_digit(rest[0]) || !is_digit(rest[1]) || rest[2] != ':') {
        return refuse(kind, "invalid cursor");
    }
    if (!rest.starts_with(kVersion)) return refuse(kind, "cursor version mismatch: expected version 01");
    auto position = parse_position(kind, rest.substr(3));
    if (!position && kind == CursorKind::tenant) return refuse(kind, "invalid timestamp");
    return position;
}

}  // namespace outpost::model
