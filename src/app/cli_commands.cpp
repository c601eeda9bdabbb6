#include "app/cli_commands.hpp"

#include "app/db_commands.hpp"
#include "app/probe.hpp"
#include "app/secrets.hpp"

#include <ostream>

namespace outpost::app {
namespace {

constexpr int kStatusOk = 200;
constexpr std::string_view kLoadConfig = "load config: ";

/// Width of the longest name, two blanks, value; sorted (§7.2).
int list_config(const CommandLine& line, const Surroundings& around) {
    const ConfigReport report = read_config(sources_of(line, around));
    if (!report.unreadable.lines.empty()) return refuse(line, around, report.unreadable, kLoadConfig);
    const auto fields = describe_config(report.config);
    std::size_t width = 0;
    for (const auto& [name, value] : fields) width = std::max(width, name.size());
    for (const auto& [name, value] : fields) around.out << fmt::format("{:<{}}  {}\n", name, width, value);
    if (!report.invalid.lines.empty()) around.err << "\n";
    for (const std::string& problem : report.invalid.lines)
        around.err << "Warning: config is invalid: " << problem << "\n";
    return 0;
}

int check_config_command(const CommandLine& line, const Surroundings& around) {
    const auto config = load_config(sources_of(line, around));
    if (!config) return refuse(line, around, config.error());
    for (const std::string& warning : config->warnings) around.err << "Warning: " << warning << "\n";
    around.out << "The configuration is valid.\n";
    return 0;
}

int print_key(const CommandLine& line, const Surroundings& around) {
    const ConfigReport report = read_config(sources_of(line, around));
    if (!report.unreadable.lines.empty()) return refuse(line, around, report.unreadable, kLoadConfig);
    const Config& config = report.config;
    auto key = config.api_key.empty() ? load_secret(around.working_directory / config.data_dir, kApiKeyFile)
                                      : Result<std::string>(config.api_key);
    if (key) {
        around.out << *key << "\n";
        return 0;
    }
    if (key.error().code() != Errc::not_found) return refuse(line, around, {{key.error().describe()}});
    const std::string directory =
        std::filesystem::absolute(around.working_directory / config.data_dir).lexically_normal();
    return refuse(line, around,
                  {{fmt::format("there is no API key in {} yet: the first start makes one, or set API_KEY; is DATA_DIR "
                                "the one of the service?",
                                directory)}});
}

int check_health(const CommandLine& line, const Surroundings& around) {
    const ConfigReport report = read_config(sources_of(line, around));
    if (!report.unreadable.lines.empty()) return refuse(line, around, report.unreadable, kLoadConfig);
    const Config& config = report.config;
    const std::string address = probe_address(config.api_host);
    const auto status = probe(address, config.api_port, "/livez");
    if (!status)
        return refuse(line, around, {{fmt::format("{} port {}: {}", address, config.api_port, status.error().text())}});
    if (*status != kStatusOk) return refuse(line, around, {{fmt::format("/livez answers {}", *status)}});
    return 0;
}

/// Embedded data is brought up to date at start, so that nothing is ever pending here (decision D2); the texts are
/// those that scripts look for (§7.3).
int migrate(const CommandLine& line, const Surroundings& around) {
    if (const auto config = load_config(sources_of(line, around)); !config)
        return refuse(line, around, config.error(), kLoadConfig);
    switch (line.verb) {
        case Verb::migrate_list:
            around.out << "SQL Migrations:\n\nRedis Migrations:\n\nSummary: 0 SQL pending, 0 Redis pending\n";
            return 0;
        case Verb::migrate_verify:
            around.out << "Verifying migrations...\n\nSQL: current=0 latest=0 [OK]\nRedis:\n\n"
                          "All migrations verified successfully.\n";
            return 0;
        case Verb::migrate_unlock: around.out << "Redis migration lock cleared.\n"; return 0;
        default: around.out << "All migrations are up to date.\n"; return 0;
    }
}

}  // namespace

ConfigSources sources_of(const CommandLine& line, const Surroundings& around) {
    return {.environment = around.environment,
            .config_flag = line.config,
            .service_flag = line.service,
            .working_directory = around.working_directory};
}

int refuse(const CommandLine& line, const Surroundings& around, const ConfigProblems& problems,
           std::string_view prefix) {
    const bool server = std::filesystem::path(line.program).filename() == "outpost-server";
    for (const std::string& problem : problems.lines)
        around.err << (server ? "" : "Error: ") << prefix << problem << "\n";
    return 1;
}

int run_command(const CommandLine& line, const Surroundings& around) {
    switch (line.verb) {
        case Verb::say: (line.exit_code == 0 ? around.out : around.err) << line.text; return line.exit_code;
        case Verb::key: return print_key(line, around);
        case Verb::config_list: return list_config(line, around);
        case Verb::config_check: return check_config_command(line, around);
        case Verb::healthcheck: return check_health(line, around);
        case Verb::db_check:
        case Verb::db_reindex:
        case Verb::db_backup:
        case Verb::db_restore:
        case Verb::db_export: return run_db_command(line, around);
        default: return migrate(line, around);
    }
}

}  // namespace outpost::app
