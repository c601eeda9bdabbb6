#include "app/config/assign.hpp"

namespace outpost::app {
namespace {

using Shape = RawValue::Shape;

constexpr std::size_t kListItemsMax = 10'000;  // topics, retry delays, egress entries

std::unexpected<Error> wrong(const RawValue& value, Errc code, std::string_view what) {
    return fail(code, fmt::format("{}: {}", value.label(), what));
}

/// The one text of `value`.
Result<std::string_view> text_of(const RawValue& value) {
    if (value.shape != Shape::text) return wrong(value, Errc::corrupt, "one value is expected, not a list");
    return std::string_view(value.text);
}

Result<std::vector<std::string>> list_of(const RawValue& value) {
    std::vector<std::string> items;
    if (value.shape == Shape::odd) return wrong(value, Errc::corrupt, "a list of simple values is expected");
    if (value.shape == Shape::text) {
        items = split_list(value.text);
    } else {
        for (const std::string& item : value.items) {
            if (const std::string_view inner = trimmed(item); !inner.empty()) items.emplace_back(inner);
        }
    }
    if (items.size() > kListItemsMax)
        return wrong(value, Errc::invalid, fmt::format("a list has at most {} entries", kListItemsMax));
    return items;
}

Result<std::int64_t> number_of(const RawValue& value, std::string_view text, const NumberRule& rule) {
    auto written = parse_integer(text, rule.wide ? 64 : 32);
    if (!written) return wrong(value, Errc::corrupt, written.error().text());
    const std::int64_t number = rule.meaning ? rule.meaning(*written) : *written;
    if (number < rule.min || number > rule.max)
        return wrong(value, Errc::invalid, fmt::format("must be {} to {}, got {}", rule.min, rule.max, *written));
    return number;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
    return out;
}

}  // namespace

Result<void> assign(std::string& field, const RawValue& value, const NumberRule&) {
    TRY(field, text_of(value));
    return {};
}

Result<void> assign(std::optional<std::string>& field, const RawValue& value, const NumberRule&) {
    TRY(field, text_of(value));
    return {};
}

Result<void> assign(std::filesystem::path& field, const RawValue& value, const NumberRule&) {
    TRY(const std::string_view text, text_of(value));
    if (text.empty()) return wrong(value, Errc::invalid, "a path is expected");
    field = text;
    return {};
}

Result<void> assign(bool& field, const RawValue& value, const NumberRule&) {
    TRY(const std::string_view text, text_of(value));
    auto flag = parse_boolean(text, value.origin);
    if (!flag) return wrong(value, Errc::corrupt, flag.error().text());
    field = *flag;
    return {};
}

Result<void> assign(std::int64_t& field, const RawValue& value, const NumberRule& rule) {
    TRY(const std::string_view text, text_of(value));
    TRY(field, number_of(value, text, rule));
    return {};
}

Result<void> assign(std::chrono::seconds& field, const RawValue& value, const NumberRule& rule) {
    std::int64_t number = 0;
    TRY_VOID(assign(number, value, rule));
    field = std::chrono::seconds(number);
    return {};
}

Result<void> assign(std::vector<std::string>& field, const RawValue& value, const NumberRule&) {
    TRY(field, list_of(value));
    return {};
}

Result<void> assign(std::vector<std::chrono::seconds>& field, const RawValue& value, const NumberRule& rule) {
    TRY(const auto items, list_of(value));
    std::vector<std::chrono::seconds> numbers;
    for (const std::string& item : items) {
        TRY(const std::int64_t number, number_of(value, item, rule));
        numbers.emplace_back(number);
    }
    field = std::move(numbers);
    return {};
}

Result<void> assign(log::Level& field, const RawValue& value, const NumberRule&) {
    static const std::map<std::string, log::Level> kLevels = {
        {"", log::Level::info},        {"debug", log::Level::debug},  {"info", log::Level::info},
        {"warn", log::Level::warn},    {"warning", log::Level::warn}, {"error", log::Level::error},
        {"dpanic", log::Level::error}, {"panic", log::Level::error},  {"fatal", log::Level::error}};
    TRY(const std::string_view text, text_of(value));
    const auto found = kLevels.find(lower(text));
    if (found == kLevels.end()) return fail(Errc::invalid, fmt::format("unrecognized level: {:?}", text));
    field = found->second;
    return {};
}

Result<void> assign(IdType& field, const RawValue& value, const NumberRule&) {
    TRY(const std::string_view text, text_of(value));
    if (text.empty()) return {};
    const auto type = parse_id_type(text);
    if (!type)
        return fail(Errc::invalid, fmt::format("failed to configure ID generator: invalid id type: {} (must be one of: "
                                               "uuidv4, uuidv7, nanoid)",
                                               text));
    field = *type;
    return {};
}

Result<void> assign(model::TraceWish& field, const RawValue& value, const NumberRule&) {
    TRY(const std::string_view text, text_of(value));
    if (text.empty()) return {};
    const auto wish = model::parse_trace_wish(text);
    if (!wish) return wrong(value, Errc::invalid, fmt::format("must be failed, all or none, got {}", text));
    field = *wish;
    return {};
}

Result<void> assign(CountOrOff& field, const RawValue& value, const NumberRule& rule) {
    const Setting* setting = find_setting(value.name, value.origin);
    const std::string_view name = setting == nullptr ? std::string_view(value.name) : setting->names.path;
    TRY(const std::string_view text, text_of(value));
    if (trimmed(text).empty()) {
        field.value.reset();
        return {};
    }
    const auto number = parse_integer(trimmed(text));
    if (!number) {
        return fail(Errc::invalid, fmt::format("{}: must be an integer, an empty string to disable, or unset for the "
                                               "default: \"{}\"",
                                               name, text));
    }
    if (*number < rule.min)
        return fail(Errc::invalid, fmt::format("{}: must be >= {}, got {}", name, rule.min, *number));
    field.value = *number;
    return {};
}

ShownValue show(const CountOrOff& field) {
    if (field.value) return *field.value;
    return std::string("disabled");
}

ShownValue show(const std::string& field) {
    return field;
}
ShownValue show(const std::filesystem::path& field) {
    return field.string();
}
ShownValue show(std::chrono::seconds field) {
    return static_cast<std::int64_t>(field.count());
}

ShownValue show(const std::optional<std::string>& field) {
    if (!field) return std::string("<default>");
    return trimmed(*field).empty() ? std::string("disabled") : *field;
}

ShownValue show(const std::vector<std::string>& field) {
    return fmt::format("[{}]", fmt::join(field, " "));
}

ShownValue show(const std::vector<std::chrono::seconds>& field) {
    std::vector<std::int64_t> numbers;
    for (const auto delay : field) numbers.push_back(delay.count());
    return fmt::format("[{}]", fmt::join(numbers, " "));
}

ShownValue show(log::Level field) {
    switch (field) {
        case log::Level::debug: return std::string("debug");
        case log::Level::info: return std::string("info");
        case log::Level::warn: return std::string("warn");
        case log::Level::error: return std::string("error");
    }
    return std::string("info");
}

ShownValue show(IdType field) {
    switch (field) {
        case IdType::uuidv4: return std::string("uuidv4");
        case IdType::uuidv7: return std::string("uuidv7");
        case IdType::nanoid: return std::string("nanoid");
    }
    return std::string("uuidv7");
}

ShownValue show(model::TraceWish field) {
    return std::string(model::to_string(field));
}

}  // namespace outpost::app
