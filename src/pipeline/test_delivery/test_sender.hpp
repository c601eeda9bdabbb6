// Sends test events to the destinations of one shard, past their queues (portal.md §15a N2).
#pragma once

#include "base/clock.hpp"
#include "pipeline/deliver/publishers.hpp"
#include "pipeline/test_delivery/test_limit.hpp"

#include <expected>

namespace outpost::pipeline {

inline constexpr std::size_t kTestsInFlightMax = 64;  ///< of one shard

/// What a test came to. Kept nowhere.
struct TestReport {
    EventId event_id;
    model::Outcome outcome;
    Milliseconds duration{0};
    std::optional<ports::RequestPreview> request;  ///< none for types that make no HTTP requests
};

/// Why no test was made.
struct TestRefusal {
    enum class Kind {
        destination_not_found,  ///< 404
        topic_invalid,          ///< 422: neither configured nor named by the destination
        limited,                ///< 429: too many tests
        unavailable,            ///< 503: our own trouble; nothing is known of the destination
    };
    Kind kind = Kind::unavailable;
    std::chrono::seconds retry_after{0};  ///< of `limited`
};

/// One a shard, on its thread.
class TestSender {
public:
    /// @param timeout  DELIVERY_TIMEOUT_SECONDS: the whole test
    TestSender(Publishers& publishers, Clock& clock, MonotonicTime::duration timeout)
        : publishers_(publishers), clock_(clock), timeout_(timeout) {}

    /// One attempt through the destination's own publisher, signed as any other, disabled or not. It is stored nowhere,
    /// counts for nothing and is not retried.
    /// @return limited beyond kTestsPerMinuteMax of a destination or kTestsInFlightMax; unavailable
    Task<std::expected<TestReport, TestRefusal>> send(std::shared_ptr<const model::StoredDestination> destination,
                                                      model::EventPtr event);

private:
    Publishers& publishers_;
    Clock& clock_;
    MonotonicTime::duration timeout_;
    TestLimit limit_;
    std::size_t in_flight_ = 0;
};

}  // namespace outpost::pipeline
