#include "pipeline/dispatch/dispatcher.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outpost::pipeline {

Dispatcher::Dispatcher(DispatchSettings settings, DeliveryWorker& worker, ports::Ledger& ledger, Clock& clock,
                       Executor executor)
    : settings_(settings),
      worker_(worker),
      ledger_(ledger),
      clock_(clock),
      tasks_(executor, "dispatcher"),
      naps_(std::move(executor), "dispatcher_naps") {}

bool Dispatcher::Lane::is_full() const {
    const std::optional<std::uint32_t> allowed = limits ? limits->concurrency_max : 1;
    return running >= cap.value() || (allowed && running >= *allowed);
}

void Dispatcher::Lane::obey(const model::SendLimits& given) {
    const bool same_rate = limits && limits->per_second == given.per_second;
    limits = given;
    if (same_rate) return;
    rate = given.per_second ? std::optional(send_rate(*given.per_second)) : std::nullopt;
    bucket = TokenBucket();
}

model::Delivery* Dispatcher::Lane::find(const model::DeliveryKey& key) {
    if (const auto found = std::ranges::find(queue, key, &model::Delivery::key); found != queue.end()) return &*found;
    const auto found = std::ranges::find(behind, key, &model::Delivery::key);
    return found == behind.end() ? nullptr : &*found;
}

bool Dispatcher::offer(model::Delivery delivery) {
    if (stopped_) return false;
    const model::DestinationKey& key = delivery.key.destination;
    const std::uint32_t destination = key.destination;
    const AdaptiveCap cap(settings_.concurrency_per_destination_max);
    const auto [found, is_new] = lanes_.try_emplace(destination, key.tenant, cap);
    Lane& lane = found->second;
    if (is_new)
        if (const auto limits = worker_.limits_of(delivery)) lane.obey(*limits);
    const bool room = lane.waiting() < kQueueHeadMax &&
                      // One delivery of a destination always fits, however large, so that nobody starves.
                      (payload_bytes_ + delivery.event->data.size() <= kPayloadBytesMax || lane.queue.empty());
    if (!room) {
        if (std::ranges::find(lane.refused, key) == lane.refused.end()) lane.refused.push_back(key);
        return false;
    }
    payload_bytes_ += delivery.event->data.size();
    // Not into the queue, where a lane that is full would keep it until its former attempt is forgotten.
    const bool is_copy = in_flight_.contains(delivery.key);
    (is_copy ? lane.behind.emplace_back() : lane.queue.emplace_back()) = std::move(delivery);
    take_turn(destination, lane);
    pump();
    return true;
}

void Dispatcher::take_turn(std::uint32_t destination, Lane& lane) {
    if (lane.in_turn || lane.napping || lane.queue.empty() || lane.is_full()) return;
    lane.in_turn = true;
    (lane.cap.at_floor() ? floor_ : healthy_).push(lane.tenant, destination);
}

std::size_t Dispatcher::floor_share() const {
    return std::max<std::size_t>(settings_.concurrency_max / 4, 1);
}

bool Dispatcher::may_begin_more() const {
    if (stopped_ || in_flight_.size() >= settings_.concurrency_max) return false;
    return !healthy_.empty() || (!floor_.empty() && floor_running_ < floor_share());
}

std::optional<std::uint32_t> Dispatcher::next() {
    if (in_flight_.size() >= settings_.concurrency_max) return std::nullopt;
    // The floor never starves: one of its sends may always run, before the healthy ones.
    if (floor_running_ == 0 && !floor_.empty()) return floor_.pop();
    while (const auto destination = healthy_.pop()) {
        const Lane& lane = lanes_.at(*destination);
        if (!lane.cap.at_floor()) return destination;
        floor_.push(lane.tenant, *destination);  // it fell while it waited for its turn
    }
    if (floor_running_ < floor_share()) return floor_.pop();
    return std::nullopt;
}

void Dispatcher::pump() {
    if (pumping_) return;  // a worker that ends at once comes back here: the loop below goes on
    pumping_ = true;
    while (auto begun = begin()) tasks_.start(run(*std::move(begun)));
    pumping_ = false;
}

