#include "backends/embedded/engine/retention.hpp"

#include "backends/embedded/engine/hop.hpp"
#include "backends/embedded/retain/carried_rows.hpp"
#include "base/log.hpp"

namespace outpost::embedded {
namespace {

constexpr auto kLookEvery = std::chrono::minutes(1);       // at the disk, once something may go
constexpr auto kRetryAfter = std::chrono::minutes(1);      // after trouble
constexpr auto kSleepMax = std::chrono::hours(1);          // the wall clock may jump meanwhile
constexpr auto kPoorYieldWait = std::chrono::minutes(10);  // copying what is open over and over frees nothing
constexpr std::size_t kCarryEventsMax = 256;               // of one commit
constexpr std::size_t kCarryBytesMax = 8u << 20;
constexpr int kCarryTries = 1'000;  // commits that copied nothing, in a row

}  // namespace

Retention::Retention(Parts parts, RetentionRules rules, AskDisk disk_space)
    : parts_(std::move(parts)),
      rules_(rules),
      disk_space_(std::move(disk_space)),
      tasks_(parts_.control_executor, "retention"),
      alarm_(parts_.clock, parts_.control_executor, "retention alarm", [this] { look_now(); }) {}

void Retention::look_now() {
    if (closed_) return;
    if (running_) {
        again_ = true;
        return;
    }
    running_ = true;
    tasks_.start(run());
}

void Retention::look_after(Milliseconds wait) {
    alarm_.set_no_later_than(parts_.clock.monotonic() + std::clamp<Milliseconds>(wait, Milliseconds(0), kSleepMax));
}

Task<void> Retention::run() {
    again_ = true;
    while (std::exchange(again_, false)) {
        auto seen = co_await look();
        if (!seen) {
            log::warn("retention.look_failed", {{"error", seen.error().describe()}});
            look_after(kRetryAfter);
            break;
        }
        const TimePoint now = parts_.clock.now();
        Result<void> outcome;
        for (const Removal& removal : segments_to_remove(seen->segments, rules_, seen->disk, now)) {
            if (removal.reason != RemovalReason::age && parts_.clock.monotonic() < not_for_space_before_) break;
            const auto segment = std::ranges::find(seen->segments, removal.number, &SegmentAge::number);
            outcome = co_await remove(removal, segment->bytes);
            if (!outcome) break;
            std::erase_if(seen->segments, [&](const SegmentAge& age) { return age.number == removal.number; });
        }
        if (!outcome) {
            const bool waits = outcome.error().code() == Errc::conflict;
            if (waits) log::info("retention.waits", {{"reason", outcome.error().describe()}});
            else log::error("retention.failed", {{"error", outcome.error().describe()}});
            look_after(kRetryAfter);
            break;
        }
        if (const auto next = look_again_at(seen->segments, rules_, kLookEvery, now)) look_after(*next - now);
    }
    running_ = false;
}

Task<Result<Retention::Look>> Retention::look() {
    // Nothing can go while nothing is sealed: not even the disk is asked.
    const auto list = parts_.segments.list();
    if (list->empty() || !list->front()->sealed()) co_return Look{};
    auto work = [this, list]() -> Result<Look> {
        TRY(const auto bytes, measure_segments(parts_.paths.log()));
        Look seen;
        TRY(seen.disk, disk_space_(parts_.paths.log()));
        for (const SegmentPtr& segment : *list) {
            const auto size = bytes.find(segment->number);
            seen.segments.push_back({.number = segment->number,
                                     .sealed = segment->sealed(),
                                     .newest = newest_of(segment->range),
                                     .bytes = size == bytes.end() ? 0 : size->second});
        }
        return seen;
    };
    co_return co_await hop<Look>(parts_.sealer, work);
}

Task<Result<void>> Retention::remove(Removal removal, std::uint64_t bytes) {
    const SegmentPtr segment = SegmentDirectory::find(*parts_.segments.list(), removal.number);
    if (segment == nullptr) co_return Result<void>{};
    auto hold = RetentionHold::take(parts_.paths.root, RetentionHold::Wish::alone);
    if (!hold) co_return fail(hold.error());
    co_await leave(segment->number);
    auto carried = co_await carry_all(segment);
    // From here to the directory nothing else runs on this thread: what was carried is all that is open.
    auto recorded = carried ? record(segment->number) : Result<void>(fail(carried.error()));
    // A disk without any space takes no note, but gets space by the removal; the note is made up for by the next one.
    if (!recorded && !(carried && is_disk_full(recorded.error()))) {
        co_await leave(std::nullopt);
        co_return fail(
            Error(recorded.error().code(), fmt::format("segment {} has to stay", segment->number), recorded.error()));
    }
    parts_.segments.remove(segment->number);
    co_await leave(std::nullopt);
    parts_.readers.close_removed();
    auto unlink = [this, number = segment->number] { return remove_segment_files(parts_.paths.log(), number); };
    CO_TRY_VOID(co_await hop<void>(parts_.sealer, unlink));
    const auto level = removal.reason == RemovalReason::disk_space ? log::Level::warn : log::Level::info;
    log::write(level, "retention.segment_removed",
               {{"segment", segment->number},
                {"reason", to_string(removal.reason)},
                {"bytes", bytes},
                {"events_carried", carried->events},
                {"bytes_carried", carried->bytes}});
    if (removal.reason != RemovalReason::age && carried->rows * 2 > segment->range.rows) {
        log::warn("retention.mostly_open", {{"segment", segment->number}, {"events_carried", carried->events}});
        not_for_space_before_ = parts_.clock.monotonic() + kPoorYieldWait;
    }
    co_return Result<void>{};
}

Task<Result<Retention::Carried>> Retention::carry_all(SegmentPtr segment) {
    Carried all;
    for (int idle = 0; idle < kCarryTries; ++idle) {
        auto events = parts_.projector.open_events_in(segment->number, kCarryEventsMax, kFlushRowsMax);
        if (!events) co_return fail(events.error());
        if (events->empty()) co_return all;
        auto carried = co_await carry_some(segment, std::move(*events));
        if (!carried && carried.error().code() != Errc::conflict) co_return fail(carried.error());
        if (!carried || carried->events == 0) continue;
        idle = 0;
        all.events += carried->events;
        all.rows += carried->rows;
        all.bytes += carried->bytes;
    }
    co_return fail(Errc::unavailable, "what is open in it changes all the time");
}

/// One commit. @return what was given to it, nothing when all of it was closed by then; conflict: ask again what is
/// open
Task<Result<Retention::Carried>> Retention::carry_some(SegmentPtr segment, std::vector<Projector::OpenEvent> events) {
    Carry carry{.events = {}, .open = {}, .seen = parts_.projector.watermark()};
    std::vector<std::uint32_t> rows;
    for (const Projector::OpenEvent& event : events) rows.push_back(event.row);
    auto work = [segment, rows = std::move(rows)] {
        return read_carried(segment->file, segment->number, rows, kCarryBytesMax);
    };
    auto read = co_await hop<std::vector<CarriedEvent>>(parts_.sealer, std::move(work));
    if (!read) co_return fail(read.error());
    Carried carried;
    for (std::size_t i = 0; i < read->size(); ++i) {
        if ((*read)[i].origin.ref != events[i].accepted_at) {
            co_return fail(Errc::corrupt,
                           fmt::format("row {} of segment {} holds another event than the one that waits",
                                       events[i].row, segment->number));
        }
        carried.bytes += (*read)[i].bytes();
        for (const OpenDelivery& open : events[i].deliveries) {
            carry.open.push_back({.decision = {.key = open.key,
                                               .kind = ports::DecisionKind::carried,
                                               .time = parts_.clock.now(),
                                               .reason = std::string(open.manual ? kCarriedManual : "")},
                                  .attempts = open.attempts,
                                  .due_ms = open.due_ms});
        }
    }
    carried.rows = read->size() + carry.open.size();
    carry.events = std::move(*read);
    auto copied = co_await parts_.journal.carry(std::move(carry));
    if (!copied) co_return fail(copied.error());
    carried.events = *copied;
    co_return carried;
}

Result<void> Retention::record(std::uint32_t removed) {
    TRY(Transaction transaction, Transaction::begin(parts_.control));
    TRY(Statement first, parts_.control.prepare("INSERT OR REPLACE INTO settings VALUES ('log_first_segment', ?)"));
    const std::string number = fmt::to_string(removed + 1);
    first.bind(1, std::string_view(number));
    TRY_VOID(first.run());
    for (const char* sql : {"DELETE FROM segments WHERE number <= ?", "DELETE FROM late_times WHERE segment <= ?",
                            "DELETE FROM carried_events WHERE segment <= ?"}) {
        TRY(Statement forget, parts_.control.prepare(sql));
        forget.bind(1, removed);
        TRY_VOID(forget.run());
    }
    return transaction.commit();
}

Task<void> Retention::leave(std::optional<std::uint32_t> segment) {
    auto work = [this, segment]() -> Result<void> {
        parts_.journal.leave(segment);
        return {};
    };
    [[maybe_unused]] auto left = co_await hop<void>(parts_.log, work);
}

Task<void> Retention::close() {
    closed_ = true;
    co_await alarm_.close();
    tasks_.cancel();
    co_await tasks_.join();
}

Result<std::uint32_t> first_segment_kept(Database& control) {
    TRY(const auto first, control.query_integer("SELECT CAST(value AS INTEGER) FROM settings WHERE name ="
                                                " 'log_first_segment'"));
    return static_cast<std::uint32_t>(first.value_or(0));
}

}  // namespace outpost::embedded
