// How a written value gets into a field of Config, by the field's type, and how the field is shown.
#pragma once

#include "app/config/setting.hpp"

namespace outpost::app {

// Each returns corrupt (not of this type) or invalid (not allowed); the text is the whole line for the operator.
Result<void> assign(std::string& field, const RawValue& value, const NumberRule& rule);
Result<void> assign(std::optional<std::string>& field, const RawValue& value, const NumberRule& rule);
Result<void> assign(std::filesystem::path& field, const RawValue& value, const NumberRule& rule);
Result<void> assign(bool& field, const RawValue& value, const NumberRule& rule);
Result<void> assign(std::int64_t& field, const RawValue& value, const NumberRule& rule);
Result<void> assign(std::chrono::seconds& field, const RawValue& value, const NumberRule& rule);
Result<void> assign(std::vector<std::string>& field, const RawValue& value, const NumberRule& rule);
Result<void> assign(std::vector<std::chrono::seconds>& field, const RawValue& value, const NumberRule& rule);
Result<void> assign(log::Level& field, const RawValue& value, const NumberRule& rule);
Result<void> assign(IdType& field, const RawValue& value, const NumberRule& rule);
Result<void> assign(model::TraceWish& field, const RawValue& value, const NumberRule& rule);

/// Empty: off. Its messages are the contract's own (config.md §2 rule 14).
Result<void> assign(CountOrOff& field, const RawValue& value, const NumberRule& rule);

/// The other integers: the rule keeps the number within the field's type.
template <std::unsigned_integral Integer>
Result<void> assign(Integer& field, const RawValue& value, const NumberRule& rule) {
    std::int64_t number = 0;
    TRY_VOID(assign(number, value, rule));
    field = static_cast<Integer>(number);
    return {};
}

ShownValue show(const std::string& field);
ShownValue show(const std::optional<std::string>& field);
ShownValue show(const std::filesystem::path& field);
ShownValue show(const std::vector<std::string>& field);
ShownValue show(const std::vector<std::chrono::seconds>& field);
ShownValue show(std::chrono::seconds field);
ShownValue show(log::Level field);
ShownValue show(IdType field);
ShownValue show(model::TraceWish field);
ShownValue show(const CountOrOff& field);
inline ShownValue show(bool field) {
    return field;
}
template <std::integral Integer>
    requires(!std::same_as<Integer, bool>)
ShownValue show(Integer field) {
    return static_cast<std::int64_t>(field);
}

}  // namespace outpost::app
