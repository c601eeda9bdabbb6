#include "backends/embedded/tools/export.hpp"

#include "backends/embedded/control/tenant_rows.hpp"
#include "backends/embedded/log/row_checksum.hpp"
#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/read/names.hpp"
#include "backends/embedded/retain/segment_files.hpp"
#include "backends/embedded/tools/fold_log.hpp"
#include "base/json_writer.hpp"

namespace outpost::embedded {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;
using Write = std::function<Result<void>(std::string_view)>;

/// Gathers lines and hands them on in pieces.
class Lines {
public:
    explicit Lines(const Write& write) : write_(write) {}
    std::string& begin() { return text_; }
    Result<void> end() {
        text_ += '\n';
        return text_.size() < kPieceBytes ? Result<void>() : flush();
    }
    Result<void> flush() {
        TRY_VOID(write_(text_));
        text_.clear();
        return {};
    }

private:
    const Write& write_;
    std::string text_;
};

void time_or_null(JsonWriter& json, std::string_view name, std::optional<std::int64_t> ms) {
    json.key(name);
    if (ms) json.value(from_unix_ms(*ms));
    else json.null();
}

Result<void> export_tenants(Database& control, Lines& lines, Exported& exported) {
    TRY(Statement rows, control.prepare(fmt::format("SELECT {} FROM tenants WHERE created_at IS NOT NULL AND deleted_at"
                                                    " IS NULL ORDER BY number",
                                                    kTenantColumns)));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        JsonWriter json(lines.begin());
        json.begin_object();
        json.member("kind", "tenant");
        json.member("id", rows.text(1));
        json.raw_member("metadata", rows.text(2));
        time_or_null(json, "created_at", rows.optional_integer(3));
        time_or_null(json, "updated_at", rows.optional_integer(4));
        json.end_object();
        TRY_VOID(lines.end());
        ++exported.tenants;
    }
}

/// Without credentials and delivery metadata: both are sealed, and may hold secrets.
Result<void> export_destinations(Database& control, Names& names, Lines& lines, Exported& exported) {
    TRY(Statement rows, control.prepare("SELECT tenant, id, type, topics, filter, config, metadata, created_at,"
                                        " updated_at, disabled_at FROM destinations WHERE deleted_at IS NULL ORDER BY"
                                        " number"));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        TRY(const TenantId tenant, names.tenant(static_cast<std::uint32_t>(rows.integer(0))));
        JsonWriter json(lines.begin());
        json.begin_object();
        json.member("kind", "destination");
        json.member("id", rows.text(1));
        json.member("tenant_id", tenant.value);
        json.member("type", rows.text(2));
        json.raw_member("topics", rows.text(3));
        if (!rows.text(4).empty()) json.raw_member("filter", rows.text(4));
        json.raw_member("config", rows.text(5));
        json.raw_member("metadata", rows.text(6));
        time_or_null(json, "created_at", rows.optional_integer(7));
        time_or_null(json, "updated_at", rows.optional_integer(8));
        time_or_null(json, "disabled_at", rows.optional_integer(9));
        json.end_object();
        TRY_VOID(lines.end());
        ++exported.destinations;
    }
}

Result<std::string> event_line(const Statement& row, Names& names) {
    TRY(const EventFields fields, read_event_fields(row, 0));
    const std::string_view metadata = row.text(kEventFieldColumnCount), data = row.text(kEventFieldColumnCount + 1);
    if (content_checksum(fields.row, {metadata, data}) != content_half(row.integer(kEventFieldColumnCount - 1))) {
        return fail(Errc::corrupt, fmt::format("row {} of events has a damaged payload", fields.row));
    }
    TRY(const TenantId tenant, names.tenant(static_cast<std::uint32_t>(fields.tenant)));
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.member("kind", "event");
    json.member("id", fields.id);
    json.member("tenant_id", tenant.value);
    json.member("topic", fields.topic);
    json.key("matched_destination_ids");
    json.begin_array();
    for (const TailDestination& matched : unpack_destinations(fields.destinations)) {
        TRY(const DestinationId id, names.destination(matched.destination));
        json.value(id.value);
    }
    json.end_array();
    json.member("time", from_unix_ms(fields.time));
    json.member("received_at", from_unix_ms(fields.received));
    json.member("eligible_for_retry", fields.eligible != 0);
    if (!metadata.empty()) json.raw_member("metadata", metadata);
    json.raw_member("data", data);
    json.end_object();
    return line;
}

