#include "pipeline/test_delivery/test_sender.hpp"

#include "base/log.hpp"

namespace outpost::pipeline {
namespace {

/// Counts a send for as long as it lives.
class Counted {
public:
    explicit Counted(std::size_t& count) : count_(count) { ++count_; }
    ~Counted() { --count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

private:
    std::size_t& count_;
};

}  // namespace

Task<std::expected<TestReport, TestRefusal>> TestSender::send(
    std::shared_ptr<const model::StoredDestination> destination, model::EventPtr event) {
    using Kind = TestRefusal::Kind;
    if (in_flight_ >= kTestsInFlightMax) {
        co_return std::unexpected(TestRefusal{Kind::limited, std::chrono::ceil<std::chrono::seconds>(timeout_)});
    }
    const MonotonicTime started = clock_.monotonic();
    if (const auto wait = limit_.take(destination->key.destination, started)) {
        co_return std::unexpected(TestRefusal{Kind::limited, *wait});
    }
    const Counted counted(in_flight_);
    const TimePoint time = clock_.now();
    TestReport report{.event_id = event->id, .outcome = {}, .duration = Milliseconds(0), .request = std::nullopt};
    if (const auto publisher = publishers_.get(destination)) report.request = (*publisher)->preview(*event, time);
    model::Delivery delivery{
        .key = {{}, destination->key}, .event = std::move(event), .attempts_settled = 0, .manual = true};
    auto outcome = co_await publishers_.send(std::move(delivery), destination, time, Deadline::after(clock_, timeout_));
    if (!outcome) {
        log::warn("delivery.test_not_sent", {{"error", outcome.error().describe()}});
        co_return std::unexpected(TestRefusal{Kind::unavailable, std::chrono::seconds(0)});
    }
    report.outcome = std::move(*outcome);
    report.duration = std::chrono::floor<Milliseconds>(clock_.monotonic() - started);
    co_return report;
}

}  // namespace outpost::pipeline
