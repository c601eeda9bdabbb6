#include "app/config/load.hpp"

#include "app/config/check.hpp"
#include "app/config/config_file.hpp"
#include "app/config/layer.hpp"

#include <unistd.h>

namespace outpost::app {
namespace {

/// What PUBLISH_IDEMPOTENCY_KEY_TTL=0 stands for: the reference then never forgets an id (config.md §2).
constexpr std::chrono::seconds kForEver = std::chrono::years(50);

std::vector<RawValue> environment_layer(const std::map<std::string, std::string>& environment) {
    std::vector<RawValue> values;
    for (const auto& [name, text] : environment)
        values.push_back({.name = name, .origin = Origin::environment, .text = text});
    return values;
}

}  // namespace

std::map<std::string, std::string> process_environment() {
    std::map<std::string, std::string> variables;
    for (char** entry = ::environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

std::string ConfigProblems::text() const {
    return fmt::format("{}", fmt::join(lines, "\n"));
}

ConfigReport read_config(const ConfigSources& sources) {
    ConfigReport report;
    Remarks remarks;
    if (auto file = read_config_file(sources)) {
        report.config.config_file_path = file->path;
        apply_layer(file->values, sources.working_directory, report, remarks);
    } else {
        report.unreadable.lines.push_back(file.error().describe());
    }
    apply_layer(environment_layer(sources.environment), sources.working_directory, report, remarks);
    check_config(sources.service_flag, remarks, report);
    return report;
}

std::expected<Config, ConfigProblems> load_config(const ConfigSources& sources) {
    ConfigReport report = read_config(sources);
    ConfigProblems problems = std::move(report.unreadable);
    problems.lines.insert(problems.lines.end(), report.invalid.lines.begin(), report.invalid.lines.end());
    if (!problems.lines.empty()) return std::unexpected(std::move(problems));
    Config& config = report.config;
    if (!config.retry_schedule.empty()) config.retry_limit = static_cast<std::uint32_t>(config.retry_schedule.size());
    if (config.gin_mode == "debug" && config.log_level == log::Level::info) config.log_level = log::Level::debug;
    if (config.publish_idempotency_window.count() == 0) config.publish_idempotency_window = kForEver;
    return std::move(config);
}

}  // namespace outpost::app
