#include "pipeline/testing/pipeline_fixture.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

using pipeline::testing::PipelineFixture;
using ports::fakes::LedgerCall;
using ports::fakes::LedgerFault;

using Ids = std::vector<DestinationId>;

ports::fakes::MemoryEvent stored_event(PipelineFixture& it, std::size_t number = 0) {
    return std::next(it.world.truth.events().begin(), static_cast<std::ptrdiff_t>(number))->second;
}

TEST(Publish, StoresTheEventAsItCame) {  // decision B1
    PipelineFixture it;
    const auto receipt = it.publish("user.created", {.id = "evt_mine", .data = "{ \"a\" : 1.0 }"});
    EXPECT_EQ(receipt.id.value, "evt_mine");
    EXPECT_FALSE(receipt.duplicate);
    const auto stored = stored_event(it);
    EXPECT_EQ(stored.event->data.view(), "{ \"a\" : 1.0 }");
    EXPECT_EQ(stored.event->topic, "user.created");
    EXPECT_EQ(stored.event->received, it.clock.now());
    EXPECT_EQ(stored.event->time, it.clock.now());
}

TEST(Publish, MakesAnIdWhenThereIsNone) {
    PipelineFixture it;
    const auto first = it.publish("user.created");
    const auto second = it.publish("user.created");
    EXPECT_FALSE(first.id.empty());
    EXPECT_NE(first.id, second.id);
}

TEST(Publish, AnswersWithEveryDestinationThatMatched) {
    PipelineFixture it;
    it.create_destination("d2", {.topics = {"user.created"}});
    it.create_destination("d3", {.topics = {"order.paid"}});
    EXPECT_EQ(it.publish("user.created").destination_ids, (Ids{DestinationId("d1"), DestinationId("d2")}));
    EXPECT_EQ(it.sent().size(), 2U);
}

TEST(Publish, AnEventForNobodyIsStored) {  // decision A7
    PipelineFixture it;
    for (const char* tenant : {"t1", "nobody"}) {
        it.set_disabled("d1", true);
        const auto receipt = it.publish("user.created", {.tenant = tenant});
        EXPECT_EQ(receipt.destination_ids, Ids{});
        const auto found = it.stage.await(it.world.log.find_event(TenantId(tenant), receipt.id, Deadline::never()));
        EXPECT_TRUE(found.has_value()) << tenant;
    }
    EXPECT_TRUE(it.sent().empty());
}

TEST(Publish, AForcedDestinationMustMatch) {  // pipeline.md §4.2
    PipelineFixture it;
    it.create_destination("d2", {.topics = {"order.paid"}});
    EXPECT_EQ(it.publish("user.created", {.destination = "d1"}).destination_ids, Ids{DestinationId("d1")});
    EXPECT_EQ(it.publish("user.created", {.destination = "d2"}).destination_ids, Ids{});
    EXPECT_EQ(it.publish("user.created", {.destination = "d3"}).destination_ids, Ids{});
    it.set_disabled("d1", true);
    EXPECT_EQ(it.publish("user.created", {.destination = "d1"}).destination_ids, Ids{});
}

TEST(Publish, ADuplicateIsAnsweredWithTheOriginalList) {  // decision A6
    PipelineFixture it;
    it.create_destination("d2");
    const auto original = it.publish("user.created", {.id = "evt_1"});
    it.delete_destination("d2");
    it.create_destination("d3");
    const auto copy = it.publish("user.created", {.id = "evt_1"});
    EXPECT_TRUE(copy.duplicate);
    EXPECT_EQ(copy.id, original.id);
    EXPECT_EQ(copy.destination_ids, original.destination_ids);
    EXPECT_EQ(it.sent().size(), 2U);
}

TEST(Publish, ADuplicateOfAnEventForNobodyIsADuplicate) {
    PipelineFixture it;
    it.publish("user.created", {.id = "evt_1", .tenant = "nobody"});
    const auto copy = it.publish("user.created", {.id = "evt_1", .tenant = "nobody"});
    EXPECT_TRUE(copy.duplicate);
    EXPECT_EQ(copy.destination_ids, Ids{});
}

TEST(Publish, TheScopeOfAnIdIsItsTenant) {  // decision A6
    PipelineFixture it;
    it.create_destination("other", {.tenant = "t2"});
    EXPECT_FALSE(it.publish("user.created", {.id = "evt_1"}).duplicate);
    EXPECT_FALSE(it.publish("user.created", {.id = "evt_1", .tenant = "t2"}).duplicate);
    EXPECT_EQ(it.sent().size(), 2U);
}

TEST(Publish, AnIdIsRememberedForItsWindow) {  // pipeline.md §4.2 step 5
    PipelineFixture it;
    it.publish("user.created", {.id = "evt_1"});
    it.clock.advance(59min);
    EXPECT_TRUE(it.publish("user.created", {.id = "evt_1"}).duplicate);
    it.clock.advance(1min);
    EXPECT_FALSE(it.publish("user.created", {.id = "evt_1"}).duplicate);
}

/// A log that has not seen anything yet, as beside a broker (decision A8).
class LateLog final : public ports::LogReader {
public:
    Task<Result<ports::EventRecord>> find_event(std::optional<TenantId>, EventId, Deadline) override {
        co_return fail(Errc::not_found, "not yet");
    }
    Task<Result<std::vector<ports::DeliveryOutcome>>> outcomes(ports::EventRecord, Deadline) override {
        co_return std::vector<ports::DeliveryOutcome>{};
    }
    Task<Result<ports::AttemptRecord>> find_attempt(std::optional<TenantId>, AttemptId, bool, Deadline) override {
        co_return fail(Errc::not_found, "not yet");
    }
    Task<Result<ports::EventPage>> list_events(ports::EventQuery, Deadline) override { co_return ports::EventPage{}; }
    Task<Result<ports::AttemptPage>> list_attempts(ports::AttemptQuery, Deadline) override {
        co_return ports::AttemptPage{};
    }
};

