#include "destinations/webhook/preview.hpp"

#include "destinations/webhook/loopback_fixture.hpp"

#include <gtest/gtest.h>

namespace outpost::webhook {
namespace {

TEST(WebhookPreview, KnowsHeadersThatHoldSecrets) {
    for (const char* name : {"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-APIKEY", "X-Auth-Token",
                             "X-Client-Secret", "Password"}) {
        EXPECT_TRUE(holds_secret(name)) << name;
    }
    for (const char* name : {"Content-Type", "X-Outpost-Signature", "Idempotency-Key", "X-Outpost-Event-Id"}) {
        EXPECT_FALSE(holds_secret(name)) << name;
    }
}

TEST(WebhookPreview, ShowsTheRequestWithoutItsSecrets) {
    http::ClientRequest request{.method = "POST",
                                .url = *http::parse_url("https://me:pass@Example.com:8443/hook?a=1#part"),
                                .headers = {{"X-Plain", "seen"}, {"Authorization", "Bearer abcdef"}},
                                .body = Bytes(R"({"a":1})")};
    const ports::RequestPreview preview = preview_of(request);
    EXPECT_EQ(preview.method, "POST");
    EXPECT_EQ(preview.url, "https://example.com:8443/hook?a=1");
    EXPECT_EQ(preview.body, R"({"a":1})");
    const std::vector<std::pair<std::string, std::string>> headers = {{"X-Plain", "seen"},
                                                                      {"Authorization", "Bear*********"}};
    EXPECT_EQ(preview.headers, headers);
}

class WebhookPreviewOfAPublisher : public Loopback {
protected:
    std::unique_ptr<ports::Publisher> open(std::string url) {
        auto stored = std::make_shared<model::StoredDestination>();
        stored->destination.type = "webhook";
        stored->destination.config = {{"url", std::move(url)}, {"custom_headers", R"({"x-token":"0123456789"})"}};
        stored->destination.credentials = {{"secret", "whsec_1"}};
        return *provider_.open(stored);
    }
    WebhookProvider provider_ = provider();
};

TEST_F(WebhookPreviewOfAPublisher, IsTheRequestThatIsSent) {
    Receiver& there = receiver();
    there.answers(200);
    const auto publisher = open(there.url("/hook"));
    model::Event event{.id = EventId("evt_1"), .topic = "user.created", .metadata = {{"test", "true"}}};
    event.data = Bytes(R"({ "n": 1 })");
    const TimePoint time = from_unix_ms(1'717'230'216'000);
    const auto preview = publisher->preview(event, time);
    ASSERT_TRUE(preview.has_value());
    model::Delivery delivery{.event = std::make_shared<const model::Event>(event)};
    ASSERT_TRUE(run(publisher->send(std::move(delivery), time, Deadline::never())).has_value());
    EXPECT_EQ(preview->url, there.url("/hook"));
    EXPECT_EQ(preview->body, there.body(0));
    ASSERT_FALSE(preview->headers.empty());
    for (const auto& [name, value] : preview->headers) {
        EXPECT_EQ(there.header(0, name), name == "X-Token" ? "0123456789" : value) << name;
    }
    EXPECT_EQ(there.header(0, "X-Outpost-Test"), "true");
}

TEST_F(WebhookPreviewOfAPublisher, IsNoneWhenNoRequestCanBeMade) {
    const model::Event event{.id = EventId("evt_1")};
    EXPECT_FALSE(open("http://127.1/")->preview(event, from_unix_ms(0)).has_value());
}

}  // namespace
}  // namespace outpost::webhook
