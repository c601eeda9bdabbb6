#include "pipeline/redeliver/cancellations.hpp"

#include "base/log.hpp"
#include "pipeline/dispatch/dispatcher.hpp"

namespace outpost::pipeline {
namespace {

constexpr auto kDecideAgainAfter = std::chrono::seconds(1);

}  // namespace

Task<Result<void>> Cancellations::cancel(model::DeliveryKey key, Deadline deadline) {
    if (is_unstored(key)) co_return fail(Errc::unavailable, "an earlier cancellation is not stored yet");
    if (unstored_.size() >= kUnstoredCancellationsMax) {
        co_return fail(Errc::unavailable, "too many cancellations are not stored yet");
    }
    const auto place = dispatcher_.request_cancel(key);
    auto decided = co_await decide(key, deadline);
    if (decided || place == Dispatcher::Place::elsewhere) co_return decided;
    log::warn("delivery.cancel_not_stored", {{"error", decided.error().describe()}});
    if (!stopped_ && unstored_.insert(key).second) insisting_.start(insist(key));
    co_return decided;
}

Task<Result<void>> Cancellations::decide(model::DeliveryKey key, Deadline deadline) {
    std::vector<ports::Decision> decisions;
    decisions.push_back(
        {.key = key, .kind = ports::DecisionKind::cancelled, .time = clock_.now(), .reason = "requested"});
    CO_TRY_VOID(co_await ledger_.decide(std::move(decisions), deadline));
    dispatcher_.drop_cancelled(key);
    co_return Result<void>{};
}

Task<void> Cancellations::insist(model::DeliveryKey key) {
    while (true) {
        co_await clock_.sleep_for(kDecideAgainAfter);
        const auto decided = co_await decide(key, Deadline::after(clock_, kDecideAgainAfter));
        if (decided) break;
    }
    unstored_.erase(key);
}

Task<void> Cancellations::stop() {
    stopped_ = true;
    insisting_.cancel();
    co_await insisting_.join();
}

}  // namespace outpost::pipeline
