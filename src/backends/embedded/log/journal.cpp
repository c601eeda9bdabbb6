#include "backends/embedded/log/journal.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/test_point.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outpost::embedded {
namespace {

constexpr auto kProbeInterval = std::chrono::seconds(1);

/// What a batch counts in flushes and queues.
std::size_t rows_of(const std::vector<ports::Acceptance>& batch) {
    std::size_t rows = batch.size();
    for (const ports::Acceptance& acceptance : batch) rows += acceptance.destinations.size();
    return rows;
}

}  // namespace

std::size_t tail_rows(std::size_t segment_rows_max) {
    // The last commit may carry one event with all its deliveries.
    return segment_rows_max + kFlushRowsMax + ports::kAcceptBatchMax + kEventDestinationsMax;
}

Journal::Journal(JournalSettings settings, SegmentDirectory& segments, Clock& clock, Executor executor,
                 JournalListener& listener)
    : settings_(std::move(settings)),
      segments_(segments),
      clock_(clock),
      executor_(executor),
      listener_(listener),
      tasks_(executor, "journal"),
      window_(segments) {}

Journal::~Journal() = default;

Result<void> Journal::open(model::EventRef seen) {
    const auto list = segments_.list();
    number_ = std::max(list->empty() ? 0 : list->back()->number, seen.segment);
    if (list->empty() || list->back()->sealed() || list->back()->number < seen.segment) return roll();
    const Segment& newest = *list->back();
    tail_ = newest.tail;
    const bool lacks_rows = newest.number == seen.segment && tail_->size() < seen.row;
    TRY(writer_, SegmentWriter::open(newest.file));
    if (!lacks_rows && !is_full()) return {};
    tail_ = nullptr;  // no more is added to it, and nobody is to be told: it is finished as far as this process knows
    return roll();
}

bool Journal::is_full() const {
    return tail_->size() >= settings_.segment_rows_max || writer_->bytes_appended() >= settings_.segment_bytes_max ||
           tail_->is_side_full();
}

Task<Result<std::vector<ports::Accepted>>> Journal::accept(std::vector<ports::Acceptance> batch, Deadline deadline) {
    Executor origin = co_await boost::asio::this_coro::executor;
    using Reply = Result<std::vector<ports::Accepted>>;
    auto start = [this, &batch, &origin, deadline](Answer<Reply> answer) {
        const std::size_t rows = rows_of(batch);
        Request request{AcceptRequest{std::move(batch), {}, std::move(answer)}, origin, deadline, rows};
        boost::asio::post(executor_, [this, request = std::move(request)]() mutable { enqueue(std::move(request)); });
    };
    co_return co_await await_answer<Reply>(start);
}

Task<Result<std::vector<bool>>> Journal::settle(std::shared_ptr<const std::vector<ports::Settlement>> settlements,
                                                Deadline deadline) {
    Executor origin = co_await boost::asio::this_coro::executor;
    auto start = [this, &settlements, &origin, deadline](Answer<Result<std::vector<bool>>> answer) {
        const std::size_t rows = settlements->size();
        Request request{SettleRequest{std::move(settlements), {}, std::move(answer)}, origin, deadline, rows};
        boost::asio::post(executor_, [this, request = std::move(request)]() mutable { enqueue(std::move(request)); });
    };
    co_return co_await await_answer<Result<std::vector<bool>>>(start);
}

Task<Result<void>> Journal::decide(std::vector<DecisionRow> decisions, Deadline deadline) {
    Executor origin = co_await boost::asio::this_coro::executor;
    auto start = [this, &decisions, &origin, deadline](Answer<Result<void>> answer) {
        const std::size_t rows = decisions.size();
        Request request{DecideRequest{std::move(decisions), {}, std::move(answer)}, origin, deadline, rows};
        boost::asio::post(executor_, [this, request = std::move(request)]() mutable { enqueue(std::move(request)); });
    };
    co_return co_await await_answer<Result<void>>(start);
}