/// Takes the next delivery out of its queue; nothing when none may be sent now.
std::optional<Dispatcher::Begun> Dispatcher::begin() {
    while (!stopped_) {
        const auto destination = next();
        if (!destination) break;
        if (auto begun = begin_of(*destination)) return begun;
    }
    return std::nullopt;
}

std::optional<Dispatcher::Begun> Dispatcher::begin_of(std::uint32_t destination) {
    Lane& lane = lanes_.at(destination);
    lane.in_turn = false;
    if (lane.is_full()) return std::nullopt;
    if (lane.queue.empty()) {
        ask_for(went_on(destination, lane));
        return std::nullopt;
    }
    const bool repeated = in_flight_.contains(lane.queue.front().key);
    if (!repeated && lane.rate && !lane.bucket.take(*lane.rate, clock_.monotonic())) {
        nap(destination, lane, lane.bucket.ready_at(*lane.rate));
        return std::nullopt;
    }
    Begun begun{.delivery = std::move(lane.queue.front()), .at_floor = lane.cap.at_floor()};
    lane.queue.pop_front();
    if (repeated) {  // offered twice before it began
        lane.behind.push_back(std::move(begun.delivery));
        take_turn(destination, lane);
        return std::nullopt;
    }
    ++lane.running;
    if (begun.at_floor) ++floor_running_;
    in_flight_.emplace(begun.delivery.key, InFlight{});
    take_turn(destination, lane);
    return begun;
}

void Dispatcher::nap(std::uint32_t destination, Lane& lane, MonotonicTime until) {
    if (lane.napping || stopped_) return;
    lane.napping = true;
    naps_.start(wake(destination, until));
}

Task<void> Dispatcher::wake(std::uint32_t destination, MonotonicTime at) {
    co_await clock_.sleep_until(at);
    Lane& lane = lanes_.at(destination);  // a lane that naps is not forgotten
    lane.napping = false;
    const Wanted wanted = went_on(destination, lane);
    pump();
    ask_for(wanted);
}

/// An end may make room for several. Only when the first of them is on its way do the others follow: in their order.
Task<void> Dispatcher::pump_soon() {
    co_await boost::asio::post(boost::asio::use_awaitable);
    pump();
}

/// Goes on with the next delivery when one has ended: a coroutine begun anew for each would cost more than a queue.
Task<void> Dispatcher::run(Begun begun) {
    std::optional<Begun> next(std::move(begun));
    while (next) {
        Task<void> carrying = carry(std::move(*next));
        next.reset();
        co_await std::move(carrying);
        next = begin();
        if (next && may_begin_more()) tasks_.start(pump_soon());
    }
}

Task<void> Dispatcher::carry(Begun begun) {
    Left left{.key = begun.delivery.key,
              .attempts_settled = begun.delivery.attempts_settled,
              .payload_bytes = begun.delivery.event->data.size(),
              .cancelled = false,
              .worked = {}};
    std::exception_ptr thrown;
    try {
        left.worked = co_await worker_.work(std::move(begun.delivery), in_flight_.at(left.key));
    } catch (...) {
        thrown = std::current_exception();  // the group logs it; the lane goes on
    }
    if (begun.at_floor) --floor_running_;
    left.cancelled = in_flight_.at(left.key).cancelled;
    ask_for(finished(left));
    if (!thrown) co_return;
    pump();
    std::rethrow_exception(thrown);
}

Dispatcher::Wanted Dispatcher::finished(const Left& left) {
    in_flight_.erase(left.key);
    payload_bytes_ -= left.payload_bytes;
    const std::uint32_t destination = left.key.destination.destination;
    Lane& lane = lanes_.at(destination);
    const bool was_binding = lane.running >= lane.cap.value();
    --lane.running;
    if (left.worked.limits) lane.obey(*left.worked.limits);
    lane.cap.note(left.worked.sign, was_binding);
    bring_forward(left, lane);
    return went_on(destination, lane);
}

