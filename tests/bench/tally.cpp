#include "tally.hpp"

#include <chrono>

namespace outpost::bench {

std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void Tally::begin(std::uint64_t count) {
    const std::uint64_t repeated_since_judged = judge().duplicates;
    first_ += events_.size();
    events_.assign(count, {});
    expected_ = 0;
    arrived_ = 0;
    begun_us_ = now_us();
    last_arrival_us_ = begun_us_;
    so_far_ = {};
    so_far_.strays = repeated_since_judged;
}

void Tally::sent(std::uint64_t number, bool awaited) {
    Tracked& event = events_[number - first_];
    event.sent_us = now_us();
    event.awaited = awaited;
}

void Tally::answered(std::uint64_t number, bool accepted, const std::string& body) {
    Tracked& event = events_[number - first_];
    if (!accepted) {
        ++so_far_.refused;
        return;
    }
    event.accepted = true;
    if (event.awaited) ++expected_;
    so_far_.answers_ms.push_back(static_cast<double>(now_us() - event.sent_us) / 1e3);
    if (so_far_.accepted++ % kSampleEvery == 0) so_far_.samples.push_back(body);
}

void Tally::arrived(std::uint64_t number) {
    if (number < first_) {
        ++so_far_.strays;
        return;
    }
    if (number - first_ >= events_.size()) return;
    Tracked& event = events_[number - first_];
    last_arrival_us_ = now_us();
    if (so_far_.first_arrival_us == 0) so_far_.first_arrival_us = last_arrival_us_;
    if (event.copies++ > 0) return;
    event.received_us = last_arrival_us_;
    if (event.awaited) ++arrived_;
}

void Tally::await_all() {
    for (Tracked& event : events_) {
        if (event.awaited) continue;
        event.awaited = true;
        if (event.accepted) ++expected_;
        if (event.copies > 0) ++arrived_;
    }
}

Outcome Tally::judge() const {
    Outcome outcome = so_far_;
    outcome.last_arrival_us = last_arrival_us_;
    outcome.seconds = static_cast<double>(last_arrival_us_ - begun_us_) / 1e6;
    for (const Tracked& event : events_) {
        if (event.copies > 1) outcome.duplicates += event.copies - 1;
        if (!event.awaited || !event.accepted) continue;
        if (event.copies == 0) {
            ++outcome.lost;
        } else {
            outcome.latencies_ms.push_back(static_cast<double>(event.received_us - event.sent_us) / 1e3);
        }
    }
    return outcome;
}

}  // namespace outpost::bench
