#include "app/cli_arguments.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <sstream>

namespace outpost::app {
namespace {

/// The reference's server takes long names with one dash.
std::string with_two_dashes(const std::string& word) {
    for (const std::string name : {"-config", "-service", "-version"}) {
        if (word == name || word.starts_with(name + "=")) return "-" + word;
    }
    return word;
}

/// Understood for the reference's sake; there is nothing that it could change here.
void add_unused_flag(CLI::App& app, const char* name, const std::string& description) {
    app.add_flag(name, description);
}

void add_verb(CLI::App& parent, const char* name, const char* description, Verb verb, CommandLine& line) {
    parent.add_subcommand(name, description)->callback([&line, verb] { line.verb = verb; });
}

void add_config(CLI::App& app, CommandLine& line) {
    CLI::App* config = app.add_subcommand("config", "Show or check the configuration");
    add_verb(*config, "list", "Print what is configured, secrets left out", Verb::config_list, line);
    add_verb(*config, "check", "Say everything that is wrong; exit 1 if the service would not start",
             Verb::config_check, line);
}

void add_migrate(CLI::App& app, CommandLine& line) {
    CLI::App* migrate =
        app.add_subcommand("migrate", "Database migrations; embedded mode makes them at start by itself");
    add_unused_flag(*migrate, "--verbose", "Accepted, nothing more is said");
    add_verb(*migrate, "list", "List migrations", Verb::migrate_list, line);
    add_verb(*migrate, "plan", "Show pending migrations", Verb::migrate_plan, line);
    add_verb(*migrate, "apply", "Apply pending migrations", Verb::migrate_apply, line);
    add_verb(*migrate, "verify", "Verify applied migrations", Verb::migrate_verify, line);
    add_verb(*migrate, "unlock", "Clear the migration lock", Verb::migrate_unlock, line);
    CLI::App* apply = migrate->get_subcommand("apply");
    add_unused_flag(*apply, "-y,--yes", "Don't ask");
    add_unused_flag(*apply, "--sql-only", "SQL migrations only");
    add_unused_flag(*apply, "--redis-only", "Redis migrations only");
    add_unused_flag(*migrate->get_subcommand("unlock"), "-y,--yes", "Don't ask");
}

void add_db(CLI::App& app, CommandLine& line) {
    CLI::App* db = app.add_subcommand("db", "Look after the data directory (DATA_DIR) of embedded mode");
    add_verb(*db, "check", "Verify every file of a stopped directory; exit 1 if there is damage", Verb::db_check, line);
    add_verb(*db, "reindex", "Make projections and indexes of a stopped directory anew from the log", Verb::db_reindex,
             line);
    add_verb(*db, "backup", "Copy the directory into a new folder, while the service runs or not", Verb::db_backup,
             line);
    add_verb(*db, "restore", "Put a backup into an empty directory", Verb::db_restore, line);
    add_verb(*db, "export", "Write tenants, destinations, events and attempts as JSON lines", Verb::db_export, line);
    db->get_subcommand("backup")->add_option("DIR", line.folder, "The folder to make")->required();
    CLI::App* restore = db->get_subcommand("restore");
    restore->add_option("BACKUP", line.folder, "The folder that a backup made")->required();
    restore->add_option("DIR", line.target, "The data directory to make; default: DATA_DIR");
    db->get_subcommand("export")->add_option("FILE", line.target, "The file to make; default: standard output");
}

bool is_server_name(const std::string& program) {
    return std::filesystem::path(program).filename() == "outpost-server";
}

/// Help, version or a mistake, in words.
CommandLine say(const CLI::App& app, const CLI::ParseError& error, CommandLine line) {
    line.verb = Verb::say;
    if (error.get_exit_code() == 0) {
        std::ostringstream out;
        app.exit(error, out, out);
        line.text = out.str();
        return line;
    }
    const bool server = is_server_name(line.program);
    line.exit_code = server ? 2 : 1;
    line.text = server ? fmt::format("{}\n{}", error.what(), app.help()) : fmt::format("Error: {}\n", error.what());
    return line;
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& words) {
    CommandLine line;
    line.program = words.empty() ? "outpost" : words.front();
    CLI::App app("Outpost delivers events. Without a command it serves.", "outpost");
    app.fallthrough();
    app.set_version_flag("-v,--version",
                         is_server_name(line.program) ? OUTPOST_VERSION : "outpost version " OUTPOST_VERSION);
    app.add_option("-c,--config", line.config, "Configuration file, YAML or .env (CONFIG)");
    app.add_option("--service", line.service, "Which part to run (SERVICE): all");
    add_verb(app, "serve", "Start the service", Verb::serve, line);
    add_verb(app, "key", "Print the API key", Verb::key, line);
    add_config(app, line);
    add_migrate(app, line);
    add_db(app, line);
    add_verb(app, "healthcheck", "Ask the service on this machine whether it lives; exit 0 or 1", Verb::healthcheck,
             line);

    std::vector<std::string> reversed;  // as CLI11 takes them
    for (std::size_t at = words.size(); at-- > 1;) reversed.push_back(with_two_dashes(words[at]));
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        return say(app, error, std::move(line));
    }
    for (const char* group : {"config", "migrate", "db"}) {
        const CLI::App* chosen = app.get_subcommand(group);
        if (!chosen->parsed() || !chosen->get_subcommands().empty()) continue;
        line.verb = Verb::say;
        line.text = chosen->help();
    }
    return line;
}

}  // namespace outpost::app