std::optional<Error> Journal::refusal_of(const Request& request) const {
    if (closed_) return Error(Errc::unavailable, "the log is closed");
    const auto* accept = std::get_if<AcceptRequest>(&request.what);
    if (accept == nullptr) return std::nullopt;  // settlements and decisions are bounded by what is in flight
    const bool too_wide = std::ranges::any_of(accept->batch, [](const ports::Acceptance& acceptance) {
        return acceptance.destinations.size() > kEventDestinationsMax;
    });
    if (too_wide) return Error(Errc::invalid, "an event has too many destinations");
    // A batch that is alone is taken whatever its size.
    if (pending_rows_ > 0 && pending_rows_ + request.rows > kPendingRowsMax) {
        return Error(Errc::unavailable, "too many events wait for the disk");
    }
    return std::nullopt;
}

void Journal::enqueue(Request request) {
    if (const auto refusal = refusal_of(request)) {
        Replies replies;
        refuse(request, *refusal, replies);
        send(std::move(replies));
        return;
    }
    pending_rows_ += request.rows;
    pending_.push_back(std::move(request));
    if (flush_posted_) return;
    flush_posted_ = true;
    // Runs after everything that is already queued here: that is the batch.
    boost::asio::post(executor_, [this] { flush(); });
}

void Journal::flush() {
    flush_posted_ = false;
    std::vector<Request> requests;
    Replies replies;
    std::size_t rows = 0;
    while (!pending_.empty() && (requests.empty() || rows + pending_.front().rows <= kFlushRowsMax)) {
        Request request = std::move(pending_.front());
        pending_.pop_front();
        pending_rows_ -= request.rows;
        if (request.deadline.passed(clock_)) {
            refuse(request, Error(Errc::timeout, "the deadline passed before the log could be written"), replies);
            continue;
        }
        rows += request.rows;
        requests.push_back(std::move(request));
    }
    if (!requests.empty()) {
        auto written = write_guarded(requests);
        if (written) {
            publish(requests);
        } else {
            if (writer_) writer_->rollback();
            failed(written.error());
            const Error refusal(Errc::unavailable, "the log can't be written", written.error());
            for (Request& request : requests) refuse(request, refusal, replies);
        }
    }
    send(std::move(replies));
    if (!pending_.empty() && !flush_posted_) {
        flush_posted_ = true;
        boost::asio::post(executor_, [this] { flush(); });
    }
}

Result<void> Journal::write_guarded(std::vector<Request>& requests) {
    try {
        return write(requests);
    } catch (const std::exception& error) {  // no memory: the requests are refused, the process lives (T-09)
        return fail(Errc::internal, error.what());
    }
}

Result<void> Journal::write(std::vector<Request>& requests) {
    staged_.clear();
    staged_destinations_.clear();
    staged_deliveries_.clear();
    staged_ids_.clear();
    staged_attempts_.clear();
    if (replace_segment_ || !writer_) TRY_VOID(roll());
    staged_row_ = static_cast<std::uint32_t>(tail_->size());
    TRY_VOID(writer_->begin());
    for (Request& request : requests) {
        if (auto* accept = std::get_if<AcceptRequest>(&request.what)) TRY_VOID(write_accept(*accept));
        if (auto* settle = std::get_if<SettleRequest>(&request.what)) TRY_VOID(write_settle(*settle));
        if (auto* decide = std::get_if<DecideRequest>(&request.what)) TRY_VOID(write_decide(*decide));
        if (auto* carry = std::get_if<CarryRequest>(&request.what)) TRY_VOID(write_carry(*carry));
    }
    test_point("commit.before");
    auto committed = writer_->commit();
    test_point("commit.after");
    return committed;
}

Result<std::vector<std::optional<SeenEvent>>> Journal::find_in_window(const std::vector<ports::Acceptance>& batch) {
    const TimePoint since = clock_.now() - settings_.idempotency_window;
    std::vector<std::optional<SeenEvent>> seen(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!batch[i].client_chose_id) continue;
        TRY(seen[i], window_.find(batch[i].tenant, batch[i].event->id, since));
    }
    return seen;
}

const SeenEvent* Journal::find_staged(const ports::Acceptance& acceptance) const {
    const EventId& id = acceptance.event->id;
    const auto staged = staged_ids_.find(hash64(id.value, acceptance.tenant));
    const bool same =
        staged != staged_ids_.end() && staged->second.tenant == acceptance.tenant && staged->second.id == id.value;
    return same ? &staged->second.seen : nullptr;
}

