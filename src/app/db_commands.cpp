#include "app/db_commands.hpp"

#include "backends/embedded/tools/backup.hpp"
#include "backends/embedded/tools/check.hpp"
#include "backends/embedded/tools/export.hpp"
#include "backends/embedded/tools/reindex.hpp"

#include <fstream>
#include <ostream>

namespace outpost::app {
namespace {

using embedded::DataPaths;
using embedded::Say;

int export_to(std::ostream& out, const DataPaths& paths, const CommandLine& line, const Surroundings& around) {
    const auto write = [&](std::string_view piece) -> Result<void> {
        out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        if (!out.flush()) return fail(Errc::unavailable, "cannot write what is exported");
        return {};
    };
    const auto exported = embedded::export_data(paths, write);
    if (!exported) return refuse(line, around, {{exported.error().describe()}});
    around.err << fmt::format("tenants: {}, destinations: {}, events: {}, attempts: {}\n", exported->tenants,
                              exported->destinations, exported->events, exported->attempts);
    if (exported->damaged_count == 0) return 0;
    ConfigProblems problems;
    problems.lines = exported->damaged;
    problems.lines.push_back(fmt::format("{} damaged rows were left out", exported->damaged_count));
    return refuse(line, around, problems);
}

int export_db(const DataPaths& paths, const CommandLine& line, const Surroundings& around) {
    if (!line.target) return export_to(around.out, paths, line, around);
    const std::filesystem::path file = around.working_directory / *line.target;
    std::error_code error;
    if (std::filesystem::exists(file, error)) {
        return refuse(line, around, {{fmt::format("FILE: {} exists already", file.string())}});
    }
    std::ofstream out(file, std::ios::binary);
    if (!out) return refuse(line, around, {{fmt::format("FILE: {} can't be written", file.string())}});
    return export_to(out, paths, line, around);
}

}  // namespace

int run_db_command(const CommandLine& line, const Surroundings& around) {
    const ConfigReport report = read_config(sources_of(line, around));
    if (!report.unreadable.lines.empty()) return refuse(line, around, report.unreadable, "load config: ");
    const SystemClock clock;
    const Say say = [&](const std::string& text) { around.out << text << "\n" << std::flush; };
    DataPaths paths{around.working_directory / report.config.data_dir};
    const std::filesystem::path folder = around.working_directory / line.folder;
    Result<void> done;
    switch (line.verb) {
        case Verb::db_check: {
            const auto sound = embedded::check_data(paths, say);
            if (sound) return *sound ? 0 : 1;
            done = fail(sound.error());
            break;
        }
        case Verb::db_reindex: done = embedded::reindex_data(paths, clock, say); break;
        case Verb::db_backup: done = embedded::back_up(paths, folder, clock, say); break;
        case Verb::db_restore:
            if (line.target) paths.root = around.working_directory / *line.target;
            done = embedded::restore(folder, paths, say);
            break;
        default: return export_db(paths, line, around);
    }
    if (done) return 0;
    return refuse(line, around, {{done.error().describe()}});
}

}  // namespace outpost::app
