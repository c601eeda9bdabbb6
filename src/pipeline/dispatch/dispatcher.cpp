#include "pipeline/dispatch/dispatcher.hpp"

namespace outpost::pipeline {

Dispatcher::Dispatcher(DispatchSettings settings, DeliveryWorker& worker, ports::Ledger& ledger, Executor executor)
    : settings_(settings), worker_(worker), ledger_(ledger), tasks_(std::move(executor), "dispatcher") {}

bool Dispatcher::offer(model::Delivery delivery) {
    if (stopped_) return false;
    const std::uint32_t destination = delivery.key.destination.destination;
    auto [entry, fresh] = lanes_.try_emplace(
        destination, Lane{.tenant = delivery.key.destination.tenant,
                          .key = delivery.key.destination,
                          .queue = {},
                          .cap = AdaptiveCap(settings_.concurrency_per_destination_max)});
    Lane& lane = entry->second;
    const bool room = lane.queue.size() < kQueueHeadMax &&
                      // One delivery of a destination always fits, however large, so that nobody starves.
                      (payload_bytes_ + delivery.event->data.size() <= kPayloadBytesMax || lane.queue.empty());
    if (!room) {
        lane.refused = true;
        return false;
    }
    payload_bytes_ += delivery.event->data.size();
    lane.queue.push_back(std::move(delivery));
    take_turn(destination, lane);
    pump();
    return true;
}

void Dispatcher::take_turn(std::uint32_t destination, Lane& lane) {
    if (lane.in_turn || lane.queue.empty() || lane.running >= lane.cap.value()) return;
    lane.in_turn = true;
    (lane.cap.at_floor() ? floor_ : healthy_).push(lane.tenant, destination);
}

std::optional<std::uint32_t> Dispatcher::next() {
    if (in_flight_.size() >= settings_.concurrency_max) return std::nullopt;
    const std::size_t share = std::max<std::size_t>(settings_.concurrency_max / 4, 1);
    if (floor_running_ < share && !floor_.empty() && (healthy_.empty() || floor_running_ == 0)) return floor_.pop();
    if (!healthy_.empty()) return healthy_.pop();
    return std::nullopt;
}

void Dispatcher::pump() {
    while (!stopped_) {
        const auto destination = next();
        if (!destination) return;
        Lane& lane = lanes_.at(*destination);
        lane.in_turn = false;
        if (lane.queue.empty() || lane.running >= lane.cap.value()) continue;
        model::Delivery delivery = std::move(lane.queue.front());
        lane.queue.pop_front();
        const bool at_floor = lane.cap.at_floor();
        ++lane.running;
        if (at_floor) ++floor_running_;
        in_flight_.emplace(delivery.key, InFlight{});
        take_turn(*destination, lane);
        tasks_.start(run(std::move(delivery), at_floor));  // may end at once and take the lane with it
    }
}

Task<void> Dispatcher::run(model::Delivery delivery, bool at_floor) {
    const model::DeliveryKey key = delivery.key;
    const std::size_t payload_bytes = delivery.event->data.size();
    SendSign sign = SendSign::not_tried;
    std::exception_ptr thrown;
    try {
        sign = co_await worker_.work(std::move(delivery), in_flight_.at(key));
    } catch (...) {
        thrown = std::current_exception();  // the group logs it; the lane goes on
    }
    if (at_floor) --floor_running_;
    finished(key, sign, payload_bytes);
    if (thrown) std::rethrow_exception(thrown);
}

void Dispatcher::finished(const model::DeliveryKey& key, SendSign sign, std::size_t payload_bytes) {
    in_flight_.erase(key);
    payload_bytes_ -= payload_bytes;
    const std::uint32_t destination = key.destination.destination;
    Lane& lane = lanes_.at(destination);
    const bool was_binding = lane.running >= lane.cap.value();
    --lane.running;
    lane.cap.note(sign, was_binding);
    if (lane.refused && lane.queue.size() <= kQueueHeadMax / 2) {
        lane.refused = false;
        ledger_.demand(lane.key);
    }
    take_turn(destination, lane);
    const bool idle = lane.queue.empty() && lane.running == 0 && !lane.in_turn && !lane.refused;
    if (idle && !lane.cap.at_floor()) lanes_.erase(destination);
    pump();
}

Dispatcher::Place Dispatcher::request_retry(const model::DeliveryKey& key) {
    if (const auto running = in_flight_.find(key); running != in_flight_.end()) {
        running->second.retry_after = true;
        running->second.cancelled = false;
        return Place::in_flight;
    }
    const auto lane = lanes_.find(key.destination.destination);
    if (lane == lanes_.end()) return Place::elsewhere;
    for (model::Delivery& queued : lane->second.queue) {
        if (queued.key != key) continue;
        queued.manual = true;
        return Place::queued;
    }
    return Place::elsewhere;
}

Dispatcher::Place Dispatcher::request_cancel(const model::DeliveryKey& key) {
    if (const auto running = in_flight_.find(key); running != in_flight_.end()) {
        running->second.cancelled = true;
        running->second.retry_after = false;
        return Place::in_flight;
    }
    const auto lane = lanes_.find(key.destination.destination);
    if (lane == lanes_.end()) return Place::elsewhere;
    auto& queue = lane->second.queue;
    const auto queued = std::ranges::find(queue, key, &model::Delivery::key);
    if (queued == queue.end()) return Place::elsewhere;
    payload_bytes_ -= queued->event->data.size();
    queue.erase(queued);
    return Place::queued;
}

Task<void> Dispatcher::stop(Deadline deadline, Clock& clock) {
    stopped_ = true;
    // join() can't be cancelled, so the wait is bounded by looking again now and then.
    while (tasks_.size() > 0 && !deadline.passed(clock)) co_await clock.sleep_for(std::chrono::milliseconds(20));
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace outpost::pipeline
