#include "app/config/value.hpp"

#include <charconv>
#include <limits>

namespace outpost::app {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

}  // namespace

std::string RawValue::label() const {
    return line > 0 ? fmt::format("{} (line {})", name, line) : name;
}

bool RawValue::says_something() const {
    switch (shape) {
        case Shape::text: return !text.empty();
        case Shape::list: return !items.empty();
        case Shape::null: return false;
        case Shape::odd: return true;
    }
    return false;
}

Result<std::int64_t> parse_integer(std::string_view text, int bits) {
    std::string_view digits = text;
    if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || error == std::errc::invalid_argument || end != digits.data() + digits.size())
        return fail(Errc::corrupt, fmt::format("{:?} is not an integer", text));
    const bool fits = bits > 32 || (number >= std::numeric_limits<std::int32_t>::min() &&
                                    number <= std::numeric_limits<std::int32_t>::max());
    if (error == std::errc::result_out_of_range || !fits)
        return fail(Errc::corrupt, fmt::format("{:?} does not fit in {} bits", text, bits));
    return number;
}

Result<bool> parse_boolean(std::string_view text, Origin origin) {
    if (is_one_of(text, {"1", "t", "T", "TRUE", "true", "True"})) return true;
    if (is_one_of(text, {"0", "f", "F", "FALSE", "false", "False"})) return false;
    if (origin == Origin::yaml) {
        if (is_one_of(text, {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"})) return true;
        if (is_one_of(text, {"n", "N", "no", "No", "NO", "off", "Off", "OFF"})) return false;
    }
    return fail(Errc::corrupt, fmt::format("{:?} is neither true nor false", text));
}

std::string_view trimmed(std::string_view text) {
    static constexpr std::string_view kBlanks = " \t\r\n\v\f";
    const std::size_t start = text.find_first_not_of(kBlanks);
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(kBlanks) + 1 - start);
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view part = trimmed(text.substr(0, comma));
        if (!part.empty()) parts.emplace_back(part);
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace outpost::app
