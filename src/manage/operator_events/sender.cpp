#include "manage/operator_events/sender.hpp"

#include "base/log.hpp"
#include "manage/operator_events/envelope.hpp"

namespace outpost::manage {

Milliseconds send_again_after(std::uint32_t tries) {
    constexpr std::uint32_t doublings_max = 16;
    const std::uint32_t doublings = std::min(tries == 0 ? 0 : tries - 1, doublings_max);
    return std::min<Milliseconds>(kSendAgainAfter * (1u << doublings), kSendAgainAfterMax);
}

OperatorSender::OperatorSender(Parts parts, Executor executor)
    : parts_(std::move(parts)),
      executor_(executor),
      alarm_(parts_.clock, executor, "operator events", [this] { look_soon(); }),
      group_(executor, "operator events"),
      sends_(std::move(executor), "operator event") {
    parts_.outbox.subscribe([this] { wake(); });
}

void OperatorSender::wake() {
    boost::asio::post(executor_, [this] { look_soon(); });
}

Task<void> OperatorSender::stop() {
    stopped_ = true;
    co_await alarm_.close();
    sends_.cancel();
    group_.cancel();
    co_await sends_.join();
    co_await group_.join();
}

void OperatorSender::look_soon() {
    if (stopped_) return;
    look_again_ = true;
    if (looking_) return;
    looking_ = true;
    group_.start(look());
}

Task<void> OperatorSender::look() {
    struct Looking {
        OperatorSender& sender;
        bool ended = false;
        ~Looking() {
            sender.looking_ = false;
            if (!ended && !sender.stopped_) sender.group_.start(sender.look_later());  // it threw: not at once again
        }
    };
    Looking looking{*this};
    while (!stopped_ && std::exchange(look_again_, false)) {
        const bool more = co_await send_due();
        if (more) look_again_ = true;
    }
    looking.ended = true;
}

Task<void> OperatorSender::look_later() {
    co_await parts_.clock.sleep_for(kSendAgainAfterMax);
    look_soon();
}

/// @return whether to look again at once
Task<bool> OperatorSender::send_due() {
    auto due = co_await parts_.outbox.due(parts_.clock.now(), kSendsAtOnce, step());
    if (!due) {
        log::warn("opevents: the outbox can't be read", {{"error", due.error().describe()}});
        const Milliseconds pause = send_again_after(++rounds_failed_);
        co_await parts_.clock.sleep_for(pause);
        co_return true;
    }
    if (due->notices.empty()) {
        if (due->next) {
            const auto wait = std::max<Milliseconds>(
                std::chrono::duration_cast<Milliseconds>(*due->next - parts_.clock.now()), Milliseconds(1));
            alarm_.set_no_later_than(parts_.clock.monotonic() + std::min(wait, kSendAgainAfterMax));
        }
        co_return false;
    }
    round_arrived_ = false;
    for (ports::OperatorNotice& notice : due->notices) sends_.start(send(std::move(notice)));
    co_await sends_.join();
    rounds_failed_ = round_arrived_ ? 0 : rounds_failed_ + 1;
    if (rounds_failed_ > 0) {  // nothing gets through: whatever else waits needs not be tried at once
        const Milliseconds pause = send_again_after(rounds_failed_);
        co_await parts_.clock.sleep_for(pause);
    }
    co_return true;
}

Task<void> OperatorSender::send(ports::OperatorNotice notice) {
    std::string body = operator_envelope(notice, parts_.catalog, parts_.deployment_id);
    const auto sent = co_await parts_.sink.send(std::move(body), step());
    if (stopped_) co_return;
    const TimePoint now = parts_.clock.now();
    if (sent) {
        round_arrived_ = true;
        log::info("opevent delivered", {{"topic", notice.topic},
                                        {"id", operator_event_id(notice.topic, notice.source)},
                                        {"tenant_id", notice.tenant_id.value}});
        co_return co_await settle(notice.number, std::nullopt);
    }
    const std::uint32_t tries = notice.tries + 1;
    const std::string failure = fmt::format("opevents: send failed after {} attempts: {}", tries, sent.error().text());
    if (now - notice.time > kSendGivenUpAfter) {
        log::error("opevent given up", {{"topic", notice.topic}, {"error", failure}});
        co_return co_await settle(notice.number, std::nullopt);
    }
    log::warn("opevent not delivered", {{"topic", notice.topic}, {"error", failure}});
    co_await settle(notice.number, now + send_again_after(tries));
}

/// What can't be written now is sent again: at least once.
Task<void> OperatorSender::settle(std::uint64_t number, std::optional<TimePoint> again) {
    const auto written =
        again ? co_await parts_.outbox.postpone(number, *again, step()) : co_await parts_.outbox.sent(number, step());
    if (!written) {
        log::warn("opevents: the outbox can't be written", {{"error", written.error().describe()}});
        round_arrived_ = false;
    }
}

}  // namespace outpost::manage
