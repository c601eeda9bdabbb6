#include "backends/embedded/engine/maintenance.hpp"

#include "backends/embedded/engine/hop.hpp"
#include "backends/embedded/seal/segment_sealer.hpp"
#include "base/log.hpp"
#include "base/test_point.hpp"

namespace outpost::embedded {
namespace {

constexpr auto kProjectEvery = std::chrono::milliseconds(500);  // from the first unseen row; nothing runs when idle
constexpr auto kRetryAfter = std::chrono::seconds(5);
constexpr std::size_t kCheckpointRows = 32 * 1024;  // rows between two copies of the WAL back into the file

}  // namespace

Maintenance::Maintenance(Database& control, Projector& projector, DueTimes& due_times, SegmentDirectory& segments,
                         Journal& journal, Clock& clock, Executor control_executor, Executor sealer, Executor log)
    : control_(control),
      projector_(projector),
      due_times_(due_times),
      segments_(segments),
      journal_(journal),
      clock_(clock),
      control_executor_(control_executor),
      sealer_(std::move(sealer)),
      log_(std::move(log)),
      tasks_(control_executor, "maintenance"),
      alarm_(clock, control_executor, "projection", [this] { project(); }) {}

void Maintenance::start(const std::vector<std::uint32_t>& finished) {
    finished_.insert(finished.begin(), finished.end());
    seal_next();
}

void Maintenance::advanced() {
    alarm_.set_no_later_than(clock_.monotonic() + kProjectEvery);
}

void Maintenance::rolled(std::uint32_t finished) {
    finished_.insert(finished);
    rows_at_checkpoint_ = 0;
    advanced();
}

void Maintenance::project() {
    const auto step = [this]() -> Result<bool> {
        TRY_VOID(due_times_.follow_clock());
        return projector_.step();
    };
    const auto more = step();
    if (!more) {
        log::error("projection.failed", {{"error", more.error().describe()}});
        alarm_.set_no_later_than(clock_.monotonic() + kRetryAfter);
        return;
    }
    if (*more) {  // let other requests of this thread in between
        alarm_.set_no_later_than(clock_.monotonic());
        return;
    }
    boost::asio::post(log_, [journal = &journal_] { journal->projections_caught_up(); });
    seal_next();
    const auto list = segments_.list();
    const std::size_t rows = list->back()->sealed() ? 0 : list->back()->tail->size();
    if (!checkpointing_ && rows >= rows_at_checkpoint_ + kCheckpointRows) {
        rows_at_checkpoint_ = rows;
        checkpointing_ = true;
        tasks_.start(checkpoint(list->back()));
    }
}

std::optional<std::uint32_t> Maintenance::next_to_seal() const {
    const std::uint32_t projected = projector_.watermark().segment;  // those before it are
    const auto after = finished_.upper_bound(last_tried_);
    if (after != finished_.end() && *after < projected) return *after;
    if (!finished_.empty() && *finished_.begin() < projected) return *finished_.begin();
    return std::nullopt;
}

void Maintenance::seal_next() {
    if (sealing_) return;
    const auto next = next_to_seal();
    if (!next) return;
    last_tried_ = *next;
    const SegmentPtr segment = SegmentDirectory::find(*segments_.list(), *next);
    if (segment == nullptr || segment->sealed()) {
        finished_.erase(*next);
        return seal_next();
    }
    sealing_ = true;
    tasks_.start(seal(segment));
}

Task<void> Maintenance::seal(SegmentPtr segment) {
    auto work = [segment] { return seal_segment(segment->file, segment->tail->size()); };
    auto range = co_await hop<SegmentRange>(sealer_, work);
    if (range) {
        Segment sealed{.number = segment->number,
                       .file = segment->file,
                       .tail = nullptr,
                       .range = *range,
                       .ids = open_id_filter(segment->file)};
        test_point("seal.before_manifest");
        auto recorded = write_manifest(control_, sealed, clock_.now());
        if (recorded) {
            segments_.put(std::move(sealed));
            finished_.erase(segment->number);
            sealing_ = false;
            tell_sealed_();
            seal_next();
            co_return;
        }
        range = fail(recorded.error());
    }
    log::warn("segment.seal_failed", {{"segment", segment->number}, {"error", range.error().describe()}});
    co_await clock_.sleep_for(kRetryAfter);
    sealing_ = false;
    seal_next();
}

Task<void> Maintenance::checkpoint(SegmentPtr segment) {
    auto work = [file = segment->file]() -> Result<Database::CheckpointResult> {
        TRY(Database database, Database::open(file, OpenMode::existing));
        TRY_VOID(database.checkpoint_passive());
        return database.checkpoint_passive();  // what was written during the first
    };
    auto copied = co_await hop<Database::CheckpointResult>(sealer_, work);
    checkpointing_ = false;
    if (!copied) {
        log::warn("segment.checkpoint_failed", {{"error", copied.error().describe()}});
        co_return;
    }
    if (copied->copied < copied->frames) co_return;  // a reader needs the rest where it is: at another time
    // What was written meanwhile is little: the log thread copies it and the WAL starts anew.
    boost::asio::post(log_, [journal = &journal_] { journal->finish_checkpoint(); });
}

Result<void> write_manifest(Database& control, const Segment& sealed, TimePoint now) {
    // Late times come first: a segment that counts as sealed without them would hide its late events.
    const TimeBounds& past = sealed.range.late_past;
    const TimeBounds& future = sealed.range.late_future;
    const bool none = past.empty() && future.empty();
    TRY(Statement late, control.prepare(none ? "DELETE FROM late_times WHERE segment = ?"
                                             : "INSERT OR REPLACE INTO late_times VALUES (?,?,?,?,?)"));
    late.bind(1, sealed.number);
    if (!none) late.bind(2, past.first).bind(3, past.last).bind(4, future.first).bind(5, future.last);
    TRY_VOID(late.run());
    TRY(Statement write, control.prepare("INSERT OR REPLACE INTO segments VALUES (?,?,?,?,?,?,?,?)"));
    write.bind(1, sealed.number)
        .bind(2, sealed.range.rows)
        .bind(3, sealed.range.event_time_first)
        .bind(4, sealed.range.event_time_last)
        .bind(5, sealed.range.attempt_time_first)
        .bind(6, sealed.range.attempt_time_last)
        .bind(7, sealed.range.received_last)
        .bind(8, unix_ms(now));
    return write.run();
}

Task<void> Maintenance::close() {
    co_await alarm_.close();
    tasks_.cancel();
    co_await tasks_.join();
}

Result<std::map<std::uint32_t, SegmentRange>> read_manifest(Database& control) {
    std::map<std::uint32_t, SegmentRange> manifest;
    TRY(Statement rows, control.prepare("SELECT number, rows, event_time_first, event_time_last, attempt_time_first,"
                                        " attempt_time_last, received_last, past_first, past_last, future_first,"
                                        " future_last FROM segments LEFT JOIN late_times ON segment = number"));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return manifest;
        SegmentRange& range = manifest[static_cast<std::uint32_t>(rows.integer(0))];
        range = {
            .rows = static_cast<std::uint32_t>(rows.integer(1)),
            .event_time_first = rows.integer(2),
            .event_time_last = rows.integer(3),
            .attempt_time_first = rows.integer(4),
            .attempt_time_last = rows.integer(5),
            .received_last = rows.integer(6),
        };
        if (rows.is_null(7)) continue;
        range.late_past = {rows.integer(7), rows.integer(8)};
        range.late_future = {rows.integer(9), rows.integer(10)};
    }
}

}  // namespace outpost::embedded
