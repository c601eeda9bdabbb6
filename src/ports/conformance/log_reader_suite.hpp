// The contract of ports/log_reader.hpp as tests (storage.md §15.4–15.5). Instantiate it for every LogReader; the log is
// written through the ledger beside it.
#pragma once

#include "ports/conformance/fixture.hpp"
#include "ports/conformance/pagination.hpp"
#include "ports/conformance/population.hpp"

#include <gtest/gtest.h>

namespace outpost::ports::conformance {

/// An attempt to be recorded; the number follows from the ledger.
struct Try {
    std::string id;
    TimePoint time;
    model::AttemptStatus status = model::AttemptStatus::success;
    std::string type = "webhook";
    std::string code = "200";
    bool manual = false;  ///< also when the ledger does not know of it
    std::string trace;
};

/// Rows of one tenant, a second apart, attempts 100 ms after their events (storage.md §15.5). Every second one, from
/// the first, went to the destination `even`, the others to `odd`.
struct Series {
    std::string tenant;
    std::vector<model::Position> events;
    std::vector<model::Position> attempts;
    std::vector<model::Position> even_events;
    std::vector<model::Position> even_attempts;
};

using Outcomes = std::vector<DeliveryOutcome>;

class LogReaderSuite : public testing::TestWithParam<FixtureKind> {
protected:
    LogReaderSuite() : fixture_(GetParam().make()), population_(*fixture_) {}

    Fixture& it() { return *fixture_; }
    Population& population() { return population_; }
    TimePoint now() { return fixture_->clock().now(); }
    model::DestinationKey destination(const std::string& id, const std::string& tenant = "t1") {
        return population_.destination(DestinationId(id), TenantId(tenant));
    }

    /// Accepts one event, or a batch of at most kAcceptBatchMax; an error fails the test.
    Accepted publish(EventShape shape, std::vector<model::DestinationKey> destinations = {});
    std::vector<Accepted> publish_all(std::vector<Acceptance> batch);
    /// Waits until the delivery is offered and settles an attempt of it; `more` keeps it open, due now.
    void attempt(const model::DeliveryKey& key, const Try& what, bool more = false);
    /// The same for many, closing each, in one batch a shard.
    void attempt_all(const std::vector<std::pair<model::DeliveryKey, Try>>& all);

    /// Decides about a delivery of an open event; a closing decision takes it from its sink.
    void decide(const model::DeliveryKey& key, DecisionKind kind, const std::string& reason);

    /// Makes a series of `count` rows for a tenant of its own, at most kAcceptBatchMax, beginning at `start`.
    Series make_series(std::size_t count, TimePoint start);

    Result<EventRecord> find_event(std::optional<std::string> tenant, const std::string& id);
    Result<AttemptRecord> find_attempt(std::optional<std::string> tenant, const std::string& id,
                                       bool with_event = false);
    /// Of an event of t1.
    Outcomes outcomes(const std::string& event_id);
    EventPage events(EventQuery query);
    AttemptPage attempts(AttemptQuery query);
    /// Ids of all matching rows, oldest first.
    std::vector<std::string> event_ids(EventQuery query);
    std::vector<std::string> attempt_ids(AttemptQuery query);
    FetchPage fetch_events(EventQuery filter);
    FetchPage fetch_attempts(AttemptQuery filter);

private:
    Settlement settlement_of(const model::DeliveryKey& key, const Try& what, bool more);
    void settle(std::vector<Settlement> settlements);

    std::unique_ptr<Fixture> fixture_;
    Population population_;
};

/// Draws the cases out of the library into any program that includes this header.
void link_log_reader_suite();
[[gnu::used]] inline constexpr auto kLogReaderSuiteLinked = &link_log_reader_suite;

}  // namespace outpost::ports::conformance