Result<std::string> attempt_line(const Statement& row, Names& names) {
    TRY(const AttemptFields fields, read_attempt_fields(row, 0));
    TRY(const AttemptContent content, read_attempt_content(row));
    TRY(const TenantId tenant, names.tenant(static_cast<std::uint32_t>(fields.tenant)));
    TRY(const DestinationId destination, names.destination(static_cast<std::uint32_t>(fields.destination)));
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.member("kind", "attempt");
    json.member("id", fields.id);
    json.member("tenant_id", tenant.value);
    json.member("event_id", content.event_id);
    json.member("destination_id", destination.value);
    json.member("destination_type", fields.type);
    json.member("status", fields.success != 0 ? "success" : "failed");
    json.member("time", from_unix_ms(fields.time));
    json.member("duration_ms", content.duration);
    if (!content.code.empty()) json.member("code", content.code);
    json.member("attempt_number", fields.number);
    json.member("manual", fields.manual != 0);
    if (!content.response.empty()) json.raw_member("response_data", content.response);
    if (!content.trace.empty()) json.raw_member("trace", content.trace);
    json.end_object();
    return line;
}

/// Rows of one table; damaged ones are left out.
Result<void> export_rows(Database& segment, const std::string& sql, const std::filesystem::path& file, Names& names,
                         Result<std::string> (*line_of)(const Statement&, Names&), Lines& lines, std::uint64_t& count,
                         Exported& exported) {
    TRY(Statement rows, segment.prepare(sql));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        auto line = line_of(rows, names);
        if (!line && line.error().code() != Errc::corrupt) return fail(line.error());
        if (!line) {
            if (++exported.damaged_count <= kDamagedShown) {
                exported.damaged.push_back(fmt::format("{}: {}", file.string(), line.error().describe()));
            }
            continue;
        }
        lines.begin() += *line;
        TRY_VOID(lines.end());
        ++count;
    }
}

Result<void> export_segment(const DataPaths& paths, std::uint32_t number, std::uint32_t first, Names& names,
                            Lines& lines, Exported& exported) {
    const std::filesystem::path file = segment_path(paths.log(), number);
    TRY(Database segment, open_quietly(file));
    // A copy counts only when what it was copied from is gone.
    TRY_VOID(export_rows(
        segment,
        fmt::format("SELECT {} FROM events WHERE ifnull(carried_from, -1) < {} ORDER BY row", kEventColumns, first),
        file, names, &event_line, lines, exported.events, exported));
    return export_rows(
        segment, fmt::format("SELECT {}, {} FROM attempts ORDER BY row", kAttemptFieldColumns, kAttemptContentColumns),
        file, names, &attempt_line, lines, exported.attempts, exported);
}

}  // namespace

Result<Exported> export_data(const DataPaths& paths, const Write& write) {
    TRY_VOID(expect_data(paths));
    TRY(const RetentionHold hold, RetentionHold::take(paths.root, RetentionHold::Wish::share));
    TRY(Database control, Database::open(paths.control(), OpenMode::read_only));
    Names names(control);
    Lines lines(write);
    Exported exported;
    TRY_VOID(export_tenants(control, lines, exported));
    TRY_VOID(export_destinations(control, names, lines, exported));
    TRY(const auto numbers, list_segments(paths.log()));
    for (const std::uint32_t number : numbers) {
        auto done = export_segment(paths, number, numbers.front(), names, lines, exported);
        if (!done) {
            return fail(
                Error(done.error().code(), fmt::format("log/{:08}.db can't be exported", number), done.error()));
        }
    }
    TRY_VOID(lines.flush());
    return exported;
}

}  // namespace outpost::embedded