TEST(Publish, ADuplicateThatTheLogDoesNotKnowYetIsAnsweredFromTheLedger) {
    PipelineFixture it;
    it.create_destination("d2");
    const auto original = it.publish("user.created", {.id = "evt_1"});
    it.create_destination("d3");
    LateLog log;
    const IdGenerator ids(IdType::uuidv7, "evt_", it.stage.clock());
    Publish late(it.process->views(0), it.ledger, log, it.stage.clock(), ids);
    Publication publication;
    publication.id = EventId("evt_1");
    publication.tenant_id = TenantId("t1");
    publication.topic = "user.created";
    const auto copy = it.stage.await(late.publish(std::move(publication), Deadline::never()));
    ASSERT_TRUE(copy.has_value());
    EXPECT_TRUE(copy->duplicate);
    EXPECT_EQ(copy->destination_ids, original.destination_ids);
}

Publication event_of(const char* id, const char* tenant = "t1", const char* data = "{}") {
    Publication publication;
    publication.id = EventId(id);
    publication.tenant_id = TenantId(tenant);
    publication.topic = "user.created";
    publication.data = Bytes(data);
    return publication;
}

template <class... Events>
Result<PublishReceipts> publish_batch(PipelineFixture& it, Events... events) {
    std::vector<Publication> batch;
    (batch.push_back(std::move(events)), ...);
    return it.stage.await(it.process->publish(0).publish_batch(std::move(batch), Deadline::never()));
}

TEST(PublishBatch, StoresEachEventAsItCame) {  // decisions A12, B1
    PipelineFixture it;
    it.create_destination("other", {.tenant = "t2"});
    const auto receipts =
        publish_batch(it, event_of("e1", "t1", "{ \"a\" : 1.0 }"), event_of("", "t2"), event_of("e3", "nobody"));
    ASSERT_TRUE(receipts.has_value());
    ASSERT_EQ(receipts->size(), 3U);
    EXPECT_EQ(receipts->at(0)->id, EventId("e1"));
    EXPECT_EQ(receipts->at(0)->destination_ids, Ids{DestinationId("d1")});
    EXPECT_FALSE(receipts->at(1)->id.empty());
    EXPECT_EQ(receipts->at(1)->destination_ids, Ids{DestinationId("other")});
    EXPECT_EQ(receipts->at(2)->destination_ids, Ids{});
    EXPECT_EQ(stored_event(it).event->data.view(), "{ \"a\" : 1.0 }");
    EXPECT_EQ(stored_event(it, 2).event->id, EventId("e3"));
    EXPECT_EQ(it.sent().size(), 2U);
}

TEST(PublishBatch, TellsDuplicatesInItselfAndOfTheWindow) {  // decision A6
    PipelineFixture it;
    it.create_destination("d2");
    const auto earlier = it.publish("user.created", {.id = "seen"});
    it.delete_destination("d2");
    const auto receipts = publish_batch(it, event_of("new"), event_of("seen"), event_of("new"), event_of("new", "t2"));
    ASSERT_TRUE(receipts.has_value());
    EXPECT_FALSE(receipts->at(0)->duplicate);
    EXPECT_TRUE(receipts->at(1)->duplicate);
    EXPECT_EQ(receipts->at(1)->destination_ids, earlier.destination_ids);
    EXPECT_TRUE(receipts->at(2)->duplicate);
    EXPECT_EQ(receipts->at(2)->destination_ids, Ids{DestinationId("d1")});
    EXPECT_FALSE(receipts->at(3)->duplicate);
    EXPECT_EQ(it.world.truth.events().size(), 3U);
}

TEST(PublishBatch, IsOneWriteThatFailsAsAWhole) {
    PipelineFixture it;
    it.ledger.next(LedgerCall::accept, LedgerFault::fail);
    const auto refused = publish_batch(it, event_of("e1"), event_of("e2"));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), Errc::unavailable);
    EXPECT_TRUE(it.world.truth.events().empty());
    it.ledger.next(LedgerCall::accept, LedgerFault::lose_reply);
    EXPECT_EQ(publish_batch(it, event_of("e1"), event_of("e2")).error().code(), Errc::timeout);
    const auto again = publish_batch(it, event_of("e1"), event_of("e2"));
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->at(0)->duplicate && again->at(1)->duplicate);
    EXPECT_EQ(again->at(1)->destination_ids, Ids{DestinationId("d1")});
    EXPECT_EQ(it.sent().size(), 2U);
}

TEST(Publish, WhatCouldNotBeStoredIsNotPromised) {
    PipelineFixture it;
    it.ledger.next(LedgerCall::accept, LedgerFault::fail);
    const auto refused = it.try_publish("user.created", {.id = "evt_1"});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), Errc::unavailable);
    EXPECT_TRUE(it.sent().empty());
    EXPECT_FALSE(it.publish("user.created", {.id = "evt_1"}).duplicate);
}

TEST(Publish, RepeatingAPublicationWhoseReplyWasLostIsSafe) {
    PipelineFixture it;
    it.ledger.next(LedgerCall::accept, LedgerFault::lose_reply);
    const auto lost = it.try_publish("user.created", {.id = "evt_1"});
    ASSERT_FALSE(lost.has_value());
    EXPECT_EQ(lost.error().code(), Errc::timeout);
    const auto again = it.publish("user.created", {.id = "evt_1"});
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.destination_ids, Ids{DestinationId("d1")});
    EXPECT_EQ(it.sent().size(), 1U);
}

}  // namespace
}  // namespace outpost::pipeline
