#include "net/http/message.hpp"

#include <algorithm>

namespace outpost::http {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
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
