#include "model/delivery_metadata.hpp"

namespace outpost::model {
namespace {

const TimePoint kTime = from_unix_ms(1'717'230'216'120);

TEST(DeliveryMetadata, StartsWithWhatTheSystemKnows) {
    const Event event{.id = EventId("evt_1"), .topic = ""};
    const StringMap expected = {{"event-id", "evt_1"}, {"timestamp", "2024-06-01T08:23:36Z"}, {"topic", ""}};
    EXPECT_EQ(delivery_metadata(event, {}, kTime, false), expected);
}

TEST(DeliveryMetadata, HasMillisecondsWhenWanted) {
    EXPECT_EQ(delivery_metadata({}, {}, kTime, true).at("timestamp-ms"), "2024-06-01T08:23:36.12Z");
}

TEST(DeliveryMetadata, LetsTheEventWinOverTheDestinationOverTheSystem) {
    Event event{.id = EventId("evt_1"), .topic = "t"};
    event.metadata = {{"a", "event"}, {"topic", "event"}};
    Destination destination;
    destination.delivery_metadata = {{"a", "destination"}, {"b", "destination"}, {"event-id", "destination"}};
    const StringMap expected = {{"a", "event"},
                                {"b", "destination"},
                                {"event-id", "destination"},
                                {"timestamp", "2024-06-01T08:23:36Z"},
                                {"topic", "event"}};
    EXPECT_EQ(delivery_metadata(event, destination, kTime, false), expected);
}

}  // namespace
}  // namespace outpost::model
