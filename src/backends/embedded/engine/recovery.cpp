#include "backends/embedded/engine/recovery.hpp"

#include "backends/embedded/control/tenant_rows.hpp"
#include "backends/embedded/engine/maintenance.hpp"
#include "backends/embedded/engine/retention.hpp"
#include "backends/embedded/retain/segment_files.hpp"
#include "base/log.hpp"

#include <ranges>

namespace outpost::embedded {

namespace {

/// Retention says in control.db which segments go, then removes their files: a crash may come between.
Result<void> finish_removals(const std::filesystem::path& log_directory, std::uint32_t first_kept) {
    TRY(const auto sizes, measure_segments(log_directory));
    for (const auto& [number, bytes] : sizes) {
        if (number < first_kept) TRY_VOID(remove_segment_files(log_directory, number));
    }
    return {};
}

/// A segment that was given up after a failed sync ends where the next one says.
Result<void> cut_to_its_end(const std::filesystem::path& log_directory, std::uint32_t number) {
    const std::filesystem::path next = segment_path(log_directory, number + 1);
    std::error_code error;
    if (!std::filesystem::exists(next, error)) return {};
    const auto rows = rows_before(next);
    if (!rows || !*rows) return {};  // a damaged one is met on its own
    TRY(Database database, Database::open(segment_path(log_directory, number), OpenMode::existing));
    return cut_rows(database, **rows);
}

}  // namespace

Result<void> recover_segments(const DataPaths& paths, const EngineSettings& settings, Database& control,
                              SegmentDirectory& segments) {
    TRY(const auto manifest, read_manifest(control));
    TRY(const std::uint32_t first_kept, first_segment_kept(control));
    TRY_VOID(finish_removals(paths.log(), first_kept));
    TRY(const std::vector<std::uint32_t> numbers, list_segments(paths.log()));
    for (const std::uint32_t number : numbers | std::views::reverse) {  // each after the one that knows its end
        Segment segment{.number = number, .file = segment_path(paths.log(), number), .tail = nullptr, .range = {}};
        if (const auto sealed = manifest.find(number); sealed != manifest.end()) {
            segment.range = sealed->second;
            segment.ids = open_id_filter(segment.file);
        } else {
            // Opening through the writer completes a file that a crash left without its tables.
            auto load = [&]() -> Result<std::shared_ptr<Tail>> {
                TRY_VOID(SegmentWriter::open(segment.file));
                TRY_VOID(cut_to_its_end(paths.log(), number));
                TRY(Database database, Database::open(segment.file, OpenMode::read_only));
                return load_tail(database, tail_rows(settings.segment_rows_max));
            };
            auto tail = load();
            if (!tail) {
                return fail(
                    Error(tail.error().code(), fmt::format("{} can't be read", segment.file.string()), tail.error()));
            }
            segment.tail = std::move(*tail);
        }
        segments.put(std::move(segment));
    }
    return {};
}

namespace {

/// How many rows a segment has; 0 when it is not there.
std::int64_t rows_of(const SegmentList& list, std::uint32_t number) {
    const SegmentPtr segment = SegmentDirectory::find(list, number);
    if (segment == nullptr) return 0;
    return static_cast<std::int64_t>(segment->sealed() ? segment->range.rows : segment->tail->size());
}

/// Copies that the log has lost are none.
Result<void> forget_lost_copies(Database& projections, const SegmentList& list) {
    TRY(Statement segments, projections.prepare("SELECT DISTINCT segment FROM carried_events"));
    std::vector<std::uint32_t> numbers;
    while (true) {
        TRY(const bool more, segments.step());
        if (!more) break;
        numbers.push_back(static_cast<std::uint32_t>(segments.integer(0)));
    }
    TRY(Statement remove, projections.prepare("DELETE FROM carried_events WHERE segment = ? AND row >= ?"));
    for (const std::uint32_t number : numbers) {
        remove.bind(1, number).bind(2, rows_of(list, number));
        TRY_VOID(remove.run());
    }
    return {};
}

}  // namespace

Result<void> forget_lost_deliveries(Database& projections, const SegmentDirectory& segments) {
    const auto list = segments.list();
    TRY(Statement next, projections.prepare("SELECT min(event_segment) FROM open_deliveries WHERE event_segment > ?"));
    TRY(Statement remove,
        projections.prepare("DELETE FROM open_deliveries WHERE event_segment = ?1 AND event_row >= ?2 AND NOT EXISTS"
                            " (SELECT 1 FROM carried_events c WHERE c.event_segment = open_deliveries.event_segment AND"
                            " c.event_row = open_deliveries.event_row)"));
    TRY_VOID(forget_lost_copies(projections, *list));
    std::int64_t number = -1;
    while (true) {
        next.bind(1, number);
        TRY_VOID(next.step());
        if (next.is_null(0)) return {};
        number = next.integer(0);
        next.reset();
        remove.bind(1, number).bind(2, rows_of(*list, static_cast<std::uint32_t>(number)));
        TRY_VOID(remove.run());
        if (projections.changes() == 0) continue;
        log::error("log.rows_missing", {{"segment", number}, {"deliveries_lost", projections.changes()}});
    }
}

std::vector<std::uint32_t> finished_segments(const SegmentDirectory& segments) {
    const auto list = segments.list();
    std::vector<std::uint32_t> finished;
    for (const SegmentPtr& segment : *list) {
        if (!segment->sealed() && segment != list->back()) finished.push_back(segment->number);
    }
    return finished;
}

Result<void> check_seal(Database& control, const Sealer& sealer) {
    TRY(Statement rows, control.prepare("SELECT number, credentials FROM destinations WHERE length(credentials) > 0"
                                        " ORDER BY updated_at DESC LIMIT 1"));
    TRY(const bool found, rows.step());
    if (!found) return {};
    const auto number = static_cast<std::uint32_t>(rows.integer(0));
    TRY_VOID(sealer.open(rows.text(1), seal_context(number, "credentials")));
    return {};
}

Result<void> check_complete(const DataPaths& paths) {
    std::error_code error;
    if (std::filesystem::exists(paths.control(), error)) return {};
    TRY(const std::vector<std::uint32_t> numbers, list_segments(paths.log()));
    if (numbers.empty()) return {};
    return fail(Errc::corrupt, fmt::format("{} is missing, but {} holds events: put the file back from a backup of the "
                                           "same moment, or move the whole directory away to start anew",
                                           paths.control().string(), paths.log().string()));
}

}  // namespace outpost::embedded
