#include "model/destination_type.hpp"

#include "base/json.hpp"

// Not std::regex: that one recurses once a character and a long value would overflow the stack.
#include <boost/regex.hpp>

#include <charconv>

namespace outpost::model {
namespace {

constexpr std::size_t kMaskAllBelow = 10;
constexpr std::size_t kMaskShown = 4;

// `^` and `$` are the ends of the whole value, as in RE2.
const boost::regex_constants::match_flags kSearchFlags = boost::regex_constants::match_default |
                                                         boost::regex_constants::match_single_line |
                                                         boost::regex_constants::match_not_dot_newline;

std::optional<boost::regex> compile(const std::string& pattern) {
    try {
        return boost::regex(pattern, boost::regex::perl);
    } catch (const boost::regex_error&) {
        return std::nullopt;
    }
}

/// A value on which the search gets too expensive counts as not matching.
bool is_found(const std::string& pattern, const std::string& value) {
    const auto expression = compile(pattern);
    if (!expression) return false;
    try {
        return boost::regex_search(value, *expression, kSearchFlags);
    } catch (const std::runtime_error&) {
        return false;
    }
}

/// The first generic rule that a given value breaks, or an empty text (destinations.md §1.5).
std::string broken_rule(const TypeField& field, const std::string& value) {
    if (field.type == "number") {
        std::string_view digits = value;
        if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (error != std::errc() || end != digits.data() + digits.size()) return "type";
        if (field.min && number < *field.min) return "min";
        if (field.max && number > *field.max) return "max";
        return {};
    }
    const auto length = static_cast<std::int64_t>(value.size());
    if (field.min_length && length < *field.min_length) return "minlength";
    if (field.max_length && length > *field.max_length) return "maxlength";
    if (!field.pattern.empty() && !is_found(field.pattern, value)) return "pattern";
    return {};
}

void check(const std::vector<TypeField>& fields, std::string_view prefix, const StringMap& values,
           std::vector<std::pair<std::string, std::string>>& problems) {
    for (const TypeField& field : fields) {
        const auto found = values.find(field.key);
        std::string rule;
        if (found != values.end() && !found->second.empty()) rule = broken_rule(field, found->second);
        else if (field.required) rule = "required";
        if (!rule.empty()) problems.emplace_back(fmt::format("{}.{}", prefix, field.key), std::move(rule));
    }
}

/// Reads the members of one object of a metadata.json; the first one of a wrong kind is remembered.
class Members {
public:
    explicit Members(const json::value& value) : object_(value.if_object()) {
        if (object_ == nullptr) wrong_ = "an object";
    }

    std::string text(std::string_view name) {
        const json::value* member = find(name);
        if (member == nullptr) return {};
        if (const auto* content = member->if_string()) return std::string(*content);
        wrong_ = name;
        return {};
    }
    bool flag(std::string_view name) {
        const json::value* member = find(name);
        if (member == nullptr) return false;
        if (const auto* content = member->if_bool()) return *content;
        wrong_ = name;
        return false;
    }
    std::optional<std::int64_t> number(std::string_view name) {
        const json::value* member = find(name);
        if (member == nullptr) return std::nullopt;
        if (const auto* content = member->if_int64()) return *content;
        wrong_ = name;
        return std::nullopt;
    }
    /// The elements of an array; none when it is absent.
    std::span<const json::value> array(std::string_view name) {
        const json::value* member = find(name);
        if (member == nullptr) return {};
        if (const auto* content = member->if_array()) return {content->data(), content->size()};
        wrong_ = name;
        return {};
    }
    const json::value* find(std::string_view name) const {
        return object_ == nullptr ? nullptr : object_->if_contains(name);
    }
    Result<void> finish() const {
        if (wrong_.empty()) return {};
        return fail(Errc::invalid, fmt::format("destination type: {} is missing or of a wrong kind", wrong_));
    }

private:
    const json::object* object_;
    std::string wrong_;
};

Result<std::vector<TypeField>> parse_fields(std::span<const json::value> values) {
    std::vector<TypeField> fields;
    for (const json::value& value : values) {
        Members members(value);
        TypeField field{.type = members.text("type"),
                        .label = members.text("label"),
                        .description = members.text("description"),
                        .key = members.text("key"),
                        .required = members.flag("required"),
                        .default_value = members.text("default"),
                        .disabled = members.flag("disabled"),
                        .sensitive = members.flag("sensitive"),
                        .min = members.number("min"),
                        .max = members.number("max"),
                        .step = members.number("step"),
                        .min_length = members.number("minlength"),
                        .max_length = members.number("maxlength"),
                        .pattern = members.text("pattern")};
        for (const json::value& option : members.array("options")) {
            Members option_members(option);
            field.options.push_back({option_members.text("label"), option_members.text("value")});
            TRY_VOID(option_members.finish());
        }
        TRY_VOID(members.finish());
        if (field.type.empty() || field.key.empty())
            return fail(Errc::invalid, "destination type: a field needs type and key");
        if (!compile(field.pattern))
            return fail(Errc::invalid,
                        fmt::format("destination type: the pattern of {} is no regular expression", field.key));
        fields.push_back(std::move(field));
    }
    return fields;
}

}  // namespace

Result<DestinationType> parse_destination_type(std::string_view metadata_json, std::string_view instructions,
                                               std::string_view icon) {
    TRY(const json::value document, parse_json(metadata_json));
    Members members(document);
    DestinationType type{.type = members.text("type"),
                         .label = members.text("label"),
                         .description = members.text("description"),
                         .icon = std::string(icon),
                         .instructions = std::string(instructions)};
    TRY(type.config_fields, parse_fields(members.array("config_fields")));
    TRY(type.credential_fields, parse_fields(members.array("credential_fields")));
    if (const json::value* link = members.find("setup_link")) {
        Members link_members(*link);
        type.setup_link = SetupLink{.href = link_members.text("href"), .cta = link_members.text("cta")};
        TRY_VOID(link_members.finish());
    }
    TRY_VOID(members.finish());
    if (type.type.empty()) return fail(Errc::invalid, "destination type: type is missing");
    return type;
}

std::vector<std::pair<std::string, std::string>> check_fields(const DestinationType& type, const StringMap& config,
                                                              const StringMap& credentials) {
    std::vector<std::pair<std::string, std::string>> problems;
    check(type.config_fields, "config", config, problems);
    check(type.credential_fields, "credentials", credentials, problems);
    return problems;
}

std::string mask(std::string_view value) {
    if (value.size() < kMaskAllBelow) return std::string(value.size(), '*');
    return std::string(value.substr(0, kMaskShown)) + std::string(value.size() - kMaskShown, '*');
}

StringMap mask_sensitive(const std::vector<TypeField>& fields, StringMap values) {
    for (const TypeField& field : fields) {
        if (!field.sensitive) continue;
        const auto found = values.find(field.key);
        if (found != values.end()) found->second = mask(found->second);
    }
    return values;
}

}  // namespace outpost::model
