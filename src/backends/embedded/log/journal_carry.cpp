// The part of the journal that retention uses: what outlives its segment.
#include "backends/embedded/log/journal.hpp"

#include <boost/asio/this_coro.hpp>

namespace outpost::embedded {
namespace {

model::DeliveryKey delivery_of(const TailEntry& entry) {
    return {{entry.event_segment, entry.event_row}, {entry.tenant, entry.destination, entry.incarnation}};
}

}  // namespace

Task<Result<std::size_t>> Journal::carry(Carry carry) {
    Executor origin = co_await boost::asio::this_coro::executor;
    auto start = [this, &carry, &origin](Answer<Result<std::size_t>> answer) {
        std::size_t rows = carry.events.size() + carry.open.size();
        for (const CarriedEvent& event : carry.events) rows += unpack_destinations(event.destinations).size();
        Request request{CarryRequest{std::move(carry), {}, std::move(answer)}, origin, Deadline::never(), rows};
        boost::asio::post(executor_, [this, request = std::move(request)]() mutable { enqueue(std::move(request)); });
    };
    co_return co_await await_answer<Result<std::size_t>>(start);
}

void Journal::leave(std::optional<std::uint32_t> segment) {
    leaving_ = segment;
    window_.close_removed();
}

bool Journal::is_leaving(std::uint32_t segment) const {
    if (segment == 0) return false;
    return segment == leaving_ || SegmentDirectory::find(*segments_.list(), segment) == nullptr;
}

/// The newest row decides, so a carried state must be the one at its own place in the log: what was written since the
/// projections were asked counts, down to this very transaction.
Result<void> Journal::bring_up_to_date(Carry& carry) const {
    std::unordered_map<model::DeliveryKey, DecisionRow*> rows;
    for (DecisionRow& row : carry.open) rows.emplace(row.decision.key, &row);
    const auto apply = [&](const TailEntry& entry) {
        if (entry.kind == RowKind::event) return;
        const auto row = rows.find(delivery_of(entry));
        if (row == rows.end()) return;
        row->second->attempts = entry.attempts;
        row->second->due_ms = entry.due_ms;
        row->second->decision.reason = (entry.flags & kFlagNextManual) != 0 ? kCarriedManual : "";
    };
    const auto list = segments_.list();
    for (const SegmentPtr& segment : *list) {
        if (segment->number < carry.seen.segment) continue;
        if (segment->sealed()) return fail(Errc::conflict, "the log has gone on");
        const std::size_t size = segment->tail->size();
        const std::size_t first = segment->number == carry.seen.segment ? carry.seen.row : 0;
        for (std::size_t row = first; row < size; ++row) apply((*segment->tail)[row]);
    }
    for (const TailEntry& entry : staged_) apply(entry);
    return {};
}

Result<void> Journal::write_carry(CarryRequest& request) {
    Carry& carry = request.carry;
    if (auto current = bring_up_to_date(carry); !current) {
        request.copied = fail(current.error());
        return {};
    }
    std::size_t copied = 0;
    auto row = carry.open.begin();
    for (const CarriedEvent& event : carry.events) {
        const auto first = row;
        while (row != carry.open.end() && row->decision.key.event == event.origin.ref) ++row;
        if (std::all_of(first, row, [](const DecisionRow& state) { return state.due_ms == kClosed; })) continue;
        ++copied;
        TRY_VOID(writer_->append_carried(staged_row_++, event));
        const auto matched = unpack_destinations(event.destinations);
        staged_.push_back(tail_entry_of(event, static_cast<std::uint32_t>(staged_destinations_.size()),
                                        static_cast<std::uint32_t>(matched.size())));
        staged_destinations_.insert(staged_destinations_.end(), matched.begin(), matched.end());
        for (auto state = first; state != row; ++state) {
            if (state->due_ms == kClosed) continue;
            TRY_VOID(writer_->append_decision(staged_row_++, *state));
            staged_.push_back(tail_entry_of(*state));
        }
    }
    request.copied = copied;
    return {};
}

}  // namespace outpost::embedded
