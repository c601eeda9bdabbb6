#include "backends/embedded/rollup/rollup.hpp"

#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/rollup/attempt_rows.hpp"
#include "base/log.hpp"

namespace outpost::embedded {
namespace {

using Counts = std::map<Cell, std::uint64_t>;  // in the order of the table: its pages are met once

std::int64_t minute_of(std::int64_t time_ms) {
    return time_ms / kMinuteMs - (time_ms % kMinuteMs < 0 ? 1 : 0);
}

/// Counts events from `first`, to `end` or less: an event counts once, and once for each destination.
Result<std::uint32_t> count_events(Database& segment, std::uint32_t first, std::uint32_t end, Counts& counts) {
    TRY(Statement rows, segment.prepare("SELECT row, tenant, time, destinations, topic, carried_from FROM events WHERE"
                                        " row >= ? AND row < ? ORDER BY row"));
    rows.bind(1, first).bind(2, end);
    std::size_t counted = 0;
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return end;
        if (counted >= kRollupStepRows) return static_cast<std::uint32_t>(rows.integer(0));
        Cell cell{.start = minute_of(rows.integer(2)),
                  .tenant = static_cast<std::uint32_t>(rows.integer(1)),
                  .topic = std::string(rows.text(4)),
                  .carried_from = static_cast<std::uint32_t>(rows.integer(5))};  // NULL reads as 0
        ++counts[cell];
        const std::vector<TailDestination> matched = unpack_destinations(rows.text(3));
        for (const TailDestination& destination : matched) {
            cell.destination = destination.destination;
            ++counts[cell];
        }
        counted += 1 + matched.size();
    }
}

Result<void> count_attempts(Database& segment, std::uint32_t first, std::uint32_t end, Counts& counts) {
    TRY(Statement rows,
        segment.prepare(fmt::format("SELECT {} FROM attempts WHERE row >= ? AND row < ?", kAttemptCellColumns)));
    rows.bind(1, first).bind(2, end);
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        Cell cell = attempt_cell(rows);
        cell.start = minute_of(rows.integer(0));
        ++counts[std::move(cell)];
    }
}

/// What lies in a log folder, as one finds it when nobody writes.
Result<std::vector<RollupSource>> sources_in(const std::filesystem::path& log_directory) {
    std::vector<RollupSource> sources;
    TRY(const std::vector<std::uint32_t> numbers, list_segments(log_directory));
    for (const std::uint32_t number : numbers) {
        RollupSource source{.number = number, .file = segment_path(log_directory, number), .finished = true};
        std::error_code error;
        source.sealed = !std::filesystem::exists(source.file.string() + "-wal", error);  // else the WAL has rows too
        TRY(Database segment, Database::open(source.file, source.sealed ? OpenMode::immutable : OpenMode::read_only));
        TRY(const auto last, segment.query_integer("SELECT max(n) FROM (SELECT max(row) AS n FROM events UNION ALL"
                                                   " SELECT max(row) FROM attempts)"));
        source.rows = last ? static_cast<std::size_t>(*last) + 1 : 0;
        sources.push_back(std::move(source));
    }
    if (!sources.empty()) sources.back().finished = false;  // the service may go on in it
    return sources;
}

}  // namespace

std::vector<RollupSource> rollup_sources(const SegmentList& segments) {
    std::vector<RollupSource> sources;
    for (const SegmentPtr& segment : segments) {
        sources.push_back({.number = segment->number,
                           .file = segment->file,
                           .rows = segment->sealed() ? segment->range.rows : segment->tail->size(),
                           .sealed = segment->sealed(),
                           .finished = segment != segments.back()});
    }
    return sources;
}

Result<bool> Rollup::step(const std::vector<RollupSource>& sources) {
    TRY_VOID(prepare(sources));
    std::optional<Work> work = next_work(sources);
    if (!work) return false;
    TRY_VOID(count(*work));
    const auto stored = store(*work);
    if (!stored) {
        distrusted_ = stored.error().code() == Errc::corrupt;
        open_.reset();
        return fail(stored.error());
    }
    return work->finishes() || work->end < work->source.rows;
}

Result<void> Rollup::prepare(const std::vector<RollupSource>& sources) {
    if (std::exchange(distrusted_, false)) TRY_VOID(discard("it is damaged"));
    auto opened = ensure_open();
    if (!opened && opened.error().code() == Errc::corrupt) {
        TRY_VOID(discard(opened.error().describe()));
        opened = ensure_open();
    }
    TRY_VOID(opened);
    if (!is_ahead_of(sources)) return {};
    TRY_VOID(discard("it counted rows that the log does not have"));
    return ensure_open();
}