Result<void> Journal::write_accept(AcceptRequest& request) {
    auto seen_before = find_in_window(request.batch);
    if (!seen_before) {  // a matter of this request: the log itself can be written
        const Error refusal(Errc::unavailable, "earlier events can't be looked up", seen_before.error());
        request.accepted = fail(refusal);
        return {};
    }
    request.accepted = std::vector<ports::Accepted>();
    for (std::size_t i = 0; i < request.batch.size(); ++i) {
        const ports::Acceptance& acceptance = request.batch[i];
        std::optional<SeenEvent>& seen = (*seen_before)[i];
        if (acceptance.client_chose_id && !seen) {
            if (const SeenEvent* staged = find_staged(acceptance)) seen = *staged;
        }
        if (seen) {
            request.accepted->push_back({seen->ref, true, std::move(seen->destinations)});
            continue;
        }
        TRY_VOID(writer_->append_event(staged_row_, acceptance));
        const model::EventRef ref{number_, staged_row_++};
        staged_.push_back(tail_entry_of(acceptance, static_cast<std::uint32_t>(staged_destinations_.size())));
        for (const model::DestinationKey& key : acceptance.destinations) {
            staged_destinations_.push_back({key.destination, key.incarnation});
            staged_deliveries_.push_back({{ref, key}, acceptance.event});
        }
        if (acceptance.client_chose_id) {
            staged_ids_.insert_or_assign(
                hash64(acceptance.event->id.value, acceptance.tenant),
                StagedId{acceptance.tenant, acceptance.event->id.value, {ref, acceptance.destinations}});
        }
        request.accepted->push_back({ref, false, acceptance.destinations});
    }
    return {};
}

Result<bool> Journal::is_repeated(const ports::Settlement& settlement) {
    const AttemptId& id = settlement.attempt.id;
    if (!staged_attempts_.insert(attempt_id_hash(id.value)).second) return true;
    return window_.has_attempt(id);
}

Result<void> Journal::write_settle(SettleRequest& request) {
    request.written.clear();
    for (const ports::Settlement& settlement : *request.settlements) {
        TRY(const bool repeated, is_repeated(settlement));
        request.written.push_back(!repeated);
        if (repeated) continue;
        TRY_VOID(writer_->append_attempt(staged_row_++, settlement));
        staged_.push_back(tail_entry_of(settlement));
    }
    return {};
}

Result<void> Journal::write_decide(DecideRequest& request) {
    const bool refused = std::ranges::any_of(request.decisions, [&](const DecisionRow& decision) {
        return decision.due_ms != kClosed && is_leaving(decision.home);
    });
    if (refused) {
        request.outcome = fail(Errc::conflict, "the event's segment goes");
        return {};
    }
    for (const DecisionRow& decision : request.decisions) {
        TRY_VOID(writer_->append_decision(staged_row_++, decision));
        staged_.push_back(tail_entry_of(decision));
    }
    return {};
}

void Journal::publish(std::vector<Request>& requests) {
    recovered();
    tail_->append(staged_, staged_destinations_);
    if (!staged_deliveries_.empty()) listener_.accepted(std::exchange(staged_deliveries_, {}));
    Replies replies;
    for (Request& request : requests) {
        auto& batch = replies_for(replies, request.origin);
        std::visit(
            [&](auto& what) {
                using What = std::decay_t<decltype(what)>;
                if constexpr (std::is_same_v<What, AcceptRequest>) {
                    batch.push_back([answer = std::move(what.answer), accepted = std::move(what.accepted)]() mutable {
                        answer.here(std::move(accepted));
                    });
                } else if constexpr (std::is_same_v<What, SettleRequest>) {
                    batch.push_back([answer = std::move(what.answer), written = std::move(what.written)]() mutable {
                        answer.here(std::move(written));
                    });
                } else if constexpr (std::is_same_v<What, DecideRequest>) {
                    batch.push_back([answer = std::move(what.answer), outcome = std::move(what.outcome)]() mutable {
                        answer.here(std::move(outcome));
                    });
                } else {
                    batch.push_back([answer = std::move(what.answer), copied = std::move(what.copied)]() mutable {
                        answer.here(std::move(copied));
                    });
                }
            },
            request.what);
    }
    send(std::move(replies));
    if (!staged_.empty() && !advance_told_) {
        advance_told_ = true;
        listener_.advanced();
    }
    if (!is_full()) return;
    if (auto rolled = roll(); !rolled) failed(rolled.error());
}

