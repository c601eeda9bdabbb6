#include "api/query/log_filters.hpp"

#include <charconv>
#include <limits>

namespace outpost::api {
namespace {

using ports::OutcomeState;

constexpr std::string_view kPending = "pending";
constexpr std::array kStates = {OutcomeState::delivered, OutcomeState::retrying,  OutcomeState::failed,
                                OutcomeState::skipped,   OutcomeState::cancelled, OutcomeState::parked};
constexpr std::string_view kStateNames = "must be one of: [delivered retrying failed skipped cancelled parked pending]";
constexpr std::string_view kClassNames =
    "must be one of: [2xx 3xx 4xx 5xx success http_3xx http_4xx http_5xx timeout dns connect tls reset blocked network"
    " broker other]";

std::optional<std::uint32_t> parse_number(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Narrows the conditions; bounds that exclude each other leave nothing.
Parsed<void> parse_numbers(const Query& query, model::AttemptConditions& conditions) {
    constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
    bool nothing = false;
    for (const std::string_view operation : {"gte", "gt", "lte", "lt"}) {
        const std::string name = fmt::format("attempt_number[{}]", operation);
        const auto text = query.find_filled(name);
        if (!text) continue;
        const auto number = parse_number(*text);
        if (!number) return wrong_query(name, "must be a whole number from 0 to 4294967295");
        if (operation == "gte") conditions.number_min = std::max(conditions.number_min, *number);
        if (operation == "lte") conditions.number_max = std::min(conditions.number_max, *number);
        nothing = nothing || (operation == "gt" && *number == kMost) || (operation == "lt" && *number == 0);
        if (operation == "gt" && *number < kMost) conditions.number_min = std::max(conditions.number_min, *number + 1);
        if (operation == "lt" && *number > 0) conditions.number_max = std::min(conditions.number_max, *number - 1);
    }
    if (nothing) {
        conditions.number_min = 1;
        conditions.number_max = 0;
    }
    return {};
}

std::size_t characters_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

/// Values of one path are OR-ed, as those of any parameter.
Parsed<void> parse_data(const Query& query, std::vector<model::DataCondition>& conditions) {
    for (const auto& [path, value] : query.bracketed("data")) {
        if (path.empty()) return wrong_query("data[]", "must name a member of the data, as data[customer.id]");
        if (path.size() > model::kDataPathBytesMax) {
            return wrong_query("data", fmt::format("paths must be at most {} bytes", model::kDataPathBytesMax));
        }
        const auto known = std::ranges::find(conditions, path, &model::DataCondition::path);
        if (known != conditions.end()) {
            known->values.emplace_back(value);
            continue;
        }
        if (conditions.size() == model::kDataConditionsMax) {
            return wrong_query("data", fmt::format("at most {} paths", model::kDataConditionsMax));
        }
        conditions.push_back({std::string(path), {std::string(value)}});
    }
    return {};
}

}  // namespace

Parsed<model::AttemptConditions> parse_attempt_conditions(const Query& query) {
    model::AttemptConditions conditions;
    conditions.codes = query.array("code");
    for (const std::string& name : query.array("code_class")) {
        const auto some = model::CodeClass::parse(name);
        if (!some) return wrong_query("code_class", kClassNames);
        conditions.code_classes.push_back(*some);
    }
    if (const auto manual = query.find_filled("manual")) {
        if (*manual != "true" && *manual != "false") return wrong_query("manual", "must be 'true' or 'false'");
        conditions.manual = *manual == "true";
    }
    TRY_VOID(parse_numbers(query, conditions));
    return conditions;
}

Parsed<EventFilters> parse_event_filters(const Query& query) {
    EventFilters filters;
    for (const std::string& name : query.array("outcome")) {
        const auto state = std::ranges::find(kStates, name, [](OutcomeState known) { return to_string(known); });
        if (state == kStates.end() && name != kPending) return wrong_query("outcome", kStateNames);
        filters.outcomes.push_back(state == kStates.end() ? std::nullopt : std::optional(*state));
    }
    TRY_VOID(parse_data(query, filters.conditions.data));
    filters.conditions.text = query.find_filled("q").value_or("");
    if (characters_of(filters.conditions.text) > model::kSearchTextCharactersMax) {
        return wrong_query("q", fmt::format("must be at most {} characters", model::kSearchTextCharactersMax));
    }
    return filters;
}

}  // namespace outpost::api
