#include "model/jmespath.hpp"

#include "model/jmespath_nodes.hpp"

#include <charconv>

namespace outpost::model {
namespace jmespath {

json::value with_doubles(json::value value) {
    if (value.is_int64()) return static_cast<double>(value.get_int64());
    if (value.is_uint64()) return static_cast<double>(value.get_uint64());
    if (auto* array = value.if_array()) {
        for (json::value& element : *array) element = with_doubles(std::move(element));
    } else if (auto* object = value.if_object()) {
        for (auto& member : *object) member.value() = with_doubles(std::move(member.value()));
    }
    return value;
}

std::string number_text(double number) {
    constexpr int scientific_from = 6;
    constexpr int scientific_below = -4;
    std::array<char, 64> buffer{};
    const auto scientific =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
    const std::string_view digits(buffer.data(), static_cast<std::size_t>(scientific.ptr - buffer.data()));
    int exponent = 0;
    std::string_view power = digits.substr(digits.find('e') + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (exponent < scientific_below || exponent >= scientific_from) return std::string(digits);
    const auto plain = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
    return {buffer.data(), plain.ptr};
}

std::string printed(const json::value& value) {
    if (value.is_null()) return "<nil>";
    if (value.is_bool()) return value.get_bool() ? "true" : "false";
    if (value.is_double()) return number_text(value.get_double());
    if (value.is_string()) return std::string(value.get_string());
    std::string text;
    if (const auto* array = value.if_array()) {
        for (const json::value& element : *array) text.append(text.empty() ? "" : " ").append(printed(element));
        return "[" + text + "]";
    }
    const auto* object = value.if_object();
    if (object == nullptr) return {};  // with_doubles() left no other number
    std::map<std::string_view, const json::value*> sorted;
    for (const auto& member : *object) sorted.emplace(member.key(), &member.value());
    for (const auto& [key, member] : sorted) {
        if (!text.empty()) text += ' ';
        text.append(key).append(":").append(printed(*member));
    }
    return "map[" + text + "]";
}

}  // namespace jmespath

Result<JmesPath> JmesPath::parse(std::string_view text) {
    if (text.size() > kJmesPathBytesMax) return fail(Errc::limited, "the expression is too long");
    TRY(auto root, jmespath::parse_expression(text));
    JmesPath made;
    made.root_ = std::make_shared<const jmespath::Node>(std::move(root));
    return made;
}

Result<std::optional<std::string>> JmesPath::text(boost::json::value root) const {
    ASSERT(root_ != nullptr);
    TRY(const json::value result, jmespath::Evaluation().run(*root_, jmespath::with_doubles(std::move(root))));
    if (result.is_null()) return std::nullopt;
    std::string text = jmespath::printed(result);
    if (text.size() > kJmesPathTextBytesMax) return fail(Errc::limited, "the result is too long");
    if (text.empty()) return std::nullopt;
    return text;
}

}  // namespace outpost::model
