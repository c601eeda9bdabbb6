#include "api/views/views.hpp"

namespace outpost::api {
namespace {

const TimePoint kTime = from_unix_ms(1'704'067'200'120);

template <class Write>
std::string written(Write write) {
    std::string text;
    JsonWriter out(text);
    write(out);
    return text;
}

model::Destination destination() {
    model::Destination it;
    it.id = DestinationId("d1");
    it.tenant_id = TenantId("t1");
    it.type = "webhook";
    it.topics = {"*"};
    it.created_at = it.updated_at = kTime;
    return it;
}

model::Event event() {
    model::Event it;
    it.id = EventId("e1");
    it.tenant_id = TenantId("t1");
    it.topic = "user.created";
    it.time = it.received = kTime;
    it.data = Bytes(R"({ "zebra":1.0, "alpha":"<" })");
    return it;
}

// api.md §7.1, case 28.
TEST(TenantView, LeavesEmptyMetadataOut) {
    ports::TenantRecord record{{TenantId("t1"), {}, kTime, kTime}, 0, {}};
    EXPECT_EQ(written([&](JsonWriter& out) { write_tenant(out, record); }),
              R"({"id":"t1","destinations_count":0,"topics":[],"created_at":"2024-01-01T00:00:00.12Z",)"
              R"("updated_at":"2024-01-01T00:00:00.12Z"})");
    record.tenant.metadata = {{"b", "2"}, {"a", "<1>"}};
    record.topics = {"*"};
    record.destinations_count = 2;
    EXPECT_EQ(written([&](JsonWriter& out) { write_tenant(out, record); }),
              R"({"id":"t1","destinations_count":2,"topics":["*"],"metadata":{"a":"\u003c1\u003e","b":"2"},)"
              R"("created_at":"2024-01-01T00:00:00.12Z","updated_at":"2024-01-01T00:00:00.12Z"})");
}

// api.md §8.1, case 51.
TEST(DestinationView, AlwaysHasMapsTargetAndTheDisabledKey) {
    EXPECT_EQ(written([&](JsonWriter& out) { write_destination(out, {destination(), {}}); }),
              R"({"id":"d1","tenant_id":"t1","type":"webhook","topics":["*"],"config":{},"credentials":{},)"
              R"("created_at":"2024-01-01T00:00:00.12Z","updated_at":"2024-01-01T00:00:00.12Z","disabled_at":null,)"
              R"("target":""})");
}

TEST(DestinationView, ShowsOptionalMembersInTheirPlaces) {
    model::Destination full = destination();
    full.filter = R"({"data":{"x":1}})";
    full.config = {{"url", "https://e.com/?a=1&b=2"}};
    full.delivery_metadata = {{"k", "v"}};
    full.metadata = {{"name", "n"}};
    full.disabled_at = kTime;
    EXPECT_EQ(written([&](JsonWriter& out) { write_destination(out, {full, {"there", "https://console"}}); }),
              R"({"id":"d1","tenant_id":"t1","type":"webhook","topics":["*"],"filter":{"data":{"x":1}},)"
              R"("config":{"url":"https://e.com/?a=1\u0026b=2"},"credentials":{},"delivery_metadata":{"k":"v"},)"
              R"("metadata":{"name":"n"},"created_at":"2024-01-01T00:00:00.12Z",)"
              R"("updated_at":"2024-01-01T00:00:00.12Z","disabled_at":"2024-01-01T00:00:00.12Z","target":"there",)"
              R"("target_url":"https://console"})");
}

// api.md §11.1, case 105: data byte for byte.
TEST(EventView, ShowsDataAsPublished) {
    EXPECT_EQ(written([](JsonWriter& out) { write_event(out, event(), {DestinationId("d1")}, EventDetail::whole); }),
              R"({"id":"e1","tenant_id":"t1","topic":"user.created","matched_destination_ids":["d1"],)"
              R"("time":"2024-01-01T00:00:00.12Z","eligible_for_retry":true,"data":{ "zebra":1.0, "alpha":"<" }})");
    EXPECT_EQ(written([](JsonWriter& out) { write_event(out, event(), {}, EventDetail::in_attempt); }),
              R"({"id":"e1","tenant_id":"t1","topic":"user.created","time":"2024-01-01T00:00:00.12Z",)"
              R"("eligible_for_retry":true})");
    EXPECT_TRUE(written([](JsonWriter& out) {
                    write_event(out, event(), {}, EventDetail::whole);
                }).contains(R"("matched_destination_ids":[],)"));
}

/// An attempt of e1 at d1 with everything there is.
manage::InspectedAttempt attempt() {
    manage::InspectedAttempt it;
    it.record.attempt.id = AttemptId("a1");
    it.record.attempt.number = 2;
    it.record.attempt.manual = true;
    it.record.attempt.time = kTime;
    it.record.attempt.destination_type = "webhook";
    it.record.attempt.code = "500";
    it.record.attempt.response_data = R"({"status":500,"body":"no"})";
    it.record.tenant_id = TenantId("t1");
    it.record.event_id = EventId("e1");
    it.record.destination_id = DestinationId("d1");
    it.record.event = std::make_shared<const model::Event>(event());
    model::StoredDestination stored;
    stored.destination = destination();
    it.destination = std::make_shared<const model::StoredDestination>(stored);
    return it;
}

// api.md §11.4, cases 132–134.
TEST(AttemptView, ShowsOnlyWhatWasAskedFor) {
    const manage::Catalog nothing({});
    const auto shown = [&](const manage::InspectedAttempt& it, manage::Includes includes) {
        return written([&](JsonWriter& out) { write_attempt(out, it, {includes, nothing, kTime}); });
    };
    const std::string plain =
        R"({"id":"a1","tenant_id":"t1","event_id":"e1","destination_id":"d1","destination_type":"webhook",)"
        R"("status":"failed","time":"2024-01-01T00:00:00.12Z","code":"500","attempt_number":2,"manual":true)";
    EXPECT_EQ(shown(attempt(), {}), plain + "}");
    EXPECT_EQ(shown(attempt(), manage::parse_includes({"response_data", "nonsense"})),
              plain + R"(,"response_data":{"status":500,"body":"no"}})");
    const std::string with_event = shown(attempt(), manage::parse_includes({"event"}));
    EXPECT_TRUE(with_event.starts_with(plain + R"(,"event":{"id":"e1")"));
    EXPECT_FALSE(with_event.contains("zebra"));
    EXPECT_FALSE(with_event.contains("matched_destination_ids"));
    EXPECT_TRUE(shown(attempt(), manage::parse_includes({"event.data"})).contains(R"("data":{ "zebra":1.0)"));
    EXPECT_TRUE(shown(attempt(), manage::parse_includes({"destination"})).contains(R"(,"destination":{"id":"d1")"));

    manage::InspectedAttempt bare = attempt();
    bare.record.attempt.code = bare.record.attempt.response_data = "";
    bare.record.event = nullptr;
    bare.destination = nullptr;
    const std::string all = shown(bare, {true, true, true, true});
    for (std::string_view absent : {"code", "response_data", "\"event\"", "\"destination\""}) {
        EXPECT_FALSE(all.contains(absent)) << absent;
    }
}

// portal.md §15a N7.
TEST(AttemptView, ShowsWhatWasSentAndHowLongItTook) {
    const manage::Catalog nothing({});
    const auto shown = [&](const manage::InspectedAttempt& it, const std::vector<std::string>& includes) {
        return written(
            [&](JsonWriter& out) { write_attempt(out, it, {manage::parse_includes(includes), nothing, kTime}); });
    };
    manage::InspectedAttempt it = attempt();
    it.record.attempt.duration = Milliseconds(17);
    it.record.attempt.trace = R"({"request":{"method":"POST"},"timing":{"total_ms":1.250}})";
    it.record.next_due = kTime;
    const std::string common =
        R"("manual":true,"duration_ms":17,"error_class":"http_5xx","next_attempt_at":"2024-01-01T00:00:00.12Z",)";
    EXPECT_TRUE(shown(it, {"request"}).ends_with(common + R"("request":{"method":"POST"}})"));
    EXPECT_TRUE(shown(it, {"timing"}).ends_with(common + R"("timing":{"total_ms":1.250}})"));
    EXPECT_TRUE(shown(it, {"timing", "request", "event"})
                    .contains(common + R"("request":{"method":"POST"},"timing":{"total_ms":1.250},"event":{)"));
    it.record.attempt.trace.clear();
    it.record.next_due = std::nullopt;
    it.record.attempt.status = model::AttemptStatus::success;
    EXPECT_TRUE(shown(it, {"request,timing"})
                    .ends_with(R"("error_class":"success","next_attempt_at":null,"request":null,"timing":null})"));
}

// api.md §12.1, destinations.md §1.2.
TEST(TypeView, ShowsOptionalFieldMembersOnlyWhenSet) {
    model::DestinationType type;
    type.type = "kafka";
    type.icon = "<svg/>";
    model::TypeField plain{.type = "text", .label = "L", .description = "D", .key = "topic"};
    model::TypeField rich{.type = "select", .label = "L", .description = "D", .key = "mechanism", .required = true};
    rich.default_value = "plain";
    rich.sensitive = true;
    rich.min_length = 1;
    rich.pattern = "^.+$";
    rich.options = {{"Plain", "plain"}};
    type.config_fields = {plain, rich};
    EXPECT_EQ(written([&](JsonWriter& out) { write_destination_type(out, type); }),
              R"({"type":"kafka","config_fields":[{"type":"text","label":"L","description":"D","key":"topic",)"
              R"("required":false},{"type":"select","label":"L","description":"D","key":"mechanism","required":true,)"
              R"("default":"plain","sensitive":true,"minlength":1,"pattern":"^.+$",)"
              R"("options":[{"label":"Plain","value":"plain"}]}],"credential_fields":[],"label":"","description":"",)"
              R"("icon":"\u003csvg/\u003e","instructions":""})");
}

// api.md §4.3–4.5.
TEST(PaginationView, WritesNullForMissingNeighbours) {
    model::PageRequest page;
    model::PageLinks links;
    const auto text = [&] {
        return written([&](JsonWriter& out) {
            out.begin_object();
            write_pagination(out, {"time", model::CursorKind::event, page, links});
            out.end_object();
        });
    };
    EXPECT_EQ(text(), R"({"pagination":{"order_by":"time","dir":"desc","limit":100,"next":null,"prev":null}})");
    page.direction = model::Direction::ascending;
    links.next = model::Position{from_unix_ms(1'704'067'200'000), "evt_1"};
    EXPECT_EQ(text(), R"({"pagination":{"order_by":"time","dir":"asc","limit":100,)"
                      R"("next":"1f3NIeN6a1j8ECTGbA2Th6VT0KS3ME0G86Fix","prev":null}})");
}

// portal.md §15a N5.
TEST(PaginationView, TellsHowManyThereAreWhenTheyWereCounted) {
    const model::PageRequest page;
    const model::PageLinks links;
    const auto text = [&](model::RowCount count) {
        return written([&](JsonWriter& out) {
            out.begin_object();
            write_pagination(out, {"time", model::CursorKind::event, page, links, count});
            out.end_object();
        });
    };
    EXPECT_TRUE(text({.rows = 7}).ends_with(R"("prev":null,"count":7,"count_exact":true}})"));
    EXPECT_TRUE(text({.rows = 10'000, .exact = false}).ends_with(R"("count":10000,"count_exact":false}})"));
}

}  // namespace
}  // namespace outpost::api
