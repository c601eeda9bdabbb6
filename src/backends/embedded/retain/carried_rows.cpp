#include "backends/embedded/retain/carried_rows.hpp"

#include "backends/embedded/log/row_checksum.hpp"

namespace outpost::embedded {

Result<std::vector<CarriedEvent>> read_carried(const std::filesystem::path& file, std::uint32_t segment,
                                               const std::vector<std::uint32_t>& rows, std::size_t bytes_max) {
    TRY(Database database, Database::open(file, OpenMode::immutable));
    TRY(Statement read, database.prepare(fmt::format("SELECT {} FROM events WHERE row = ?", kEventColumns)));
    std::vector<CarriedEvent> events;
    std::size_t bytes = 0;
    for (const std::uint32_t row : rows) {
        read.bind(1, row);
        TRY(const bool found, read.step());
        if (!found) return fail(Errc::corrupt, fmt::format("{}: row {} of events is missing", file.string(), row));
        const auto fields = read_event_fields(read, 0);
        if (!fields) return fail(Error(Errc::corrupt, file.string(), fields.error()));
        const std::string_view metadata = read.text(kEventFieldColumnCount);
        const std::string_view data = read.text(kEventFieldColumnCount + 1);
        if (content_checksum(row, {metadata, data}) != content_half(read.integer(kEventFieldColumnCount - 1))) {
            return fail(Errc::corrupt, fmt::format("{}: row {} of events has a damaged payload", file.string(), row));
        }
        model::EventRef accepted_at{segment, row};
        if (fields->carried()) {
            accepted_at = {static_cast<std::uint32_t>(fields->origin_segment),
                           static_cast<std::uint32_t>(fields->origin_row)};
        }
        events.push_back({.origin = {.ref = accepted_at, .carried_from = segment},
                          .id = std::string(fields->id),
                          .tenant = fields->tenant,
                          .time = fields->time,
                          .received = fields->received,
                          .eligible = fields->eligible,
                          .destinations = std::string(fields->destinations),
                          .topic = std::string(fields->topic),
                          .metadata = std::string(metadata),
                          .data = std::string(data)});
        bytes += events.back().bytes();
        if (bytes >= bytes_max) break;
        read.reset();
    }
    return events;
}

}  // namespace outpost::embedded
