// The contract of ports/ledger.hpp as tests. Instantiate it for every Ledger:
//   INSTANTIATE_TEST_SUITE_P(Embedded, LedgerSuite, testing::Values(FixtureKind{"Engine", make}), FixtureName{});
#pragma once

#include "ports/conformance/fixture.hpp"
#include "ports/conformance/population.hpp"

#include <gtest/gtest.h>

namespace outpost::ports::conformance {

/// What follows an attempt.
struct Ended {
    model::AttemptStatus status = model::AttemptStatus::success;
    std::optional<TimePoint> next_due;  ///< none = closed
    bool next_manual = false;
};

class LedgerSuite : public testing::TestWithParam<FixtureKind> {
protected:
    LedgerSuite() : fixture_(GetParam().make()), population_(*fixture_) {}

    Fixture& it() { return *fixture_; }
    Population& population() { return population_; }
    Ledger& ledger() { return fixture_->ledger(); }
    TimePoint now() { return fixture_->clock().now(); }
    /// d1 of tenant t1.
    model::DestinationKey one() { return population_.destination(DestinationId("d1")); }

    /// Accepts on shard 0; an error fails the test.
    std::vector<Accepted> accept_all(std::vector<Acceptance> batch);
    Accepted accept(std::string id, std::vector<model::DestinationKey> destinations);
    /// A new event for one destination, held by its sink.
    model::DeliveryKey held_delivery(std::string id, model::DestinationKey destination);
    /// One that failed once and waits for `wait`.
    model::DeliveryKey waiting_delivery(std::string id, Milliseconds wait);
    /// One that is due, was refused by its full sink (capacity 0) and is kept by the ledger. demand_all() gets it.
    model::DeliveryKey refused_delivery(std::string id);
    void demand_all(const model::DeliveryKey& key);

    /// Waits until the sink holds it.
    bool comes(const model::DeliveryKey& key);
    bool is_held(const model::DeliveryKey& key) { return sink(key).holds(key); }
    /// Everything has settled down and the sink does not hold it.
    bool stays_away(const model::DeliveryKey& key);
    const model::Delivery& held(const model::DeliveryKey& key) { return sink(key).held(key); }
    std::size_t taken(const model::DeliveryKey& key) { return sink(key).taken_count(key); }
    RecordingSink& sink(const model::DeliveryKey& key) { return it().sink_of(key.destination); }

    /// The settlement of a held delivery, with the number and the manual mark it was offered with.
    Settlement settlement_of(const model::DeliveryKey& key, Ended ended = {});
    /// Releases the delivery and settles it; an error fails the test.
    Settlement settle(const model::DeliveryKey& key, Ended ended = {});
    /// Settles on the owner's shard; an error fails the test.
    void settle_all(std::vector<Settlement> settlements);
    Result<void> decide(const model::DeliveryKey& key, DecisionKind kind);
    /// A closing decision: the sink lets go of it first.
    void close(const model::DeliveryKey& key, DecisionKind kind);
    void redeliver(const model::DeliveryKey& key);
    /// Gives it back until `until`.
    void postpone(const model::DeliveryKey& key, TimePoint until);

    /// The attempts the log shows for an event of t1, by (time, id), oldest first.
    std::vector<AttemptRecord> logged(const std::string& event_id);
    std::vector<std::uint32_t> logged_numbers(const std::string& event_id);
    bool depth_becomes(std::uint64_t open);
    /// Restarts and lets time pass until what was held is due again.
    void restart();

private:
    std::unique_ptr<Fixture> fixture_;
    Population population_;
    std::size_t last_attempt_ = 0;
};

/// Draws the cases out of the library into any program that includes this header.
void link_ledger_suite();
[[gnu::used]] inline constexpr auto kLedgerSuiteLinked = &link_ledger_suite;

}  // namespace outpost::ports::conformance
