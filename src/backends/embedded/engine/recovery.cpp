#include "backends/embedded/engine/recovery.hpp"

#include "backends/embedded/control/tenant_rows.hpp"
#include "backends/embedded/engine/maintenance.hpp"

namespace outpost::embedded {

Result<std::vector<std::uint32_t>> recover_segments(const DataPaths& paths, const EngineSettings& settings,
                                                    Database& control, SegmentDirectory& segments) {
    TRY(const auto manifest, read_manifest(control));
    TRY(const std::vector<std::uint32_t> numbers, list_segments(paths.log()));
    std::vector<std::uint32_t> finished;
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
                return fail(Error(tail.error().code(), fmt::format("{} can't be read", segment.file.string()),
                                  tail.error()));
            }
            segment.tail = std::move(*tail);
            if (number != numbers.back()) finished.push_back(number);
        }
        segments.put(std::move(segment));
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

}  // namespace outpost::embedded
