#include "pipeline/test_delivery/test_sender.hpp"

#include "pipeline/testing/stage_fixture.hpp"
#include "ports/fakes/scripted_destination.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

TEST(TestSender, UsesTheDestinationsOpenPublisher) {
    testing::Stage stage;
    ports::fakes::DestinationScript script;
    ports::fakes::ScriptedDestination provider(script, stage.clock());
    Publishers publishers({{"scripted", &provider}});
    TestSender sender(publishers, stage.clock(), 5s);
    auto stored = std::make_shared<model::StoredDestination>();
    stored->destination.type = "scripted";
    stored->key = {.tenant = 1, .destination = 7, .incarnation = 0};
    stored->version = 3;
    ASSERT_TRUE(publishers.get(stored).has_value());
    auto event = std::make_shared<model::Event>();
    event->id = EventId("test_1");
    const auto report = stage.await(sender.send(stored, event));
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->event_id, EventId("test_1"));
    EXPECT_EQ(report->outcome.code, "200");
    EXPECT_EQ(report->request, std::nullopt) << "this type makes no HTTP requests";
    EXPECT_EQ(provider.opened(), 1U);
    ASSERT_EQ(script.sent().size(), 1U);
    EXPECT_EQ(script.sent()[0].version, 3U);
}

}  // namespace
}  // namespace outpost::pipeline
