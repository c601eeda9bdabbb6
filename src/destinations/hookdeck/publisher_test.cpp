// destinations.md §4.3; decisions B1, B18, B19
#include "destinations/hookdeck/testing/source_far_end.hpp"

namespace outpost::hookdeck {
namespace {

class HookdeckPublisherTest : public testing::Test {
protected:
    std::string send(model::Event event, model::Destination destination = SourceFarEnd::with_token("src_1:secret")) {
        auto stored = std::make_shared<model::StoredDestination>();
        stored->destination = std::move(destination);
        const auto publisher = far_end_.provider().open(stored);
        if (!publisher) return publisher.error().text();
        auto shared = std::make_shared<const model::Event>(std::move(event));
        const auto outcome = far_end_.wire().run(
            (*publisher)->send({.key = {}, .event = shared}, ports::conformance::kAttemptTime, Deadline()));
        return outcome ? outcome->code : outcome.error().text();
    }
    const http::FakeRequest& sent() { return far_end_.wire().service.requests.back(); }
    static model::Event event() {
        model::Event event;
        event.id = EventId("evt_1");
        event.topic = "orders";
        event.data = Bytes(R"({ "n": 1.0 })");
        return event;
    }
    SourceFarEnd far_end_;
};

TEST_F(HookdeckPublisherTest, PostsTheDataSignedToTheSource) {
    EXPECT_EQ(send(event()), "200");
    EXPECT_EQ(sent().method, "POST");
    EXPECT_EQ(sent().target, "/events/src_1");
    EXPECT_EQ(sent().body, R"({ "n": 1.0 })");
    EXPECT_EQ(sent().headers.find("Content-Type"), "application/json");
    EXPECT_EQ(sent().headers.find("X-Outpost-Event-Id"), "evt_1");
    EXPECT_EQ(sent().headers.find("X-Outpost-Topic"), "orders");
    EXPECT_EQ(sent().headers.find("X-Outpost-Timestamp"), "2024-06-01T08:23:36Z");
}

TEST_F(HookdeckPublisherTest, LeavesOutWhatCannotBeAHeaderAndWhatWouldForge) {
    model::Event odd = event();
    odd.metadata = {{"event-id", "evt_2"}, {"Timestamp", "never"}, {"a b", "x"}, {"crlf", "a\r\nb"}, {"fine", "y"}};
    EXPECT_EQ(send(odd), "200");
    EXPECT_EQ(sent().headers.find("X-Outpost-Event-Id"), "evt_1");
    EXPECT_EQ(sent().headers.find("X-Outpost-Timestamp"), "2024-06-01T08:23:36Z");
    EXPECT_EQ(sent().headers.find("X-Outpost-Crlf"), std::nullopt);
    EXPECT_EQ(sent().headers.find("X-Outpost-Fine"), "y");
}

TEST_F(HookdeckPublisherTest, ASourceIdStaysOneStepOfThePath) {  // §15.2
    EXPECT_EQ(send(event(), SourceFarEnd::with_token("../x?y:secret")), "404");
    EXPECT_EQ(sent().target, "/events/..%2Fx%3Fy");
}

TEST_F(HookdeckPublisherTest, FollowsNoRedirect) {
    far_end_.wire().service.handle_with([](const http::FakeRequest&) {
        return http::FakeAnswer{.status = 307, .fields = "Location: /events/elsewhere\r\n"};
    });
    EXPECT_EQ(send(event()), "307");
    EXPECT_EQ(far_end_.wire().service.requests.size(), 1u);
}

}  // namespace
}  // namespace outpost::hookdeck
