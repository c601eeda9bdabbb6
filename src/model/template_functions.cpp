#include "model/template_functions.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/utf8.hpp"
#include "model/template_time.hpp"

#include <iterator>

namespace outpost::model::templates {
namespace {

constexpr std::size_t kAny = static_cast<std::size_t>(-1);
constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::unexpected<Error> wrong_type(std::string_view function, std::string_view wanted) {
    return fail(Errc::invalid, fmt::format("{}: {} expected", function, wanted));
}

Result<std::string_view> text_of(std::string_view function, const TemplateValue& value) {
    const auto* text = std::get_if<Bytes>(&value);
    if (text == nullptr) return wrong_type(function, "a text");
    return text->view();
}

/// Charges for a new text before it is kept.
Result<TemplateValue> made(std::string text, Budget& budget) {
    TRY_VOID(budget.spend_bytes(text.size()));
    return TemplateValue(Bytes(std::move(text)));
}

/// The part of `whole` that `part`, a view into it, covers.
TemplateValue part_of(const Bytes& whole, std::string_view part) {
    return whole.slice(static_cast<std::size_t>(part.data() - whole.view().data()), part.size());
}

std::string text_form(const TemplateValue& value) {
    std::string text;
    append_value(text, value);
    return text;
}

Result<TemplateValue> join(Arguments arguments, Budget& budget) {
    TRY(const auto separator, text_of("join", arguments[0]));
    const auto* list = std::get_if<TemplateList>(&arguments[1]);
    if (list == nullptr) return made(text_form(arguments[1]), budget);
    std::string joined;
    for (std::size_t i = 0; i < list->size(); ++i) {
        TRY_VOID(budget.spend_bytes((*list)[i].size() + separator.size()));
        if (i > 0) joined += separator;
        joined += (*list)[i].view();
    }
    return TemplateValue(Bytes(std::move(joined)));
}

/// A position 0..size. @return invalid otherwise
Result<std::size_t> position(const TemplateValue& value, std::size_t size) {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr) return fail(Errc::invalid, "cannot index with anything but a whole number");
    if (*number < 0 || static_cast<std::uint64_t>(*number) > size)
        return fail(Errc::invalid, fmt::format("index out of range: {}", *number));
    return static_cast<std::size_t>(*number);
}

Result<TemplateValue> index(Arguments arguments, Budget&) {
    if (const auto* list = std::get_if<TemplateList>(&arguments[0])) {
        TRY(const auto at, position(arguments[1], list->size()));
        if (at == list->size()) return fail(Errc::invalid, fmt::format("index out of range: {}", at));
        return TemplateValue((*list)[at]);
    }
    TRY(const auto text, text_of("index", arguments[0]));
    TRY(const auto at, position(arguments[1], text.size()));
    if (at == text.size()) return fail(Errc::invalid, fmt::format("index out of range: {}", at));
    return TemplateValue(std::int64_t{static_cast<unsigned char>(text[at])});
}

Result<TemplateValue> slice(Arguments arguments, Budget& budget) {
    const auto* list = std::get_if<TemplateList>(&arguments[0]);
    const auto* text = std::get_if<Bytes>(&arguments[0]);
    if (list == nullptr && text == nullptr) return wrong_type("slice", "a text or a list");
    const std::size_t size = list != nullptr ? list->size() : text->size();
    std::size_t from = 0;
    std::size_t to = size;
    if (arguments.size() > 1) {
        TRY(from, position(arguments[1], size));
    }
    if (arguments.size() > 2) {
        TRY(to, position(arguments[2], size));
    }
    if (from > to) return fail(Errc::invalid, fmt::format("invalid slice index: {} > {}", from, to));
    if (text != nullptr) return TemplateValue(text->slice(from, to - from));
    TRY_VOID(budget.spend_bytes(to - from));
    return TemplateValue(TemplateList(list->begin() + static_cast<std::ptrdiff_t>(from),
                                      list->begin() + static_cast<std::ptrdiff_t>(to)));
}

Result<TemplateValue> length(Arguments arguments, Budget&) {
    if (const auto* list = std::get_if<TemplateList>(&arguments[0]))
        return TemplateValue(static_cast<std::int64_t>(list->size()));
    TRY(const auto text, text_of("len", arguments[0]));
    return TemplateValue(static_cast<std::int64_t>(text.size()));
}

/// Go's Sprint: a blank between neighbours that are both no text.
Result<TemplateValue> print(Arguments arguments, Budget& budget) {
    std::string out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (i > 0 && !std::holds_alternative<Bytes>(arguments[i]) && !std::holds_alternative<Bytes>(arguments[i - 1]))
            out += ' ';
        const std::size_t before = out.size();
        append_value(out, arguments[i]);
        TRY_VOID(budget.spend_bytes(out.size() - before));
    }
    return TemplateValue(Bytes(std::move(out)));
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    static constexpr std::string_view kPlain = "\a\b\f\n\r\t\v\\\"";
    static constexpr std::string_view kNames = "abfnrtv\\\"";
    while (!text.empty()) {
        const std::size_t length = utf8_sequence_length(text);
        const char c = text.front();
        if (const std::size_t at = kPlain.find(c); at != std::string_view::npos) (out += '\\') += kNames[at];
        else if (length == 0 || static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
        else out += text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out += '"';
}

Result<void> append_formatted(std::string& out, char verb, const TemplateValue& value) {
    const auto* text = std::get_if<Bytes>(&value);
    const auto* number = std::get_if<std::int64_t>(&value);
    switch (verb) {
        case 'v': append_value(out, value); return {};
        case 's':
            if (number != nullptr || std::holds_alternative<bool>(value)) break;
            append_value(out, value);
            return {};
        case 'd':
            if (number == nullptr) break;
            append_value(out, value);
            return {};
        case 'x':
            if (text != nullptr) out += to_hex(text->view());
            else if (number != nullptr)
                fmt::format_to(
                    std::back_inserter(out), "{}{:x}", *number < 0 ? "-" : "",
                    *number < 0 ? 0 - static_cast<std::uint64_t>(*number) : static_cast<std::uint64_t>(*number));
            else break;
            return {};
        case 'q':
            if (text == nullptr) break;
            append_quoted(out, text->view());
            return {};
        default: break;
    }
    return fail(Errc::invalid, fmt::format("printf: %{} does not fit its value", verb));
}

Result<TemplateValue> print_formatted(Arguments arguments, Budget& budget) {
    TRY(const auto format, text_of("printf", arguments[0]));
    TRY_VOID(check_format(format));
    std::string out;
    std::size_t next = 1;
    for (std::size_t i = 0; i < format.size(); ++i) {
        const std::size_t before = out.size();
        if (format[i] != '%') out += format[i];
        else if (format[++i] == '%') out += '%';
        else if (next == arguments.size()) return fail(Errc::invalid, "printf: a value is missing");
        else TRY_VOID(append_formatted(out, format[i], arguments[next++]));
        TRY_VOID(budget.spend_bytes(out.size() - before));
    }
    if (next != arguments.size()) return fail(Errc::invalid, "printf: too many values");
    return TemplateValue(Bytes(std::move(out)));
}

/// Changes ASCII letters only: ids, topics and digests hold no others.
template <char First, char Last>
Result<TemplateValue> change_case(std::string_view name, Arguments arguments, Budget& budget) {
    TRY(const auto text, text_of(name, arguments[0]));
    std::string changed(text);
    for (char& c : changed)
        if (c >= First && c <= Last) c = static_cast<char>(c ^ 0x20);
    return made(std::move(changed), budget);
}
Result<TemplateValue> upper(Arguments arguments, Budget& budget) {
    return change_case<'a', 'z'>("upper", arguments, budget);
}
Result<TemplateValue> lower(Arguments arguments, Budget& budget) {
    return change_case<'A', 'Z'>("lower", arguments, budget);
}

Result<TemplateValue> trim(Arguments arguments, Budget&) {
    TRY(auto text, text_of("trim", arguments[0]));
    const std::size_t start = std::min(text.find_first_not_of(kBlanks), text.size());
    const std::size_t end = text.find_last_not_of(kBlanks) + 1;
    return part_of(std::get<Bytes>(arguments[0]), text.substr(start, std::max(end, start) - start));
}
Result<TemplateValue> trim_prefix(Arguments arguments, Budget&) {
    TRY(const auto prefix, text_of("trimPrefix", arguments[0]));
    TRY(auto text, text_of("trimPrefix", arguments[1]));
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    return part_of(std::get<Bytes>(arguments[1]), text);
}
Result<TemplateValue> trim_suffix(Arguments arguments, Budget&) {
    TRY(const auto suffix, text_of("trimSuffix", arguments[0]));
    TRY(auto text, text_of("trimSuffix", arguments[1]));
    if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
    return part_of(std::get<Bytes>(arguments[1]), text);
}

Result<TemplateValue> replace(Arguments arguments, Budget& budget) {
    TRY(const auto old_text, text_of("replace", arguments[0]));
    TRY(const auto new_text, text_of("replace", arguments[1]));
    TRY(auto rest, text_of("replace", arguments[2]));
    if (old_text.empty()) return fail(Errc::invalid, "replace: an empty text can't be replaced");
    std::string out;
    while (true) {
        const std::size_t at = rest.find(old_text);
        const std::string_view kept = rest.substr(0, at);
        TRY_VOID(budget.spend_bytes(kept.size() + new_text.size()));
        out += kept;
        if (at == std::string_view::npos) break;
        out += new_text;
        rest.remove_prefix(at + old_text.size());
    }
    return TemplateValue(Bytes(std::move(out)));
}

Result<TemplateValue> base64_encode(Arguments arguments, Budget& budget) {
    TRY(const auto text, text_of("b64enc", arguments[0]));
    return made(to_base64(text), budget);
}
Result<TemplateValue> base64_decode(Arguments arguments, Budget& budget) {
    TRY(const auto text, text_of("b64dec", arguments[0]));
    auto decoded = from_base64(text);
    if (!decoded) return fail(Errc::invalid, "b64dec: not base64");
    return made(*std::move(decoded), budget);
}
Result<TemplateValue> sha1_sum(Arguments arguments, Budget& budget) {
    TRY(const auto text, text_of("sha1sum", arguments[0]));
    return made(to_hex(sha1(text)), budget);
}
Result<TemplateValue> sha256_sum(Arguments arguments, Budget& budget) {
    TRY(const auto text, text_of("sha256sum", arguments[0]));
    return made(to_hex(sha256(text)), budget);
}
Result<TemplateValue> to_string(Arguments arguments, Budget& budget) {
    if (std::holds_alternative<Bytes>(arguments[0])) return arguments[0];
    return made(text_form(arguments[0]), budget);
}

Result<TemplateValue> first(Arguments arguments, Budget&) {
    const auto* list = std::get_if<TemplateList>(&arguments[0]);
    if (list == nullptr) return wrong_type("first", "a list");
    return list->empty() ? TemplateValue() : TemplateValue(list->front());
}
Result<TemplateValue> last(Arguments arguments, Budget&) {
    const auto* list = std::get_if<TemplateList>(&arguments[0]);
    if (list == nullptr) return wrong_type("last", "a list");
    return list->empty() ? TemplateValue() : TemplateValue(list->back());
}

Result<TemplateValue> or_default(Arguments arguments, Budget&) {
    return is_truthy(arguments[1]) ? arguments[1] : arguments[0];
}

Result<bool> equals_any(Arguments arguments) {
    const TemplateValue& wanted = arguments[0];
    if (std::holds_alternative<TemplateList>(wanted)) return fail(Errc::invalid, "eq: lists can't be compared");
    for (const TemplateValue& other : arguments.subspan(1)) {
        const bool comparable = other.index() == wanted.index() || std::holds_alternative<std::monostate>(other) ||
                                std::holds_alternative<std::monostate>(wanted);
        if (!comparable) return fail(Errc::invalid, "incompatible types for comparison");
        if (other == wanted) return true;
    }
    return false;
}
Result<TemplateValue> equal(Arguments arguments, Budget&) {
    TRY(const bool equal_to_one, equals_any(arguments));
    return TemplateValue(equal_to_one);
}
Result<TemplateValue> not_equal(Arguments arguments, Budget&) {
    TRY(const bool equal_to_one, equals_any(arguments));
    return TemplateValue(!equal_to_one);
}

/// `and`, `or`: evaluation stopped at the argument that decides, so it is the last one here.
Result<TemplateValue> decided(Arguments arguments, Budget&) {
    return arguments.back();
}
Result<TemplateValue> negate(Arguments arguments, Budget&) {
    return TemplateValue(!is_truthy(arguments[0]));
}

constexpr std::array<Function, 25> kFunctions = {{
    {"and", 1, kAny, decided, StopAt::falsy},
    {"b64dec", 1, 1, base64_decode},
    {"b64enc", 1, 1, base64_encode},
    {"default", 2, 2, or_default},
    {"eq", 2, kAny, equal},
    {"first", 1, 1, first},
    {"index", 2, 2, index},
    {"join", 2, 2, join},
    {"last", 1, 1, last},
    {"len", 1, 1, length},
    {"lower", 1, 1, lower},
    {"ne", 2, 2, not_equal},
    {"not", 1, 1, negate},
    {"or", 1, kAny, decided, StopAt::truthy},
    {"print", 0, kAny, print},
    {"printf", 1, kAny, print_formatted},
    {"replace", 3, 3, replace},
    {"sha1sum", 1, 1, sha1_sum},
    {"sha256sum", 1, 1, sha256_sum},
    {"slice", 1, 3, slice},
    {"toString", 1, 1, to_string},
    {"trim", 1, 1, trim},
    {"trimPrefix", 2, 2, trim_prefix},
    {"trimSuffix", 2, 2, trim_suffix},
    {"upper", 1, 1, upper},
}};

}  // namespace

Result<void> Budget::spend_bytes(std::size_t count) {
    if (count > bytes) return fail(Errc::limited, "the template makes too much text");
    bytes -= count;
    return {};
}

Result<void> Budget::spend_step() {
    if (steps == 0) return fail(Errc::limited, "the template takes too many steps");
    --steps;
    return {};
}

const Function* find_function(std::string_view name) {
    const auto* found = std::ranges::find(kFunctions, name, &Function::name);
    return found == kFunctions.end() ? nullptr : found;
}

Result<void> check_format(std::string_view format) {
    static constexpr std::string_view kVerbs = "sdvxq%";
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') continue;
        if (++i == format.size()) return fail(Errc::invalid, "printf: the format ends with %");
        if (!kVerbs.contains(format[i]))
            return fail(Errc::invalid, fmt::format("printf: %{} is not supported: only %s %d %v %x %q %%",
                                                   to_utf8(format.substr(i, 1))));
    }
    return {};
}

void append_value(std::string& out, const TemplateValue& value) {
    if (const auto* text = std::get_if<Bytes>(&value)) out += text->view();
    else if (const auto* number = std::get_if<std::int64_t>(&value)) out += std::to_string(*number);
    else if (const auto* flag = std::get_if<bool>(&value)) out += *flag ? "true" : "false";
    else if (const auto* time = std::get_if<TimePoint>(&value)) out += go_time_text(*time);
    else if (const auto* list = std::get_if<TemplateList>(&value)) {
        out += '[';
        for (std::size_t i = 0; i < list->size(); ++i) (out += i > 0 ? " " : "") += (*list)[i].view();
        out += ']';
    } else out += "<no value>";
}

bool is_truthy(const TemplateValue& value) {
    if (const auto* text = std::get_if<Bytes>(&value)) return !text->empty();
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number != 0;
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* list = std::get_if<TemplateList>(&value)) return !list->empty();
    return std::holds_alternative<TimePoint>(value);
}

}  // namespace outpost::model::templates
