#include "pipeline/recover/task_run.hpp"

#include "base/log.hpp"
#include "pipeline/redeliver/redeliver.hpp"

namespace outpost::pipeline {
namespace {

constexpr auto kLookForRoomEvery = std::chrono::seconds(1);

TaskEnd cancelled_end() {
    return {.state = ports::TaskState::cancelled, .error = ""};
}

bool is_passing(const Error& error) {
    return error.code() == Errc::unavailable || error.code() == Errc::timeout || error.code() == Errc::cancelled;
}

}  // namespace

Task<Result<TaskEnd>> TaskRun::carry_out() {
    CO_TRY_VOID(co_await measure());
    while (true) {
        auto page = co_await with_.scanner.page(request_, progress_.cursor, step());
        if (!page && is_passing(page.error())) co_return fail(std::move(page.error()));
        if (!page) {
            log::error("task.log_unreadable", {{"task_id", id_.value}, {"error", page.error().describe()}});
            co_return TaskEnd{.state = ports::TaskState::failed, .error = "the log could not be read"};
        }
        const std::string behind = page->cursor;
        const bool last = page->last;
        CO_TRY(auto end, co_await treat_page(std::move(*page)));
        if (end) co_return std::move(*end);
        if (!behind.empty()) progress_.cursor = behind;
        if (last) break;
        CO_TRY(end, co_await report());
        if (end) co_return std::move(*end);
    }
    progress_.total = progress_.done + progress_.failed + progress_.skipped;
    co_return TaskEnd{};
}

Task<Result<void>> TaskRun::measure() {
    if (measured_ || progress_.total || !progress_.cursor.empty()) co_return Result<void>{};
    CO_TRY(const Estimate estimate, co_await with_.scanner.estimate(request_, step()));
    measured_ = true;
    if (estimate.exact) progress_.total = estimate.redeliver + estimate.others;
    CO_TRY_VOID(co_await report());
    co_return Result<void>{};
}

Task<Result<std::optional<TaskEnd>>> TaskRun::treat_page(ScanPage page) {
    for (ScanRow& row : page.rows) {
        std::string behind = row.cursor;
        CO_TRY(auto end, co_await treat(std::move(row)));
        if (end) co_return end;
        progress_.cursor = std::move(behind);
        if (with_.clock.monotonic() < next_report_) continue;
        CO_TRY(end, co_await report());
        if (end) co_return end;
    }
    co_return std::nullopt;
}

Task<Result<std::optional<TaskEnd>>> TaskRun::treat(ScanRow row) {
    if (cancelled_) co_return cancelled_end();
    auto judged = co_await judge_in_turn(row);
    if (cancelled_) co_return cancelled_end();
    if (!judged && is_passing(judged.error())) co_return fail(std::move(judged.error()));
    if (!judged) {  // one damaged row must not hold up the others (T-06)
        log::error("task.row_unreadable", {{"event_id", row.event_id.value}, {"error", judged.error().describe()}});
        ++progress_.failed;
        co_return std::nullopt;
    }
    if (auto end = end_for(judged->verdict)) co_return end;
    switch (judged->verdict) {
        case Verdict::pass: break;
        case Verdict::redeliver: CO_TRY_VOID(co_await redeliver(judged->key)); break;
        case Verdict::lost: ++progress_.failed; break;
        case Verdict::late:
        case Verdict::mismatch:
        case Verdict::destination_gone:
        case Verdict::destination_disabled: ++progress_.skipped; break;
    }
    co_return std::nullopt;
}

Task<Result<Judged>> TaskRun::judge_in_turn(ScanRow row) {
    CO_TRY(const Judged judged, co_await with_.scanner.judge(request_, row, step()));
    if (judged.verdict != Verdict::redeliver) co_return judged;
    slept_ = false;
    CO_TRY_VOID(co_await wait_for_room(judged.key.destination));
    co_await keep_pace();
    if (!slept_ || cancelled_) co_return judged;
    co_return co_await with_.scanner.judge(request_, std::move(row), step());
}

std::optional<TaskEnd> TaskRun::end_for(Verdict verdict) const {
    if (request_->destination.empty()) return std::nullopt;  // one of many
    if (verdict == Verdict::destination_gone) {
        return TaskEnd{.state = ports::TaskState::failed, .error = "the destination was deleted"};
    }
    if (verdict == Verdict::destination_disabled) {
        return TaskEnd{.state = ports::TaskState::failed, .error = "the destination is disabled"};
    }
    return std::nullopt;
}

Task<Result<void>> TaskRun::redeliver(model::DeliveryKey key) {
    const std::string reason = request_->type == kRecoverTask ? "recover" : "bulk";
    auto promised = co_await with_.redeliver.again(key, reason, step());
    if (!promised && is_passing(promised.error())) co_return fail(std::move(promised.error()));
    if (promised) ++progress_.done;
    else ++progress_.failed;  // retention has taken the event
    const std::uint64_t treated = progress_.done + progress_.failed + progress_.skipped;
    if (progress_.total && *progress_.total < treated) progress_.total = treated;
    co_return Result<void>{};
}

Task<Result<void>> TaskRun::wait_for_room(model::DestinationKey destination) {
    std::size_t& left = until_look_[destination.destination];
    while (left == 0 && !cancelled_) {
        std::vector<model::DestinationKey> asked(1, destination);
        CO_TRY(const auto found, co_await with_.backlogs.backlogs(std::move(asked), step()));
        ASSERT(found.size() == 1);
        if (found.front().pending < kOpenAheadMax) left = kRedeliveriesBetweenLooks;
        if (left > 0) break;
        slept_ = true;
        co_await with_.clock.sleep_for(kLookForRoomEvery);
    }
    if (left > 0) --left;
    co_return Result<void>{};
}

Task<void> TaskRun::keep_pace() {
    const MonotonicTime now = with_.clock.monotonic();
    const MonotonicTime turn = std::max(next_promise_, now);
    if (turn > now) {
        slept_ = true;
        co_await with_.clock.sleep_until(turn);
    }
    next_promise_ = turn + std::chrono::microseconds(std::chrono::seconds(1)) / request_->pace_per_second;
}

Task<Result<std::optional<TaskEnd>>> TaskRun::report() {
    CO_TRY(const ports::TaskState state, co_await with_.tasks.report(id_, progress_, step()));
    next_report_ = with_.clock.monotonic() + kReportEvery;
    if (ports::is_finished(state)) co_return cancelled_end();
    co_return std::nullopt;
}

}  // namespace outpost::pipeline
