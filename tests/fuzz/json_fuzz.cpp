// The ingest path's own JSON walk against the library's parser (decision A3): they accept the same texts, but for lone
// surrogates, and read the same out of them.
#include "base/json.hpp"
#include "base/json_scan.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"

namespace outpost::fuzz {

void json_fuzz(std::string_view input);

namespace {

JsonKind kind_of(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: return JsonKind::null;
        case json::kind::bool_: return JsonKind::boolean;
        case json::kind::int64:
        case json::kind::uint64:
        case json::kind::double_: return JsonKind::number;
        case json::kind::string: return JsonKind::string;
        case json::kind::array: return JsonKind::array;
        case json::kind::object: return JsonKind::object;
    }
    return JsonKind::null;
}

/// Whether an exponent has so many digits that the library refuses the number.
bool has_huge_exponent(std::string_view text) {
    constexpr std::size_t kDigits = 9;
    std::size_t digits = 0;
    bool in_exponent = false;
    for (const char c : text) {
        const bool is_digit = c >= '0' && c <= '9';
        if (is_digit && in_exponent && ++digits == kDigits) return true;
        if (is_digit || ((c == '+' || c == '-') && in_exponent && digits == 0)) continue;
        in_exponent = c == 'e' || c == 'E';
        digits = 0;
    }
    return false;
}

bool has_doubles(const json::value& value) {
    if (value.is_array()) return std::ranges::any_of(value.get_array(), has_doubles);
    if (!value.is_object()) return value.is_double();
    return std::ranges::any_of(value.get_object(),
                               [](const json::key_value_pair& member) { return has_doubles(member.value()); });
}

void check_members(std::string_view text, const JsonSlice& whole, const json::object* object) {
    JsonObjectScan scan(text);
    bool lone_surrogate = false;
    std::map<std::string, JsonSlice> last;
    while (const auto member = scan.next()) {
        ASSERT(is_utf8(member->name));
        const auto value = scan_json(member->value.raw);
        ASSERT(value.has_value() && *value == member->value);
        lone_surrogate = lone_surrogate || member->value.lone_surrogate;
        last.insert_or_assign(std::string(member->name), member->value);
    }
    ASSERT(scan.complete());
    ASSERT(whole.lone_surrogate || !lone_surrogate);
    if (object == nullptr) return;
    ASSERT(last.size() == object->size());
    for (const auto& [name, slice] : last) {
        const json::value* value = object->if_contains(name);
        ASSERT(value != nullptr && kind_of(*value) == slice.kind);
        if (slice.kind == JsonKind::string) ASSERT(json_string_text(slice.raw) == value->get_string());
    }
}

}  // namespace

void json_fuzz(std::string_view text) {
    const auto scanned = scan_json(text);
    const auto parsed = parse_json(text);
    if (!scanned) {
        ASSERT(!parsed.has_value());
        JsonObjectScan walk(text);
        while (walk.next()) {
        }
        ASSERT(!walk.complete());
        return;
    }
    ASSERT(!scanned->raw.empty() && scanned->raw.data() >= text.data());
    if (has_huge_exponent(scanned->raw)) return;  // grammar allows it, the library does not
    ASSERT(parsed.has_value() == !scanned->lone_surrogate);
    const std::string replaced = replace_lone_surrogates(scanned->raw);
    ASSERT(replaced.size() == scanned->raw.size());
    const auto rescanned = scan_json(replaced);
    ASSERT(rescanned.has_value() && !rescanned->lone_surrogate && rescanned->kind == scanned->kind);
    const auto value = parse_json(replaced);
    ASSERT(value.has_value() && kind_of(*value) == scanned->kind);
    if (scanned->kind == JsonKind::string) ASSERT(json_string_text(scanned->raw) == value->get_string());
    if (scanned->kind == JsonKind::object) {
        check_members(text, *scanned, scanned->lone_surrogate ? nullptr : &value->get_object());
    }
    // What we write, we read back. Numbers with a fraction or more than 64 bits are let off: the library reads those of
    // more than fifteen digits with an error in the last one.
    const std::string written = to_canonical_json(*value);
    ASSERT(is_utf8(written));
    const auto back = parse_json(written);
    ASSERT(back.has_value());
    ASSERT(has_doubles(*value) || (*back == *value && to_canonical_json(*back) == written));
}

}  // namespace outpost::fuzz
