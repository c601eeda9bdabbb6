#include "backends/embedded/rollup/metric_reads.hpp"

#include "backends/embedded/read/conditions.hpp"
#include "backends/embedded/rollup/metric_rows.hpp"
#include "backends/embedded/rollup/pieces.hpp"
#include "backends/embedded/rollup/rollup_file.hpp"
#include "base/log.hpp"

namespace outpost::embedded {
namespace {

constexpr std::string_view kEventCells = "SELECT start, tenant, destination, topic, count FROM event_cells";
constexpr std::string_view kAttemptCells =
    "SELECT start, tenant, destination, topic, count, type, success, code, manual, number FROM attempt_cells";

/// The rollup as it was at one moment: cells and the watermark that they reach to.
class CellReader {
public:
    static Result<CellReader> open(const std::filesystem::path& file, const std::function<bool()>& stop) {
        CellReader reader;
        TRY(reader.database_, Database::open(file, OpenMode::read_only));
        TRY_VOID(reader.database_.execute("PRAGMA cache_size=-1024; PRAGMA mmap_size=0; BEGIN"));
        reader.database_.interrupt_when(stop);
        TRY(reader.watermark_, read_rollup_watermark(reader.database_));
        return reader;
    }

    Result<void> prepare(const Counting& counting, std::uint32_t first_segment) {
        // The first four are bound anew for each piece.
        where_.add("segment = ? AND span = ? AND start >= ? AND start < ?", {0, 0, 0, 0});
        where_.add_in("tenant", counting.filter().tenants);
        if (counting.of_events()) where_.add("carried_from < ?", {std::int64_t{first_segment}});
        std::string sql(counting.of_events() ? kEventCells : kAttemptCells);
        TRY(cells_, database_.prepare(sql + where_.text()));
        return {};
    }

    model::EventRef watermark() const { return watermark_; }

    Result<void> count(std::uint32_t segment, const Piece& piece, Counting& counting) {
        where_.bind(cells_);
        cells_.bind(1, segment)
            .bind(2, static_cast<std::int64_t>(piece.span))
            .bind(3, piece.first_ms / kMinuteMs)
            .bind(4, piece.end_ms / kMinuteMs);
        while (true) {
            TRY(const bool more, cells_.step());
            if (!more) break;
            if (!counting.wants_cell_of(static_cast<std::uint32_t>(cells_.integer(2)))) continue;
            TRY_VOID(counting.add(cells_.integer(0) * kMinuteMs, current(counting.of_events()),
                                  static_cast<std::uint64_t>(cells_.integer(4))));
        }
        cells_.reset();
        return {};
    }

private:
    Cell current(bool of_events) const {
        Cell cell{.tenant = static_cast<std::uint32_t>(cells_.integer(1)),
                  .destination = static_cast<std::uint32_t>(cells_.integer(2)),
                  .topic = std::string(cells_.text(3))};
        if (of_events) return cell;
        cell.type = cells_.text(5);
        cell.success = cells_.integer(6) != 0;
        cell.code = cells_.text(7);
        cell.manual = cells_.integer(8) != 0;
        cell.number = static_cast<std::uint32_t>(cells_.integer(9));
        return cell;
    }

    Database database_;
    Conditions where_;
    Statement cells_;
    model::EventRef watermark_;
};

bool lies_outside(const Segment& segment, const model::TimeWindow& window, bool of_events) {
    if (!segment.sealed()) return false;
    const RowTimes times = of_events ? segment.range.event_times() : segment.range.attempt_times();
    return std::ranges::all_of(times, [&](const TimeBounds& some) {
        return some.empty() || some.last < unix_ms(window.start) || some.first >= unix_ms(window.end);
    });
}

/// What one pass over the segments needs.
struct Pass {
    ReadSession& session;
    CellReader* cells;  ///< null: rows only
    std::uint32_t first_segment;
    const std::function<bool()>& stop;
    Counting& counting;
    bool cells_failed = false;

    Result<void> count(const Segment& segment) {
        const model::MetricQuery& query = counting.query();
        const model::EventRef watermark = cells == nullptr ? model::EventRef{} : cells->watermark();
        const bool whole = segment.number < watermark.segment;
        const std::uint32_t covered = whole ? UINT32_MAX : segment.number == watermark.segment ? watermark.row : 0;
        if (covered > 0) {
            // Only finished segments have cells longer than a minute.
            const Span longest = longest_span(query.granularity);
            for (const Piece& piece : cut(query.window, whole ? longest : std::min(longest, Span::minute))) {
                TRY_VOID(count(segment, piece, covered));
            }
        }
        if (covered == UINT32_MAX) return {};
        return count_rows(session, segment, {query.window, covered}, first_segment, stop, counting);
    }

    Result<void> count(const Segment& segment, const Piece& piece, std::uint32_t covered) {
        if (piece.span == Span::raw) {
            const RowRange range{{from_unix_ms(piece.first_ms), from_unix_ms(piece.end_ms)}, 0, covered};
            return count_rows(session, segment, range, first_segment, stop, counting);
        }
        auto counted = cells->count(segment.number, piece, counting);
        cells_failed = !counted && counted.error().code() != Errc::limited && counted.error().code() != Errc::timeout;
        return counted;
    }
};

Result<MetricsAnswer> answer(ReadSession& session, const std::filesystem::path* rollup, const model::MetricQuery& query,
                             const std::function<bool()>& stop) {
    MetricsAnswer answered;
    TRY(MetricFilter filter, resolve(session.names(), query));
    if (filter.matches_nothing) return answered;
    Counting counting(query, std::move(filter));
    std::optional<CellReader> cells;
    std::error_code error;
    if (rollup != nullptr && counting.cells_suffice() && std::filesystem::exists(*rollup, error)) {
        auto opened = CellReader::open(*rollup, stop);
        if (opened) cells.emplace(std::move(*opened));
        else log::warn("rollup.unreadable", {{"error", opened.error().describe()}});
        answered.rollup_damaged = !opened && opened.error().code() == Errc::corrupt;
    }
    // After the watermark was read, so that no row lies between what cells hold and what is seen here.
    const auto segments = session.segments();
    if (segments->empty()) return answered;
    Pass pass{session, cells ? &*cells : nullptr, segments->front()->number, stop, counting};
    if (cells) TRY_VOID(cells->prepare(counting, pass.first_segment));
    for (const SegmentPtr& segment : *segments) {
        if (lies_outside(*segment, query.window, counting.of_events())) continue;
        auto counted = pass.count(*segment);
        if (counted) continue;
        if (!pass.cells_failed) return fail(counted.error());
        log::warn("rollup.unreadable", {{"error", counted.error().describe()}});
        TRY(answered, answer(session, nullptr, query, stop));
        answered.rollup_damaged = counted.error().code() == Errc::corrupt;
        return answered;
    }
    TRY(answered.groups, counting.finish(session.names()));
    return answered;
}

}  // namespace

Result<MetricsAnswer> count_metrics(ReadSession& session, const std::filesystem::path& rollup,
                                    const model::MetricQuery& query, const std::function<bool()>& stop) {
    return answer(session, &rollup, query, stop);
}

}  // namespace outpost::embedded
