// What `outpost config list` and the start-up log show (config.md §8).
#include "app/config/setting.hpp"

namespace outpost::app {

std::vector<ShownField> show_config(const Config& config) {
    std::vector<ShownField> fields = {
        {"version", std::string(OUTPOST_VERSION)},
        {"telemetry_disabled", true},  // there is none (decision D7)
        {"config_file_path", config.config_file_path.empty() ? "none (using defaults and environment variables)"
                                                             : config.config_file_path}};
    fields.push_back({"alert_consecutive_failure_enabled", config.alert.failure_count.value.has_value()});
    fields.push_back({"alert_exhausted_retries_enabled", config.alert.exhausted_window_seconds.value.has_value()});
    for (const Setting& setting : settings()) {
        const Setting::Names& names = setting.names;
        if (names.shown_as.empty()) continue;
        const ShownValue value = setting.show(config);
        if (setting.secret)
            fields.push_back({fmt::format("{}_configured", names.shown_as), !std::get<std::string>(value).empty()});
        else fields.push_back({std::string(names.shown_as), value});
    }
    std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return fields;
}

std::vector<std::pair<std::string, std::string>> describe_config(const Config& config) {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const ShownField& field : show_config(config)) {
        const auto* text = std::get_if<std::string>(&field.value);
        const auto* flag = std::get_if<bool>(&field.value);
        texts.emplace_back(field.name, text   ? *text
                                       : flag ? (*flag ? "true" : "false")
                                              : fmt::format("{}", std::get<std::int64_t>(field.value)));
    }
    return texts;
}

}  // namespace outpost::app
