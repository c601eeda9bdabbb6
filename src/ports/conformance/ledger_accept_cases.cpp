// accept(): what is stored and to whom it is offered (pipeline.md §4, decisions A7, A8).
#include "ports/conformance/ledger_suite.hpp"

#include <fmt/format.h>

#include <set>

namespace outpost::ports::conformance {

void link_ledger_accept_cases() {}

TEST_P(LedgerSuite, IsReadyAndEmptyAtFirst) {
    EXPECT_TRUE(ledger().ready().has_value());
    EXPECT_EQ(ledger().depth().open, 0U);
}

TEST_P(LedgerSuite, OffersAnAcceptedEventToEachOfItsDestinationsOnItsShard) {
    const auto first = population().destination_on(0);
    const auto second = population().destination_on(1);
    const Accepted accepted = accept("e1", {first, second});
    EXPECT_FALSE(accepted.duplicate);
    EXPECT_EQ(accepted.destinations, (std::vector{first, second}));
    EXPECT_TRUE(comes({accepted.event, first}));  // the sinks check the shard
    EXPECT_TRUE(comes({accepted.event, second}));
    EXPECT_TRUE(depth_becomes(2));
}

TEST_P(LedgerSuite, OffersTheEventAsItWasPublishedWithoutAttempts) {
    Acceptance acceptance = population().acceptance({.id = EventId("e1"), .time = now() - 1h}, {one()});
    const model::EventPtr published = acceptance.event;
    const Accepted accepted = accept_all({std::move(acceptance)}).at(0);
    const model::DeliveryKey key{accepted.event, one()};
    ASSERT_TRUE(comes(key));
    const model::Delivery& offered = held(key);
    EXPECT_EQ(offered.attempts_settled, 0U);
    EXPECT_FALSE(offered.manual);
    EXPECT_EQ(offered.event->id, published->id);
    EXPECT_EQ(offered.event->tenant_id, published->tenant_id);
    EXPECT_EQ(offered.event->topic, published->topic);
    EXPECT_EQ(offered.event->time, published->time);
    EXPECT_EQ(offered.event->received, published->received);
    EXPECT_EQ(offered.event->eligible_for_retry, published->eligible_for_retry);
    EXPECT_EQ(offered.event->metadata, published->metadata);
    EXPECT_EQ(offered.event->data.view(), published->data.view());  // byte for byte (decision B1)
}

TEST_P(LedgerSuite, AnswersABatchInItsOrder) {
    std::vector<Acceptance> batch;
    for (int number = 0; number < 20; ++number)
        batch.push_back(population().acceptance({.id = EventId(fmt::format("e{}", number))}, {one()}));
    const auto accepted = accept_all(std::move(batch));
    ASSERT_EQ(accepted.size(), 20U);
    for (std::size_t number = 0; number < accepted.size(); ++number) {
        const model::DeliveryKey key{accepted[number].event, one()};
        ASSERT_TRUE(comes(key));
        EXPECT_EQ(held(key).event->id.value, fmt::format("e{}", number));
    }
}

TEST_P(LedgerSuite, NamesEveryEventDifferently) {
    std::set<model::EventRef> refs;
    for (int number = 0; number < 10; ++number) refs.insert(accept(fmt::format("e{}", number), {}).event);
    EXPECT_EQ(refs.size(), 10U);
}

TEST_P(LedgerSuite, TakesAFullBatch) {
    std::vector<Acceptance> batch;
    for (std::size_t number = 0; number < kAcceptBatchMax; ++number)
        batch.push_back(population().acceptance({.id = EventId(fmt::format("e{}", number))}, {one()}));
    EXPECT_EQ(accept_all(std::move(batch)).size(), kAcceptBatchMax);
    EXPECT_TRUE(it().run_until([&] { return it().sink_of(one()).held_count() == kAcceptBatchMax; }));
    EXPECT_TRUE(depth_becomes(kAcceptBatchMax));
}

TEST_P(LedgerSuite, StoresAnEventWithoutDestinations) {
    const Accepted accepted = accept("nobody", {});
    EXPECT_FALSE(accepted.duplicate);
    EXPECT_TRUE(accepted.destinations.empty());
    it().flush_log();
    const auto found = it().await(it().log().find_event(TenantId("t1"), EventId("nobody"), Deadline::never()));
    ASSERT_TRUE(found.has_value()) << found.error().describe();
    EXPECT_EQ(found->ref, accepted.event);
    EXPECT_TRUE(found->matched_destination_ids.empty());
    EXPECT_EQ(ledger().depth().open, 0U);
}

TEST_P(LedgerSuite, StoresAnEventOfAnUnknownTenant) {
    const auto view = it().await(it().tenants().view(TenantId("stranger"), Deadline::never()));
    ASSERT_TRUE(view.has_value());
    Acceptance acceptance{
        .event = an_event({.id = EventId("e1"), .tenant_id = TenantId("stranger"), .time = now()}, now()),
        .tenant = (*view)->number};
    accept_all({std::move(acceptance)});
    it().flush_log();
    const auto found = it().await(it().log().find_event(TenantId("stranger"), EventId("e1"), Deadline::never()));
    EXPECT_TRUE(found.has_value());
}

TEST_P(LedgerSuite, KeepsTheDeliveriesOfTwoIncarnationsApart) {
    const auto old_key = population().destination(DestinationId("reborn"));
    const auto old_delivery = held_delivery("e1", old_key);
    const auto new_key = population().recreate(DestinationId("reborn"));
    ASSERT_NE(old_key, new_key);
    const auto new_delivery = held_delivery("e2", new_key);
    EXPECT_EQ(held(old_delivery).key.destination.incarnation, old_key.incarnation);
    EXPECT_EQ(held(new_delivery).key.destination.incarnation, new_key.incarnation);
    close(old_delivery, DecisionKind::skipped);
    EXPECT_TRUE(depth_becomes(1));
    EXPECT_TRUE(is_held(new_delivery));
}

TEST_P(LedgerSuite, AnExpiredDeadlineStoresTheEventOnceOrNotAtAll) {
    const auto expired = Deadline(it().clock().monotonic());
    std::vector<Acceptance> batch{population().acceptance({.id = EventId("e1")}, {one()})};
    const auto late = it().await(ledger().accept(std::move(batch), expired));
    if (!late) EXPECT_EQ(late.error().code(), Errc::timeout);
    const Accepted again = accept("e1", {one()});
    if (late) EXPECT_TRUE(again.duplicate);
    const model::DeliveryKey key{again.event, one()};
    ASSERT_TRUE(comes(key));
    it().run();
    EXPECT_EQ(it().sink_of(one()).held_count(), 1U);
}

}  // namespace outpost::ports::conformance
