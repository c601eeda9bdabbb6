#include "destinations/aws_s3/object_key.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_s3 {
namespace {

const TimePoint kTime = from_unix_ms(1'717'230'216'000);

std::string key(std::string_view expression, TimePoint time = kTime) {
    model::Event event{.id = EventId("evt_123"), .topic = "orders", .time = time};
    event.data = Bytes(std::string(R"({"id":7,"none":null,"list":[1,"a"]})"));
    const auto parsed = model::JmesPath::parse(expression);
    if (!parsed) return "parse";
    return templated_key(*parsed, event, {{"event-id", "evt_123"}, {"topic", "orders"}}).value_or("fails");
}

TEST(ObjectKeys, AreTimeAndIdWithoutATemplate) {  // destinations.md §13.4
    model::Event event{.id = EventId("x"), .time = kTime + 500ms};
    EXPECT_EQ(default_key(event, {{"event-id", "evt_123"}}), "2024-06-01T08:23:36.5Z_evt_123.json");
    event.time = kTime;
    EXPECT_EQ(default_key(event, {{"event-id", "evt_123"}}), "2024-06-01T08:23:36Z_evt_123.json");
}

TEST(ObjectKeys, AgreeWithTheDefaultWhenATemplateSaysTheSame) {  // §7
    EXPECT_EQ(key(R"(join('', [time.rfc3339_nano, '_', metadata."event-id", '.json']))", kTime + 120ms),
              "2024-06-01T08:23:36.12Z_evt_123.json");
}

TEST(ObjectKeys, MayUseEveryFormOfTheTime) {
    EXPECT_EQ(key("join('|', [time.year, time.month, time.day, time.hour, time.minute, time.second])"),
              "2024|06|01|08|23|36");
    EXPECT_EQ(key("join('|', [time.date, time.datetime, time.unix, time.rfc3339, time.rfc3339_nano])"),
              "2024-06-01|2024-06-01T08:23:36|1717230216|2024-06-01T08:23:36Z|2024-06-01T08:23:36Z");
}

TEST(ObjectKeys, MayUseDataAndMetadata) {
    EXPECT_EQ(key("data.id"), "7");
    EXPECT_EQ(key("data.list"), "[1 a]");
    EXPECT_EQ(key("join('/', [metadata.topic, to_string(data.id)])"), "orders/7");
}

TEST(ObjectKeys, FailWhereTheTemplateFindsNothing) {  // §1.10: a formatting failure
    for (const char* expression : {"data.none", "data.missing", "''", "abs('x')", "join('', [data.missing])"})
        EXPECT_EQ(key(expression), "fails") << expression;
}

}  // namespace
}  // namespace outpost::aws_s3
