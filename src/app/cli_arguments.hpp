// What the words of the command line ask for (config.md §7).
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace outpost::app {

enum class Verb {
    say,  ///< help, version or a mistake: print `text`, end with `exit_code`
    serve,
    key,
    config_list,
    config_check,
    healthcheck,
    migrate_list,
    migrate_plan,
    migrate_apply,
    migrate_verify,
    migrate_unlock,
    db_check,
    db_reindex,
    db_backup,
    db_restore,
    db_export,
};

struct CommandLine {
    Verb verb = Verb::serve;
    std::string program;                 ///< argv[0]
    std::optional<std::string> config;   ///< --config, -c, -config
    std::optional<std::string> service;  ///< -service
    std::string folder;                  ///< of db backup: where to; of db restore: the backup
    std::optional<std::string> target;   ///< of db restore: the data directory; of db export: the file
    std::string text;                    ///< of say; to standard error when exit_code is not 0
    int exit_code = 0;
};

/// @param words  argv: the program first. As `outpost-server` it speaks that program's dialect: `-version` prints the
/// bare version, a mistake ends with 2.
CommandLine parse_command_line(const std::vector<std::string>& words);

}  // namespace outpost::app
