#include "net/http/message.hpp"

#include <algorithm>
#include <array>

namespace outpost::http {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Which of the 256 bytes `is_one` says yes to: every header of every delivery is looked at byte by byte.
template <class IsOne>
constexpr std::array<bool, 256> table_of(IsOne is_one) {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0; byte < table.size(); ++byte) table[byte] = is_one(static_cast<unsigned char>(byte));
    return table;
}
constexpr auto kTokenBytes = table_of([](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").contains(static_cast<char>(c));
});
bool all_of(const std::array<bool, 256>& table, std::string_view text) {
    return std::ranges::all_of(text, [&table](char c) { return table[static_cast<unsigned char>(c)]; });
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::ranges::equal(a, b, {}, lower, lower);
}

bool is_token(std::string_view text) {
    return !text.empty() && all_of(kTokenBytes, text);
}

bool is_field_value(std::string_view text) {
    bool bad = false;  // without a way out in the middle: the compiler then looks at many bytes at once
    for (const char c : text) bad |= (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
    return !bad;
}

void Headers::set(std::string_view name, std::string value) {
    const auto same_name = [&](const auto& field) { return equal_ignoring_case(field.first, name); };
    const auto first = std::ranges::find_if(fields_, same_name);
    if (first == fields_.end()) {
        fields_.emplace_back(std::string(name), std::move(value));
        return;
    }
    *first = {std::string(name), std::move(value)};
    fields_.erase(std::remove_if(std::next(first), fields_.end(), same_name), fields_.end());
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const auto& field) { return equal_ignoring_case(field.first, name); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const auto& field : fields_)
        if (equal_ignoring_case(field.first, name)) return field.second;
    return std::nullopt;
}

}  // namespace outpost::http