Result<void> Rollup::ensure_open() {
    if (open_) return {};
    Open open;
    TRY(open.database, open_rollup(file_));
    TRY(watermark_, read_rollup_watermark(open.database));
    TRY(open.add_event, open.database.prepare("INSERT INTO event_cells VALUES (?, 1, ?, ?, ?, ?, ?, ?)"
                                              " ON CONFLICT DO UPDATE SET count = count + excluded.count"));
    TRY(open.add_attempt, open.database.prepare("INSERT INTO attempt_cells VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                                " ON CONFLICT DO UPDATE SET count = count + excluded.count"));
    TRY(open.move, open.database.prepare("INSERT OR REPLACE INTO watermark VALUES ('cells', ?, ?)"));
    open_.emplace(std::move(open));
    oldest_ = 0;
    return {};
}

Result<void> Rollup::discard(std::string_view reason) {
    log::warn("rollup.begun_anew", {{"reason", reason}});
    open_.reset();
    watermark_ = {};
    return remove_rollup(file_);
}

bool Rollup::is_ahead_of(const std::vector<RollupSource>& sources) const {
    if (sources.empty()) return watermark_ != model::EventRef{};
    if (watermark_.segment > sources.back().number) return true;
    const auto own = std::ranges::find(sources, watermark_.segment, &RollupSource::number);
    return own != sources.end() && watermark_.row > own->rows;
}

std::optional<Rollup::Work> Rollup::next_work(const std::vector<RollupSource>& sources) const {
    const auto next =
        std::ranges::find_if(sources, [&](const RollupSource& source) { return source.number >= watermark_.segment; });
    if (next == sources.end()) return std::nullopt;
    const std::uint32_t first = next->number == watermark_.segment ? watermark_.row : 0;
    const std::uint32_t oldest = sources.front().number;
    if (first >= next->rows && !next->finished && oldest == oldest_) return std::nullopt;
    const auto end = static_cast<std::uint32_t>(std::min(next->rows, first + kRollupStepRows));
    return Work{.source = *next, .first = first, .end = end, .oldest = oldest, .events = {}, .attempts = {}};
}

Result<void> Rollup::count(Work& work) {
    if (work.first >= work.end) return {};
    // Opened for each step: a connection that stays would keep the WAL of a segment alive that is to be sealed.
    const OpenMode mode = work.source.sealed ? OpenMode::immutable : OpenMode::read_only;
    TRY(Database segment, Database::open(work.source.file, mode));
    TRY(work.end, count_events(segment, work.first, work.end, work.events));
    return count_attempts(segment, work.first, work.end, work.attempts);
}

Result<void> Rollup::store(const Work& work) {
    TRY(Transaction transaction, Transaction::begin(open_->database));
    if (work.oldest > oldest_) TRY_VOID(forget_before(work.oldest));
    TRY_VOID(write(work));
    model::EventRef place{work.source.number, work.end};
    if (work.finishes()) {
        TRY_VOID(add_long_spans(work.source.number));
        place = {work.source.number + 1, 0};
    }
    open_->move.bind(1, place.segment).bind(2, place.row);
    TRY_VOID(open_->move.run());
    TRY_VOID(transaction.commit());
    watermark_ = place;
    oldest_ = work.oldest;
    return {};
}

Result<void> Rollup::write(const Work& work) {
    for (const auto& [cell, count] : work.events) {
        open_->add_event.bind(1, work.source.number)
            .bind(2, cell.tenant)
            .bind(3, cell.start)
            .bind(4, cell.destination)
            .bind(5, cell.topic)
            .bind(6, cell.carried_from)
            .bind(7, static_cast<std::int64_t>(count));
        TRY_VOID(open_->add_event.run());
    }
    for (const auto& [cell, count] : work.attempts) {
        open_->add_attempt.bind(1, work.source.number)
            .bind(2, cell.tenant)
            .bind(3, cell.start)
            .bind(4, cell.destination)
            .bind(5, cell.topic)
            .bind(6, cell.type)
            .bind(7, std::int64_t{cell.success})
            .bind(8, cell.code)
            .bind(9, std::int64_t{cell.manual})
            .bind(10, cell.number)
            .bind(11, static_cast<std::int64_t>(count));
        TRY_VOID(open_->add_attempt.run());
    }
    return {};
}

Result<void> Rollup::add_long_spans(std::uint32_t segment) {
    for (const Span span : {Span::hour, Span::day}) {
        const auto minutes = static_cast<std::int64_t>(span);
        const std::string start =
            fmt::format("start - (start % {0} + {0}) % {0}", minutes);  // rounds down before 1970 too
        const std::string events = fmt::format(
            "INSERT INTO event_cells SELECT segment, {}, tenant, {} AS begun, destination, topic, carried_from, "
            "sum(count)"
            " FROM event_cells WHERE segment = {} AND span = 1 GROUP BY tenant, begun, destination, topic, "
            "carried_from",
            minutes, start, segment);
        TRY_VOID(open_->database.execute(events.c_str()));
        const std::string attempts = fmt::format(
            "INSERT INTO attempt_cells SELECT segment, {}, tenant, {} AS begun, destination, topic, type, success, "
            "code,"
            " manual, number, sum(count) FROM attempt_cells WHERE segment = {} AND span = 1 GROUP BY tenant, begun,"
            " destination, topic, type, success, code, manual, number",
            minutes, start, segment);
        TRY_VOID(open_->database.execute(attempts.c_str()));
    }
    return {};
}

Result<void> Rollup::forget_before(std::uint32_t segment) {
    for (const char* table : {"event_cells", "attempt_cells"}) {
        TRY_VOID(open_->database.execute(fmt::format("DELETE FROM {} WHERE segment < {}", table, segment).c_str()));
    }
    return {};
}

Result<void> rebuild_rollup(const std::filesystem::path& directory, const std::filesystem::path& log_directory) {
    TRY(const std::vector<RollupSource> sources, sources_in(log_directory));
    const std::filesystem::path file = rollup_path(directory);
    TRY_VOID(remove_rollup(file));
    Rollup rollup(file);
    while (true) {
        TRY(const bool more, rollup.step(sources));
        if (!more) return {};
    }
}

}  // namespace outpost::embedded
