#include "destinations/aws/message.hpp"

#include <gtest/gtest.h>

namespace outpost::aws {
namespace {

const TimePoint kTime = from_unix_ms(1'717'230'216'123);

// destinations.md §13.4
const model::StringMap kMetadata = {{"event-id", "evt_123"},
                                    {"region", "eu"},
                                    {"source", "a<b&c"},
                                    {"timestamp", "2024-06-01T08:23:36Z"},
                                    {"topic", "orders"}};
constexpr const char* kMetadataJson =
    R"({"event-id":"evt_123","region":"eu","source":"a\u003cb\u0026c","timestamp":"2024-06-01T08:23:36Z","topic":"orders"})";

TEST(Message, WritesMetadataAsTheContractShows) {
    EXPECT_EQ(to_json_object(kMetadata), kMetadataJson);
    EXPECT_EQ(to_json_object({}), "{}");
}

TEST(Message, WrapsThePayloadAsItCame) {  // decision B1
    EXPECT_EQ(envelope(Bytes(std::string(R"({ "b":1.0, "a":"<" })")), kMetadata),
              std::string(R"({"data":{ "b":1.0, "a":"<" },"metadata":)") + kMetadataJson + "}");
}

TEST(Message, LaysTheEventsMetadataOverTheDestinationsButNotOverIdAndTimes) {  // §1.8, decision B19
    model::Event event{.id = EventId("evt_123"), .topic = "orders"};
    event.metadata = {{"a", "event"}, {"event-id", "x"}, {"timestamp", "x"}, {"timestamp-ms", "x"}, {"topic", "mine"}};
    model::Destination destination;
    destination.delivery_metadata = {{"a", "destination"}, {"b", "destination"}, {"event-id", "y"}};
    EXPECT_EQ(metadata_of(event, destination, kTime, {.user_agent = "", .include_millisecond_timestamp = true}),
              (model::StringMap{{"a", "event"},
                                {"b", "destination"},
                                {"event-id", "evt_123"},
                                {"timestamp", "2024-06-01T08:23:36Z"},
                                {"timestamp-ms", "2024-06-01T08:23:36.123Z"},
                                {"topic", "mine"}}));
}

}  // namespace
}  // namespace outpost::aws