/// The copy that waited behind the one that left takes its place, unless it was cancelled or is out of date: then the
/// ledger, which has just been told, offers a newer one.
void Dispatcher::bring_forward(const Left& left, Lane& lane) {
    const auto copy = std::ranges::find(lane.behind, left.key, &model::Delivery::key);
    if (copy == lane.behind.end()) return;
    const bool outdated = left.cancelled || left.worked.end == Worked::End::given_back ||
                          (left.worked.end == Worked::End::settled && copy->attempts_settled <= left.attempts_settled);
    if (outdated) payload_bytes_ -= copy->event->data.size();
    else lane.queue.push_front(std::move(*copy));
    lane.behind.erase(copy);
}

/// Something left the lane: an idle one is forgotten.
Dispatcher::Wanted Dispatcher::went_on(std::uint32_t destination, Lane& lane) {
    Wanted wanted;
    if (lane.waiting() <= kQueueHeadMax / 2) wanted = std::exchange(lane.refused, {});
    take_turn(destination, lane);
    const bool idle =
        lane.waiting() == 0 && lane.running == 0 && !lane.in_turn && !lane.napping && lane.refused.empty();
    // A bucket that has not rested is remembered: without it the next delivery would not wait.
    if (idle && lane.rate && lane.bucket.full_at() > clock_.monotonic()) nap(destination, lane, lane.bucket.full_at());
    else if (idle && (!lane.cap.in_trouble() || lanes_.size() > kLanesRememberedMax)) lanes_.erase(destination);
    return wanted;
}

void Dispatcher::ask_for(const Wanted& wanted) {
    for (const model::DestinationKey& key : wanted) ledger_.demand(key);
}

std::size_t Dispatcher::queued(std::uint32_t destination) const {
    const auto lane = lanes_.find(destination);
    return lane == lanes_.end() ? 0 : lane->second.waiting();
}

model::Delivery* Dispatcher::find_waiting(const model::DeliveryKey& key) {
    const auto lane = lanes_.find(key.destination.destination);
    return lane == lanes_.end() ? nullptr : lane->second.find(key);
}

Dispatcher::Place Dispatcher::request_retry(const model::DeliveryKey& key) {
    model::Delivery* const waiting = find_waiting(key);
    if (waiting != nullptr) waiting->manual = true;
    const auto running = in_flight_.find(key);
    if (running == in_flight_.end()) return waiting != nullptr ? Place::queued : Place::elsewhere;
    running->second.retry_after = true;
    running->second.cancelled = false;
    return Place::in_flight;
}

Dispatcher::Place Dispatcher::request_cancel(const model::DeliveryKey& key) {
    const model::Delivery* const waiting = find_waiting(key);
    if (waiting != nullptr) {
        payload_bytes_ -= waiting->event->data.size();
        Lane& lane = lanes_.at(key.destination.destination);
        const auto is_it = [&](const model::Delivery& delivery) { return delivery.key == key; };
        std::erase_if(lane.queue, is_it);
        std::erase_if(lane.behind, is_it);
        const Wanted wanted = went_on(key.destination.destination, lane);
        pump();
        ask_for(wanted);
    }
    const auto running = in_flight_.find(key);
    if (running == in_flight_.end()) return waiting != nullptr ? Place::queued : Place::elsewhere;
    running->second.retry_after = false;
    running->second.cancelled = true;
    return Place::in_flight;
}

bool Dispatcher::is_recording(const model::DeliveryKey& key) const {
    const auto running = in_flight_.find(key);
    return running != in_flight_.end() && running->second.recording;
}

void Dispatcher::drop_cancelled(const model::DeliveryKey& key) {
    const model::Delivery* const waiting = find_waiting(key);
    const auto running = in_flight_.find(key);
    const bool asked_for =
        (waiting != nullptr && waiting->manual) || (running != in_flight_.end() && running->second.retry_after);
    if (!asked_for) request_cancel(key);
}

Task<void> Dispatcher::stop(Deadline deadline, Clock& clock) {
    stopped_ = true;
    naps_.cancel();
    co_await naps_.join();
    // join() can't be cancelled, so the wait is bounded by looking again now and then.
    while (tasks_.size() > 0 && !deadline.passed(clock)) co_await clock.sleep_for(std::chrono::milliseconds(20));
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace outpost::pipeline
