#include "destinations/webhook/header_names.hpp"

#include "net/http/message.hpp"

namespace outpost::webhook {
namespace {

constexpr std::array<std::string_view, 5> kReservedNames = {"content-type", "content-length", "host", "connection",
                                                            "user-agent"};

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_letter_or_digit(char c) {
    return is_lower(c) || is_upper(c) || (c >= '0' && c <= '9');
}

}  // namespace

std::string canonical_name(std::string name) {
    if (!is_legal_name(name)) return name;
    bool starts_word = true;
    for (char& c : name) {
        if (starts_word ? is_lower(c) : is_upper(c)) c = static_cast<char>(c ^ 0x20);
        starts_word = c == '-';
    }
    return name;
}

bool is_legal_name(std::string_view name) {
    return http::is_token(name);
}

bool is_legal_value(std::string_view value) {
    return http::is_field_value(value);
}

bool is_choosable_name(std::string_view name) {
    return !name.empty() && is_letter_or_digit(name.front()) &&
           std::ranges::all_of(name, [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; });
}

bool is_reserved_name(std::string_view name) {
    return std::ranges::any_of(kReservedNames,
                               [name](std::string_view reserved) { return http::equal_ignoring_case(name, reserved); });
}

}  // namespace outpost::webhook
