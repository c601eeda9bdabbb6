#include "api/routes/seed_era/events.hpp"
#include "api/routes/seed_era/shapes.hpp"

namespace outpost::api::seed_era {
namespace {

const TimePoint kNow = from_unix_ms(1'704'067'200'000);

ports::AttemptRecord attempt(std::string_view event, std::string_view destination, model::AttemptStatus status) {
    ports::AttemptRecord record;
    record.event_id = EventId(event);
    record.destination_id = DestinationId(destination);
    record.attempt.status = status;
    return record;
}

// api.md §16.2.
TEST(Status, IsTheNewestAtADestinationAndTheBestOverAll) {
    const std::vector<ports::AttemptRecord> newest_first{attempt("e", "a", model::AttemptStatus::failed),
                                                         attempt("e", "a", model::AttemptStatus::success)};
    EXPECT_EQ(status_at(newest_first, EventId("e"), DestinationId("a")), Status::failed);
    EXPECT_EQ(status_at(newest_first, EventId("e"), DestinationId("b")), Status::pending);
    EXPECT_EQ(status_at(newest_first, EventId("f"), DestinationId("a")), Status::pending);
    EXPECT_EQ(overall_status(newest_first), Status::success);
    EXPECT_EQ(overall_status({newest_first.front()}), Status::failed);
    EXPECT_EQ(overall_status({}), Status::pending);
}

TEST(Delivery, ShowsWholeSecondsAndNullWithoutAResponse) {
    model::Attempt it;
    it.id = AttemptId("a1");
    it.time = kNow + 999ms;
    std::string text;
    JsonWriter out(text);
    write_delivery(out, it);
    EXPECT_EQ(text, R"({"id":"a1","delivered_at":"2024-01-01T00:00:00Z","status":"failed","code":"",)"
                    R"("response_data":null})");
}

// api.md §16.3.
TEST(EventListQuery, DefaultsToTheLastHourAndBoundsTheLimit) {
    const auto parsed = [](std::string_view query) {
        return parse_event_list(*Query::parse(query), TenantId("t1"), kNow);
    };
    const auto plain = parsed("");
    EXPECT_EQ(plain->query.time.at_or_before, kNow);
    EXPECT_EQ(plain->query.time.at_or_after, kNow - 1h);
    EXPECT_EQ(plain->query.page.limit, 100u);
    EXPECT_EQ(parsed("end=2023-12-31T12:00:00Z")->query.time.at_or_after, kNow - 13h);
    EXPECT_EQ(parsed("limit=0")->query.page.limit, kSeedEraRowsMax);
    EXPECT_EQ(parsed("limit=7")->query.page.limit, 7u);
    EXPECT_EQ(parsed("limit=99999")->query.page.limit, kSeedEraRowsMax);
    EXPECT_EQ(parsed("limit=x")->query.page.limit, 100u);
    EXPECT_EQ(parsed("end=2024-01-01").error().status, 422);
    EXPECT_EQ(parsed("next=!!!").error().status, 400);
    const std::string cursor = model::encode_cursor(model::CursorKind::event, {kNow, "e"});
    EXPECT_EQ(parsed("next=" + cursor)->query.page.after, (model::Position{kNow, "e"}));
    EXPECT_EQ(parsed("next=" + cursor + "&prev=" + cursor).error().status, 400);
}

}  // namespace
}  // namespace outpost::api::seed_era
