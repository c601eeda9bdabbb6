#include "backends/embedded/engine/recovery.hpp"

#include "backends/embedded/control/tenant_rows.hpp"
#include "backends/embedded/engine/maintenance.hpp"
#include "base/log.hpp"

namespace outpost::embedded {

Result<void> recover_segments(const DataPaths& paths, const EngineSettings& settings, Database& control,
                              SegmentDirectory& segments) {
    TRY(const auto manifest, read_manifest(control));
    TRY(const std::vector<std::uint32_t> numbers, list_segments(paths.log()));
    for (const std::uint32_t number : numbers) {
        Segment segment{.number = number, .file = segment_path(paths.log(), number), .tail = nullptr, .range = {}};
        if (const auto sealed = manifest.find(number); sealed != manifest.end()) {
            segment.range = sealed->second;
        } else {
            // Opening through the writer completes a file that a crash left without its tables.
            auto load = [&]() -> Result<std::shared_ptr<Tail>> {
                TRY_VOID(SegmentWriter::open(segment.file));
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

Result<void> forget_lost_deliveries(Database& projections, const SegmentDirectory& segments) {
    const auto list = segments.list();
    TRY(Statement next, projections.prepare("SELECT min(event_segment) FROM open_deliveries WHERE event_segment > ?"));
    TRY(Statement remove,
        projections.prepare("DELETE FROM open_deliveries WHERE event_segment = ? AND event_row >= ?"));
    std::int64_t number = -1;
    while (true) {
        next.bind(1, number);
        TRY_VOID(next.step());
        if (next.is_null(0)) return {};
        number = next.integer(0);
        next.reset();
        const SegmentPtr segment = SegmentDirectory::find(*list, static_cast<std::uint32_t>(number));
        std::size_t rows = 0;
        if (segment != nullptr) rows = segment->sealed() ? segment->range.rows : segment->tail->size();
        remove.bind(1, number).bind(2, static_cast<std::int64_t>(rows));
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
