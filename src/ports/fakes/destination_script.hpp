// What destinations answer in a test, and what they were sent.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "model/attempt.hpp"
#include "model/delivery.hpp"

#include <deque>
#include <map>

namespace outpost::ports::fakes {

/// One answer. Built by the named functions, refined by the others:
/// `Reply::failure("503").after(2s).asks_to_wait(60s)`.
struct Reply {
    enum class Kind { outcome, our_fault, exception };

    Kind kind = Kind::outcome;
    model::Outcome outcome;
    MonotonicTime::duration delay{};  ///< before the answer; a deadline that is earlier makes it `timeout`
    std::string text;                 ///< of the error or the exception

    static Reply success(std::string code = "200");
    static Reply failure(std::string code = "500");
    /// Not the destination's fault: send() returns an Error, no attempt is spent (decision B11).
    static Reply our_fault(std::string text = "our proxy is down");
    /// send() throws (decision B12).
    static Reply exception(std::string text = "a bug");

    Reply after(MonotonicTime::duration wait) &&;
    Reply asks_to_wait(Milliseconds wait) &&;  ///< Retry-After (decision B4)
    Reply permanently() &&;                    ///< 410 (decision B5)
    Reply with_response(std::string json) &&;
};

/// One send, as it was begun.
struct Sent {
    model::DeliveryKey key;
    EventId event_id;
    DestinationId destination_id;
    std::uint64_t version = 0;  ///< of the destination whose publisher sent it
    std::uint32_t number = 0;   ///< settled attempts + 1
    bool manual = false;
    model::TraceWish trace = model::TraceWish::none;
    TimePoint time;  ///< the attempt's
};

/// Shared by the providers of all shards. One thread.
class DestinationScript {
public:
    /// The next replies of this destination, in order; each is used once.
    void next(const DestinationId& destination, Reply reply, std::size_t times = 1);
    /// The same, for whichever destination sends next and has none of its own.
    void next(Reply reply, std::size_t times = 1) { next(DestinationId{}, std::move(reply), times); }
    void fails_times(std::size_t times, std::string code = "500");
    /// What is answered when nothing more is scripted; success otherwise.
    void always(Reply reply) { always(DestinationId{}, std::move(reply)); }
    void always(const DestinationId& destination, Reply reply);

    /// What was scripted by next() and has not been used is not used any more.
    void forget_next() { next_.clear(); }

    const std::vector<Sent>& sent() const { return sent_; }
    std::vector<Sent> sent_to(const DestinationId& destination) const;
    std::size_t in_flight() const { return in_flight_; }
    std::size_t most_in_flight() const { return most_in_flight_; }  ///< at any moment so far

    /// For the publisher: a send begins, and ends.
    Reply begin(Sent sent);
    void end() { --in_flight_; }

private:
    std::map<DestinationId, std::deque<Reply>> next_;  ///< the empty id stands for any
    std::map<DestinationId, Reply> always_;
    std::vector<Sent> sent_;
    std::size_t in_flight_ = 0;
    std::size_t most_in_flight_ = 0;
};

}  // namespace outpost::ports::fakes
