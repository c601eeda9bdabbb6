// What became of an event's deliveries (decision A7).
#include "ports/conformance/log_reader_suite.hpp"

namespace outpost::ports::conformance {

using enum model::AttemptStatus;
using enum DecisionKind;

void link_log_outcome_cases() {}

TEST_P(LogReaderSuite, SaysWhatBecameOfEachDelivery) {
    const std::vector<std::string> ids{"waiting", "skipped", "delivered", "retrying", "failed", "cancelled", "parked"};
    std::vector<model::DestinationKey> keys;
    for (const std::string& id : ids) keys.push_back(destination(id));
    const Accepted accepted = publish({.id = EventId("e1")}, keys);
    const auto key = [&](const std::string& id) { return model::DeliveryKey{accepted.event, destination(id)}; };
    EXPECT_EQ(outcomes("e1"), Outcomes{});

    attempt(key("retrying"), {.id = "r1", .time = now(), .status = failed, .code = "503"}, true);
    attempt(key("failed"), {.id = "f1", .time = now(), .status = failed, .code = "500"}, true);
    attempt(key("failed"), {.id = "f2", .time = now() + 1s, .status = failed, .code = "410"});
    attempt(key("delivered"), {.id = "d1", .time = now() + 2s, .code = "201"});
    attempt(key("cancelled"), {.id = "c1", .time = now(), .status = failed, .code = "timeout"}, true);
    decide(key("cancelled"), cancelled, "requested");
    decide(key("skipped"), skipped, "destination_disabled");
    decide(key("parked"), parked, "internal_error");
    EXPECT_EQ(outcomes("e1"),
              (Outcomes{{DestinationId("skipped"), OutcomeState::skipped, "destination_disabled", now()},
                        {DestinationId("delivered"), OutcomeState::delivered, "201", now() + 2s},
                        {DestinationId("retrying"), OutcomeState::retrying, "503", now()},
                        {DestinationId("failed"), OutcomeState::failed, "410", now() + 1s},
                        {DestinationId("cancelled"), OutcomeState::cancelled, "requested", now()},
                        {DestinationId("parked"), OutcomeState::parked, "internal_error", now()}}));
}

TEST_P(LogReaderSuite, AManualRetryOpensAnOutcomeAgain) {
    const Accepted accepted = publish({.id = EventId("e1")}, {destination("d1")});
    const model::DeliveryKey key{accepted.event, destination("d1")};
    attempt(key, {.id = "a1", .time = now()});
    decide(key, redeliver, "requested");
    EXPECT_EQ(outcomes("e1"), (Outcomes{{DestinationId("d1"), OutcomeState::retrying, "requested", now()}}));
    attempt(key, {.id = "a2", .time = now() + 1s, .status = failed, .code = "500"});
    EXPECT_EQ(outcomes("e1"), (Outcomes{{DestinationId("d1"), OutcomeState::failed, "500", now() + 1s}}));
}

TEST_P(LogReaderSuite, TellsTheOutcomesOfEventsApart) {
    const Accepted one = publish({.id = EventId("one")}, {destination("d1")});
    const Accepted two = publish({.id = EventId("two")}, {destination("d1")});
    attempt({two.event, destination("d1")}, {.id = "a2", .time = now()});
    EXPECT_EQ(outcomes("one"), Outcomes{});
    // A destination that was not matched may still be sent to by hand.
    const model::DeliveryKey later{one.event, destination("later")};
    decide(later, redeliver, "requested");
    attempt(later, {.id = "a1", .time = now(), .code = "204"});
    EXPECT_EQ(outcomes("one"), (Outcomes{{DestinationId("later"), OutcomeState::delivered, "204", now()}}));
    EXPECT_EQ(outcomes("two"), (Outcomes{{DestinationId("d1"), OutcomeState::delivered, "200", now()}}));
}

}  // namespace outpost::ports::conformance
