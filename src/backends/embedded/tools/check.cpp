#include "backends/embedded/tools/check.hpp"

#include "backends/embedded/engine/directory_lock.hpp"
#include "backends/embedded/engine/maintenance.hpp"
#include "backends/embedded/engine/retention.hpp"
#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/seal/segment_sealer.hpp"
#include "backends/embedded/tools/check_segment.hpp"
#include "backends/embedded/tools/fold_log.hpp"

namespace outpost::embedded {
namespace {

/// Lines in columns: name, verdict, what there is to say.
class Report {
public:
    explicit Report(const Say& say) : say_(say) {}
    void ok(const std::string& name, const std::string& text) { say_(fmt::format("{:<18} ok       {}", name, text)); }
    void wrong(const std::string& name, const std::vector<std::string>& problems) {
        sound_ = false;
        say_(fmt::format("{:<18} DAMAGED  {}", name, fmt::join(problems, "; ")));
    }
    bool sound() const { return sound_; }

private:
    const Say& say_;
    bool sound_ = true;
};

std::string count(std::int64_t number, const char* one, const char* many) {
    return fmt::format("{} {}", number, number == 1 ? one : many);
}

/// What control.db says, as far as the other checks need it.
struct Said {
    std::uint32_t first_segment = 0;
    std::map<std::uint32_t, SegmentRange> sealed;
    model::EventRef watermark;
};

Result<Said> read_control(Database& control) {
    Said said;
    TRY(said.first_segment, first_segment_kept(control));
    TRY(said.sealed, read_manifest(control));
    TRY(Statement place, control.prepare("SELECT segment, row FROM projection WHERE name = 'open_deliveries'"));
    TRY(const bool found, place.step());
    if (found) {
        said.watermark = {static_cast<std::uint32_t>(place.integer(0)), static_cast<std::uint32_t>(place.integer(1))};
    }
    return said;
}

Result<Said> check_control(const DataPaths& paths, Report& report) {
    TRY(Database control, Database::open(paths.control(), OpenMode::read_only));
    TRY(const auto problems, check_integrity(control));
    if (!problems.empty()) {
        report.wrong("control.db", problems);
    } else {
        TRY(const auto tenants, control.query_integer("SELECT count(*) FROM tenants WHERE deleted_at IS NULL"));
        TRY(const auto destinations,
            control.query_integer("SELECT count(*) FROM destinations WHERE deleted_at IS NULL"));
        report.ok("control.db", fmt::format("{}, {}", count(tenants.value_or(0), "tenant", "tenants"),
                                            count(destinations.value_or(0), "destination", "destinations")));
    }
    return read_control(control);
}

/// Whatever else lies beside control.db.
Result<void> check_others(const DataPaths& paths, Report& report) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(paths.root, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (entry->path().extension() != ".db" || name == "control.db") continue;
        auto look = [&]() -> Result<std::vector<std::string>> {
            TRY(Database database, Database::open(entry->path(), OpenMode::read_only));
            return check_integrity(database);
        };
        auto problems = look();
        if (!problems) report.wrong(name, {problems.error().describe()});
        else if (!problems->empty()) report.wrong(name, *problems);
        else report.ok(name, "");
    }
    return {};
}

bool covers(const RowTimes& said, const RowTimes& found) {
    return std::ranges::all_of(found, [&](const TimeBounds& rows) {
        return rows.empty() || std::ranges::any_of(said, [&](const TimeBounds& range) {
                   return range.first <= rows.first && range.last >= rows.last;
               });
    });
}

/// What the manifest says must cover the rows, late ones too, or lists and metrics pass them by.
std::vector<std::string> check_times(const std::filesystem::path& file, const SegmentRange& said) {
    auto measure = [&]() -> Result<SegmentRange> {
        TRY(Database segment, open_quietly(file));
        return measure_segment(segment);
    };
    const auto found = measure();
    if (!found) return {found.error().describe()};
    if (covers(said.event_times(), found->event_times()) && covers(said.attempt_times(), found->attempt_times())) {
        return {};
    }
    return {"it has rows of other times than control.db says: `outpost db reindex` measures it anew"};
}

void check_one_segment(const DataPaths& paths, std::uint32_t number, bool newest, const Said& said, Report& report) {
    const std::string name = fmt::format("log/{:08}.db", number);
    if (number < said.first_segment) return report.ok(name, "left over by retention: the next start removes it");
    SegmentFindings found = check_segment(segment_path(paths.log(), number));
    const auto sealed = said.sealed.find(number);
    if (sealed != said.sealed.end() && sealed->second.rows != found.rows) {
        found.problems.push_back(fmt::format("{} rows were sealed, {} are there", sealed->second.rows, found.rows));
    }
    if (found.problems.empty() && sealed != said.sealed.end()) {
        found.problems = check_times(segment_path(paths.log(), number), sealed->second);
    }
    if (!found.problems.empty()) return report.wrong(name, found.problems);
    const char* state = sealed != said.sealed.end() ? "sealed" : newest ? "open" : "waits to be sealed";
    report.ok(name, fmt::format("{}, {}", count(static_cast<std::int64_t>(found.rows), "row", "rows"), state));
}

Result<std::int64_t> rows_only_in(Database& database, const std::string& table, const char* here, const char* there) {
    TRY(const auto rows,
        database.query_integer(fmt::format("SELECT count(*) FROM (SELECT * FROM {0}.{2} EXCEPT SELECT * FROM {1}.{2})",
                                           here, there, table)));
    return rows.value_or(0);
}

/// Folds the log up to where the projections are, and compares.
Result<void> check_projections(const DataPaths& paths, const Said& said, Report& report) {
    TRY(const ScratchDatabase scratch, ScratchDatabase::make(paths.root));
    TRY(const model::EventRef reached, fold_log(paths, said.first_segment, said.watermark, scratch.file()));
    if (reached < said.watermark) {
        report.wrong("projections",
                     {fmt::format("they have seen segment {} row {}, but the log ends at {} row {}",
                                  said.watermark.segment, said.watermark.row, reached.segment, reached.row)});
        return {};
    }
    TRY(Database expected, Database::open(scratch.file(), OpenMode::existing));
    TRY(Statement attach, expected.prepare("ATTACH ? AS actual"));
    const std::string control = paths.control().string();
    attach.bind(1, std::string_view(control));
    TRY_VOID(attach.run());
    std::int64_t missing = 0, surplus = 0;
    for (const char* table : {"open_deliveries", "carried_events"}) {
        TRY(const std::int64_t lost, rows_only_in(expected, table, "main", "actual"));
        TRY(const std::int64_t extra, rows_only_in(expected, table, "actual", "main"));
        missing += lost;
        surplus += extra;
    }
    TRY(const auto open, expected.query_integer("SELECT count(*) FROM main.open_deliveries"));
    if (missing + surplus == 0) {
        report.ok("projections", count(open.value_or(0), "open delivery", "open deliveries"));
    } else {
        report.wrong("projections",
                     {fmt::format("{} missing, {} too many or different: `outpost db reindex` makes them "
                                  "anew from the log",
                                  count(missing, "row", "rows"), count(surplus, "row", "rows"))});
    }
    return {};
}

}  // namespace

Result<bool> check_data(const DataPaths& paths, const Say& say) {
    TRY_VOID(expect_data(paths));
    TRY(const DirectoryLock lock, DirectoryLock::take(paths.lock()));
    Report report(say);
    auto said = check_control(paths, report);
    if (!said) report.wrong("control.db", {said.error().describe()});
    TRY_VOID(check_others(paths, report));
    TRY(const auto numbers, list_segments(paths.log()));
    const Said known = said.value_or(Said{});
    for (const auto& [number, range] : known.sealed) {
        if (!std::ranges::binary_search(numbers, number)) {
            report.wrong(fmt::format("log/{:08}.db", number), {"the file is missing"});
        }
    }
    for (const std::uint32_t number : numbers) {
        check_one_segment(paths, number, number == numbers.back(), known, report);
    }
    if (said && report.sound()) TRY_VOID(check_projections(paths, known, report));
    else say("projections        not compared: what they are compared with is damaged");
    say(report.sound() ? "Everything is sound." : "There is damage: see the lines above.");
    return report.sound();
}

}  // namespace outpost::embedded
