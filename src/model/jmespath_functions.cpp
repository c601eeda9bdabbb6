#include "model/jmespath_nodes.hpp"

#include <charconv>
#include <cmath>
#include <numeric>

namespace outpost::model::jmespath {
namespace {

using Arguments = std::vector<Argument>;
using Value = Result<json::value>;

std::unexpected<Error> wrong_type() {
    return fail(Errc::invalid, "a function got an argument of a wrong type");
}

/// Whether all elements are numbers, or all are texts.
bool all_doubles(const json::array& array) {
    return std::ranges::all_of(array, [](const json::value& one) { return one.is_double(); });
}
bool all_strings(const json::array& array) {
    return std::ranges::all_of(array, [](const json::value& one) { return one.is_string(); });
}

std::string_view text_of(const json::value& value) {
    return value.get_string();
}

/// Numbers by size, texts by bytes. Both of one kind.
bool is_less(const json::value& left, const json::value& right) {
    if (left.is_double()) return left.get_double() < right.get_double();
    return text_of(left) < text_of(right);
}

Value number_function(const Arguments& given, double (*function)(double)) {
    if (!given[0].value.is_double()) return wrong_type();
    return function(given[0].value.get_double());
}

Value sum(const Arguments& given, bool average) {
    const auto* array = given[0].value.if_array();
    if (array == nullptr || !all_doubles(*array)) return wrong_type();
    double total = 0;
    for (const json::value& one : *array) total += one.get_double();
    if (!average) return total;
    if (array->empty()) return nullptr;
    return total / static_cast<double>(array->size());
}

Value contains(const Arguments& given) {
    const json::value& where = given[0].value;
    const json::value& what = given[1].value;
    if (const auto* array = where.if_array()) return std::ranges::find(*array, what) != array->end();
    if (!where.is_string()) return wrong_type();
    return what.is_string() && text_of(where).contains(text_of(what));
}

Value affix(const Arguments& given, bool at_end) {
    if (!given[0].value.is_string() || !given[1].value.is_string()) return wrong_type();
    const std::string_view text = text_of(given[0].value);
    const std::string_view part = text_of(given[1].value);
    return at_end ? text.ends_with(part) : text.starts_with(part);
}

Value join(const Arguments& given) {
    const auto* array = given[1].value.if_array();
    if (!given[0].value.is_string() || array == nullptr || !all_strings(*array)) return wrong_type();
    std::string text;
    for (std::size_t i = 0; i < array->size(); ++i) {
        if (i > 0) text += text_of(given[0].value);
        text += text_of((*array)[i]);
        if (text.size() > kJmesPathTextBytesMax) return fail(Errc::limited, "a text gets too long");
    }
    return json::value(text);
}

/// Keys or values, in the order of the keys: the language leaves it open.
Value members(const Arguments& given, bool keys) {
    const auto* object = given[0].value.if_object();
    if (object == nullptr) return wrong_type();
    std::map<std::string_view, const json::value*> sorted;
    for (const auto& member : *object) sorted.emplace(member.key(), &member.value());
    json::array result;
    for (const auto& [key, value] : sorted) {
        if (keys) result.emplace_back(key);
        else result.push_back(*value);
    }
    return result;
}

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Value length(const Arguments& given) {
    const json::value& value = given[0].value;
    if (value.is_string()) return static_cast<double>(code_points(text_of(value)));
    if (value.is_array()) return static_cast<double>(value.get_array().size());
    if (value.is_object()) return static_cast<double>(value.get_object().size());
    return wrong_type();
}

Value merge(const Arguments& given) {
    json::object result;
    for (const Argument& one : given) {
        const auto* object = one.value.if_object();
        if (object == nullptr) return wrong_type();
        for (const auto& member : *object) result[member.key()] = member.value();
    }
    return result;
}

Value not_null(const Arguments& given) {
    for (const Argument& one : given) {
        if (!one.value.is_null()) return one.value;
    }
    return nullptr;
}

Value reverse(const Arguments& given) {
    const json::value& value = given[0].value;
    if (const auto* array = value.if_array()) return json::array(array->rbegin(), array->rend());
    if (!value.is_string()) return wrong_type();
    // Sequences are turned, not bytes.
    std::string text;
    std::string_view rest = text_of(value);
    while (!rest.empty()) {
        std::size_t start = rest.size() - 1;
        while (start > 0 && (static_cast<unsigned char>(rest[start]) & 0xC0) == 0x80) --start;
        text += rest.substr(start);
        rest = rest.substr(0, start);
    }
    return json::value(text);
}

Value to_number(const Arguments& given) {
    const json::value& value = given[0].value;
    if (value.is_double()) return value;
    if (!value.is_string()) return nullptr;
    const std::string_view text = text_of(value);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return nullptr;
    return number;
}

Value type_name(const Arguments& given) {
    const json::value& value = given[0].value;
    if (value.is_null()) return "null";
    if (value.is_bool()) return "boolean";
    if (value.is_double()) return "number";
    if (value.is_string()) return "string";
    return value.is_array() ? "array" : "object";
}

/// The elements with what they are ordered by.
Result<std::vector<std::pair<json::value, json::value>>> keyed(Evaluation& evaluation, const Arguments& given) {
    const auto* array = given[0].value.if_array();
    if (array == nullptr || (given.size() > 1 && given[1].expression == nullptr)) return wrong_type();
    std::vector<std::pair<json::value, json::value>> result;
    for (const json::value& one : *array) {
        json::value key = one;
        if (given.size() > 1) {
            TRY(key, evaluation.run(*given[1].expression, one));
        }
        const bool fits =
            (key.is_double() || key.is_string()) && (result.empty() || result.front().first.kind() == key.kind());
        if (!fits) return wrong_type();
        result.emplace_back(std::move(key), one);
    }
    TRY_VOID(evaluation.spend(result.size()));
    return result;
}

Value sort(Evaluation& evaluation, const Arguments& given) {
    TRY(auto elements, keyed(evaluation, given));
    std::vector<std::size_t> order(elements.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {  // equal keys keep their order
        if (is_less(elements[a].first, elements[b].first)) return true;
        return !is_less(elements[b].first, elements[a].first) && a < b;
    });
    json::array result;
    for (const std::size_t at : order) result.push_back(std::move(elements[at].second));
    return result;
}

Value extreme(Evaluation& evaluation, const Arguments& given, bool greatest) {
    TRY(const auto elements, keyed(evaluation, given));
    if (elements.empty()) return nullptr;
    const auto* best = elements.data();
    for (const auto& one : elements) {
        if (greatest ? is_less(best->first, one.first) : is_less(one.first, best->first)) best = &one;
    }
    return best->second;
}

Value map(Evaluation& evaluation, const Arguments& given) {
    const auto* array = given[1].value.if_array();
    if (given[0].expression == nullptr || array == nullptr) return wrong_type();
    json::array result;
    for (const json::value& one : *array) {
        TRY(json::value made, evaluation.run(*given[0].expression, one));
        result.push_back(std::move(made));
    }
    return result;
}

struct Function {
    std::string_view name;
    std::size_t least;
    std::size_t most;
    Value (*call)(Evaluation&, const Arguments&);
};

constexpr std::size_t kAny = 1000;
constexpr std::array<Function, 26> kFunctions = {{
    {"abs", 1, 1, [](Evaluation&, const Arguments& given) { return number_function(given, std::fabs); }},
    {"avg", 1, 1, [](Evaluation&, const Arguments& given) { return sum(given, true); }},
    {"ceil", 1, 1, [](Evaluation&, const Arguments& given) { return number_function(given, std::ceil); }},
    {"contains", 2, 2, [](Evaluation&, const Arguments& given) { return contains(given); }},
    {"ends_with", 2, 2, [](Evaluation&, const Arguments& given) { return affix(given, true); }},
    {"floor", 1, 1, [](Evaluation&, const Arguments& given) { return number_function(given, std::floor); }},
    {"join", 2, 2, [](Evaluation&, const Arguments& given) { return join(given); }},
    {"keys", 1, 1, [](Evaluation&, const Arguments& given) { return members(given, true); }},
    {"length", 1, 1, [](Evaluation&, const Arguments& given) { return length(given); }},
    {"map", 2, 2, [](Evaluation& run, const Arguments& given) { return map(run, given); }},
    {"max", 1, 1, [](Evaluation& run, const Arguments& given) { return extreme(run, given, true); }},
    {"max_by", 2, 2, [](Evaluation& run, const Arguments& given) { return extreme(run, given, true); }},
    {"merge", 1, kAny, [](Evaluation&, const Arguments& given) { return merge(given); }},
    {"min", 1, 1, [](Evaluation& run, const Arguments& given) { return extreme(run, given, false); }},
    {"min_by", 2, 2, [](Evaluation& run, const Arguments& given) { return extreme(run, given, false); }},
    {"not_null", 1, kAny, [](Evaluation&, const Arguments& given) { return not_null(given); }},
    {"reverse", 1, 1, [](Evaluation&, const Arguments& given) { return reverse(given); }},
    {"sort", 1, 1, [](Evaluation& run, const Arguments& given) { return sort(run, given); }},
    {"sort_by", 2, 2, [](Evaluation& run, const Arguments& given) { return sort(run, given); }},
    {"starts_with", 2, 2, [](Evaluation&, const Arguments& given) { return affix(given, false); }},
    {"sum", 1, 1, [](Evaluation&, const Arguments& given) { return sum(given, false); }},
    {"to_array", 1, 1,
     [](Evaluation&, const Arguments& given) -> Value {
         if (given[0].value.is_array()) return given[0].value;
         json::array one;
         one.push_back(given[0].value);
         return one;
     }},
    {"to_number", 1, 1, [](Evaluation&, const Arguments& given) { return to_number(given); }},
    {"to_string", 1, 1,
     [](Evaluation&, const Arguments& given) -> Value {
         if (given[0].value.is_string()) return given[0].value;
         return json::value(to_json(given[0].value));
     }},
    {"type", 1, 1, [](Evaluation&, const Arguments& given) { return type_name(given); }},
    {"values", 1, 1, [](Evaluation&, const Arguments& given) { return members(given, false); }},
}};

bool takes_expressions(std::string_view name) {
    return name == "map" || name.ends_with("_by");
}

}  // namespace

Result<json::value> call_function(Evaluation& evaluation, std::string_view name, std::vector<Argument> arguments) {
    const auto* const function = std::ranges::find(kFunctions, name, &Function::name);
    if (function == kFunctions.end()) return fail(Errc::invalid, fmt::format("there is no function {}", name));
    if (arguments.size() < function->least || arguments.size() > function->most)
        return fail(Errc::invalid, fmt::format("{} got {} arguments", name, arguments.size()));
    const bool has_expression =
        std::ranges::any_of(arguments, [](const Argument& one) { return one.expression != nullptr; });
    if (has_expression && !takes_expressions(name)) return wrong_type();
    return function->call(evaluation, arguments);
}

}  // namespace outpost::model::jmespath
