#include "net/http/client_flights.hpp"

namespace outpost::http {

void Flight::cut(Cut reason) {
    if (why == Cut::none) why = reason;
    if (connection != nullptr) connection->close();
    if (dial_stop != nullptr) dial_stop->cancel();
}

void Flights::add(Flight& flight) {
    all_.push_back(flight);
    if (flight.deadline == MonotonicTime::max()) return;
    const Tick tick = std::max(tick_of(flight.deadline), done_until_);
    slots_[static_cast<std::size_t>(tick) % kSlots].push_back(flight);
    ++timed_;
}

void Flights::remove(Flight& flight) {
    flight.in_all.unlink();
    if (!flight.in_slot.is_linked()) return;
    flight.in_slot.unlink();
    --timed_;
}

void Flights::expire(MonotonicTime now) {
    const Tick until = tick_of(now);
    const Tick count = std::min<Tick>(until - done_until_ + 1, kSlots);
    for (Tick i = 0; i < count; ++i) expire_slot(slots_[static_cast<std::size_t>(until - i) % kSlots], now);
    done_until_ = until;
}

void Flights::expire_slot(Slot& slot, MonotonicTime now) {
    for (auto at = slot.begin(); at != slot.end();) {
        Flight& flight = *at;
        if (flight.deadline > now) {
            ++at;
            continue;
        }
        at = slot.erase(at);
        --timed_;
        flight.cut(Flight::Cut::deadline);
    }
}

void Flights::cut_all(Flight::Cut reason) {
    for (Flight& flight : all_) flight.cut(reason);
}

void Flights::forbid_idling(const std::string& origin) {
    for (Flight& flight : all_)
        if (origin.empty() || flight.origin == origin) flight.may_idle = false;
}

}  // namespace outpost::http
