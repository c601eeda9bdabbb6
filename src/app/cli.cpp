#include "app/cli.hpp"

#include "app/banner.hpp"
#include "app/signals.hpp"
#include "app/wiring.hpp"
#include "base/log.hpp"

#include <iostream>
#include <unistd.h>

namespace outpost::app {
namespace {

/// The line that a start begins with (config.md §8), and what the operator should know.
void log_start(const Config& config) {
    const std::vector<ShownField> shown = show_config(config);
    std::vector<log::Field> fields;
    for (const ShownField& field : shown)
        std::visit([&](const auto& value) { fields.emplace_back(field.name, value); }, field.value);
    log::write_fields(log::Level::info, "starting outpost", fields);
    for (const std::string& warning : config.warnings) log::warn("config.warning", {{"warning", warning}});
}

std::string variable(const Surroundings& around, const std::string& name) {
    const auto found = around.environment.find(name);
    return found == around.environment.end() ? "" : found->second;
}

BannerFacts banner_facts(const CommandLine& line, const Surroundings& around, const Config& config) {
    const std::filesystem::path data_dir =
        std::filesystem::absolute(around.working_directory / config.data_dir).lexically_normal();
    const std::string named_dir = config.data_dir == Config{}.data_dir ? "" : data_dir.string();
    const std::string file = line.config ? *line.config : variable(around, "CONFIG");
    return {.version = OUTPOST_VERSION,
            .data_dir = data_dir.string(),
            .terminal = around.terminal,
            .topic = config.topics.empty() ? "user.created" : config.topics.front(),
            .key_command = variable(around, "API_KEY").empty() ? key_command(line.program, named_dir, file) : ""};
}

}  // namespace

int serve(const CommandLine& line, const Surroundings& around) {
    prepare_signals();
    auto config = load_config(sources_of(line, around));
    if (!config) return refuse(line, around, config.error());
    log::set_level(config->log_level);
    log_start(*config);
    BannerFacts facts = banner_facts(line, around, *config);
    auto service = Service::start(std::move(*config));
    if (!service) return refuse(line, around, {{service.error().describe()}});
    facts.port = (*service)->port();
    facts.api_key = (*service)->api_key();
    around.out << render_banner(facts) << std::flush;
    (*service)->run_until_signal();
    return 0;
}

int run_cli(int argc, char** argv) {
    const CommandLine line = parse_command_line({argv, argv + argc});
    const Surroundings around{.environment = process_environment(),
                              .out = std::cout,
                              .err = std::cerr,
                              .terminal = ::isatty(STDOUT_FILENO) == 1};
    return line.verb == Verb::serve ? serve(line, around) : run_command(line, around);
}

}  // namespace outpost::app