void Journal::refuse(Request& request, const Error& error, Replies& replies) {
    auto& batch = replies_for(replies, request.origin);
    std::visit(
        [&](auto& what) {
            batch.push_back(
                [answer = std::move(what.answer), error]() mutable { answer.here(std::unexpected(error)); });
        },
        request.what);
}

Journal::Replies::value_type::second_type& Journal::replies_for(Replies& replies, const Executor& origin) {
    for (auto& [executor, batch] : replies) {
        if (executor == origin) return batch;
    }
    return replies.emplace_back(origin, Replies::value_type::second_type()).second;
}

void Journal::send(Replies replies) {
    // One crossing a shard and commit; the answers then run in place.
    for (auto& [executor, batch] : replies) {
        boost::asio::post(executor, [answers = std::move(batch)]() mutable {
            for (auto& answer : answers) answer();
        });
    }
}

Result<void> Journal::roll() {
    const std::uint32_t number = number_ + 1;
    const std::filesystem::path file = segment_path(settings_.log_directory, number);
    auto begin_segment = [&]() -> Result<SegmentWriter> {
        TRY(SegmentWriter fresh, SegmentWriter::open(file));
        if (tail_) TRY_VOID(fresh.note_rows_before(tail_->size()));
        return fresh;
    };
    auto opened = begin_segment();
    if (!opened) {
        replace_segment_ = true;
        return fail(opened.error());
    }
    test_point("roll");
    const bool had_one = tail_ != nullptr;
    if (writer_) writer_->leave();
    writer_ = std::move(*opened);
    tail_ = std::make_shared<Tail>(tail_rows(settings_.segment_rows_max));
    segments_.put({.number = number, .file = file, .tail = tail_, .range = {}});
    replace_segment_ = false;
    const std::uint32_t finished = std::exchange(number_, number);
    if (had_one) listener_.rolled(finished);
    return {};
}

void Journal::failed(const Error& error) {
    // After anything but a full disk the file's unsynced pages can't be trusted: go on in a new one (T-08).
    if (!is_disk_full(error)) replace_segment_ = true;
    {
        const std::scoped_lock lock(health_mutex_);
        if (!trouble_) trouble_since_ = clock_.now();
        trouble_ = error;
    }
    if (!std::exchange(writable_, false)) return;
    log::error("log.write_failed", {{"error", error.describe()}});
    listener_.writable_changed(false);
    if (!closed_) tasks_.start(probe());
}

void Journal::recovered() {
    if (std::exchange(writable_, true)) return;
    {
        const std::scoped_lock lock(health_mutex_);
        trouble_.reset();
    }
    log::info("log.write_recovered");
    listener_.writable_changed(true);
}

void Journal::probe_now() {
    auto attempt = [this]() -> Result<void> {
        if (replace_segment_ || !writer_) TRY_VOID(roll());
        TRY_VOID(writer_->begin());
        TRY_VOID(writer_->touch());
        return writer_->commit();
    };
    if (auto written = attempt(); written) recovered();
    else if (writer_) writer_->rollback();
}

Task<void> Journal::probe() {
    while (!writable_) {
        co_await clock_.sleep_for(kProbeInterval);
        if (!writable_) probe_now();
    }
}

void Journal::finish_checkpoint() {
    if (!writer_ || !writable_) return;
    if (auto done = writer_->checkpoint_passive(); !done) {
        log::warn("log.checkpoint_failed", {{"error", done.error().describe()}});
    }
}

Result<void> Journal::ready() const {
    const std::scoped_lock lock(health_mutex_);
    if (!trouble_) return {};
    return fail(Error(Errc::unavailable, fmt::format("the log can't be written since {}", to_rfc3339(trouble_since_)),
                      *trouble_));
}

Task<void> Journal::close() {
    // Runs behind all that is queued, then waits for the probe to end.
    auto finish = [](Journal& journal) -> Task<void> {
        co_await boost::asio::post(journal.executor_, boost::asio::use_awaitable);
        while (!journal.pending_.empty()) journal.flush();
        journal.closed_ = true;
        journal.tasks_.cancel();
        co_await journal.tasks_.join();
        journal.writer_.reset();
    };
    co_await on(executor_, finish(*this));
}

}  // namespace outpost::embedded
