#include "destinations/webhook/publisher.hpp"

#include "base/encoding.hpp"
#include "destinations/webhook/loopback_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace outpost::webhook {
namespace {

using model::AttemptStatus;

// destinations.md §13
const std::string kB1 = R"({"user_id":"usr_123","note":"a\u003cb \u0026 c","n":1.0,"big":12345678901234567890})";
const std::string kS1 = "whsec_000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const TimePoint kTime = from_unix_ms(1'717'230'216'000);

/// What a receiver would compute, straight from OpenSSL.
std::string hmac_hex(const std::string& key, const std::string& body) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(body.data()),
         body.size(), digest.data(), &length);
    return to_hex({reinterpret_cast<const char*>(digest.data()), length});
}

class WebhookDelivery : public Loopback {
protected:
    /// One attempt of an event to `config`, within the real client.
    Result<model::Outcome> attempt(model::StringMap config, const RawSettings& raw = {}) {
        WebhookProvider it = provider(raw);
        auto stored = std::make_shared<model::StoredDestination>();
        stored->destination.id = DestinationId("des_1");
        stored->destination.type = "webhook";
        stored->destination.config = std::move(config);
        stored->destination.credentials = {{"secret", kS1}};
        auto publisher = it.open(stored);
        if (!publisher) return fail(publisher.error());
        model::Event event{.id = EventId("evt_123"), .topic = "user.created", .metadata = metadata};
        event.data = Bytes(body);
        model::Delivery delivery{.event = std::make_shared<const model::Event>(std::move(event)), .trace = trace};
        return run((*publisher)->send(std::move(delivery), kTime, Deadline::after(clock_, wait)));
    }

    std::string body = kB1;
    model::StringMap metadata;
    model::TraceWish trace = model::TraceWish::none;
    MonotonicTime::duration wait = std::chrono::seconds(20);
};

TEST_F(WebhookDelivery, PostsTheEventAsTheContractShows) {
    Receiver& there = receiver();
    there.answers(200, "", "thanks");
    metadata = {{"source", "signup-service"}};
    const auto outcome = attempt({{"url", there.url("/webhooks?a=1")}}, {.user_agent = "Outpost/1.2.0"});
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->status, AttemptStatus::success);
    EXPECT_EQ(outcome->code, "200");
    EXPECT_EQ(outcome->response_data, R"({"status":200,"body":"thanks"})");
    ASSERT_EQ(there.requests().size(), 1u);
    EXPECT_TRUE(there.requests()[0].starts_with("POST /webhooks?a=1 HTTP/1.1\r\n"));
    EXPECT_EQ(there.body(0), kB1);
    EXPECT_EQ(there.header(0, "Content-Type"), "application/json");
    EXPECT_EQ(there.header(0, "Content-Length"), "83");
    EXPECT_EQ(there.header(0, "User-Agent"), "Outpost/1.2.0");
    EXPECT_EQ(there.header(0, "Accept-Encoding"), "gzip");
    EXPECT_EQ(there.header(0, "X-Outpost-Event-Id"), "evt_123");
    EXPECT_EQ(there.header(0, "X-Outpost-Timestamp"), "2024-06-01T08:23:36Z");
    EXPECT_EQ(there.header(0, "X-Outpost-Topic"), "user.created");
    EXPECT_EQ(there.header(0, "X-Outpost-Source"), "signup-service");
    // Vector D1.
    EXPECT_EQ(there.header(0, "X-Outpost-Signature"),
              "v0=0577682fe58d8b67097c0afc1c34070c012754c8f0ac0698a416d9ed46f0f4ad");
}

// decision B1
TEST_F(WebhookDelivery, SendsAndSignsTheBytesAsTheyCame) {
    Receiver& there = receiver();
    there.answers(204);
    body = "{ \"b\" : \"<&> \xE2\x80\xA8\",\n \"b\":1.0 }";
    ASSERT_TRUE(attempt({{"url", there.url()}}).has_value());
    EXPECT_EQ(there.body(0), body);
    EXPECT_EQ(there.header(0, "X-Outpost-Signature"), "v0=" + hmac_hex(kS1, there.body(0)));
}

TEST_F(WebhookDelivery, FollowsStandardWebhooksWhenTold) {
    Receiver& there = receiver();
    there.answers(200);
    const auto outcome = attempt({{"url", there.url()}}, {.mode = "standard"});
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(there.header(0, "Webhook-Id"), "evt_123");
    EXPECT_EQ(there.header(0, "Webhook-Timestamp"), "1717230216");
    // Vector W3.
    EXPECT_EQ(there.header(0, "Webhook-Signature"), "v1,Zt4n/Va3bB7LB/PLZaEg9LWA68tM3/MWZzBslUmQDVA=");
}

TEST_F(WebhookDelivery, AddsCustomHeadersAndTheUrlsUser) {
    Receiver& there = receiver();
    there.answers(200);
    std::string url = there.url();
    url.insert(std::string("http://").size(), "user:p%40ss@");
    ASSERT_TRUE(attempt({{"url", url}, {"custom_headers", R"({"x-api-key":"k"})"}}).has_value());
    EXPECT_EQ(there.header(0, "X-Api-Key"), "k");
    EXPECT_EQ(there.header(0, "Authorization"), "Basic " + to_base64("user:p@ss"));
}

// decision B18
TEST_F(WebhookDelivery, LeavesOutMetadataThatCanBeNoHeader) {
    Receiver& there = receiver();
    there.answers(200);
    metadata = {{"broken", "a\r\nEvil: 1"}, {"fine", "b"}};
    const auto outcome = attempt({{"url", there.url()}});
    EXPECT_EQ(outcome->code, "200");
    EXPECT_EQ(there.requests()[0].find("Evil"), std::string::npos);
    EXPECT_EQ(there.header(0, "X-Outpost-Fine"), "b");
}

TEST_F(WebhookDelivery, FailsWithoutSendingWhenACustomHeaderIsIllegal) {
    Receiver& there = receiver();
    const auto outcome = attempt({{"url", there.url()}, {"custom_headers", R"({"a":"x\r\ny"})"}});
    EXPECT_EQ(outcome->code, "network_error");
    EXPECT_EQ(outcome->response_data, "");
    EXPECT_TRUE(there.requests().empty());
}

TEST_F(WebhookDelivery, RecordsWhatAFailingReceiverSaid) {
    Receiver& there = receiver();
    there.answers(503, "Retry-After: 30\r\n", "busy \xff");
    const auto outcome = attempt({{"url", there.url()}});
    EXPECT_EQ(outcome->status, AttemptStatus::failed);
    EXPECT_EQ(outcome->code, "503");
    EXPECT_EQ(outcome->response_data, "{\"status\":503,\"body\":\"busy \xEF\xBF\xBD\"}");
    EXPECT_EQ(outcome->retry_after, Milliseconds(30'000));
}

TEST_F(WebhookDelivery, DoesNotStoreABodyOverTheCap) {
    Receiver& there = receiver();
    there.answers(200, "", std::string(101, 'x'));
    const auto outcome = attempt({{"url", there.url()}}, {.max_response_body_bytes = 100});
    EXPECT_EQ(outcome->status, AttemptStatus::success);
    EXPECT_EQ(outcome->response_data, R"({"status":200,"body":"Response body exceeded 100 bytes and was not stored"})");
}

TEST_F(WebhookDelivery, NamesTheClassOfAFailureToConnect) {
    std::string url;
    {
        boost::asio::ip::tcp::acceptor closed(io_, {boost::asio::ip::make_address("127.0.0.1"), 0});
        url = fmt::format("http://127.0.0.1:{}/", closed.local_endpoint().port());
    }
    const auto outcome = attempt({{"url", url}});
    EXPECT_EQ(outcome->status, AttemptStatus::failed);
    EXPECT_EQ(outcome->code, "connection_refused");
    EXPECT_EQ(outcome->response_data, "");
}

TEST_F(WebhookDelivery, TimesOutOnAReceiverThatNeverAnswers) {
    Receiver& there = receiver();
    wait = 20ms;
    EXPECT_EQ(attempt({{"url", there.url()}})->code, "timeout");
}

TEST_F(WebhookDelivery, FailsAsAFormattingFailureForAUrlThatCannotBeParsed) {
    const auto outcome = attempt({{"url", "http://[::1"}});
    EXPECT_EQ(outcome->code, "ERR");
    EXPECT_EQ(outcome->response_data, R"({"error":"could not format event for delivery"})");
}

// decision B2
TEST_F(WebhookDelivery, FollowsARedirectThatKeepsTheMethod) {
    Receiver& there = receiver();
    there.answers(307, "Location: /moved\r\n");
    there.answers(200);
    const auto outcome = attempt({{"url", there.url()}, {"custom_headers", R"({"x-api-key":"k"})"}});
    EXPECT_EQ(outcome->code, "200");
    ASSERT_EQ(there.requests().size(), 2u);
    EXPECT_TRUE(there.requests()[1].starts_with("POST /moved HTTP/1.1\r\n"));
    EXPECT_EQ(there.body(1), kB1);
    EXPECT_EQ(there.header(1, "X-Api-Key"), "k");
}

TEST_F(WebhookDelivery, KeepsCustomHeadersFromAnotherOrigin) {
    Receiver& first = receiver();
    Receiver& second = receiver();
    first.answers(308, "Location: " + second.url("/x") + "\r\n");
    second.answers(200);
    const auto outcome =
        attempt({{"url", first.url()}, {"custom_headers", R"({"authorization":"a","x-api-key":"k"})"}});
    EXPECT_EQ(outcome->code, "200");
    EXPECT_EQ(second.body(0), kB1);
    EXPECT_EQ(second.header(0, "Authorization"), std::nullopt);
    EXPECT_EQ(second.header(0, "X-Api-Key"), std::nullopt);
    EXPECT_EQ(second.header(0, "X-Outpost-Event-Id"), "evt_123");
}

TEST_F(WebhookDelivery, FailsOnARedirectThatWouldLoseTheEvent) {
    Receiver& there = receiver();
    there.answers(302, "Location: /elsewhere\r\n", "moved");
    const auto outcome = attempt({{"url", there.url()}});
    EXPECT_EQ(outcome->status, AttemptStatus::failed);
    EXPECT_EQ(outcome->code, "redirect_error");
    EXPECT_EQ(there.requests().size(), 1u);
}

TEST_F(WebhookDelivery, EndsALoopOfRedirects) {
    Receiver& there = receiver();
    for (int i = 0; i < 10; ++i) there.answers(308, "Location: /again\r\n");
    EXPECT_EQ(attempt({{"url", there.url()}})->code, "redirect_error");
    EXPECT_EQ(there.requests().size(), 6u);
}

// hard-cases.md 37
TEST_F(WebhookDelivery, DoesNotFollowARedirectToAForbiddenAddress) {
    Receiver& there = receiver();
    there.answers(307, "Location: http://169.254.169.254/latest/meta-data\r\n");
    const auto outcome = attempt({{"url", there.url()}});
    EXPECT_EQ(outcome->code, "blocked_address");
    EXPECT_EQ(outcome->response_data, "");
}

TEST_F(WebhookDelivery, TurnsAPostIntoAGetByTheReferencesRules) {
    Receiver& there = receiver();
    there.answers(302, "Location: /elsewhere\r\n");
    there.answers(200);
    const auto outcome = attempt({{"url", there.url("/in")}}, {.redirects = "reference"});
    EXPECT_EQ(outcome->code, "200");
    ASSERT_EQ(there.requests().size(), 2u);
    EXPECT_TRUE(there.requests()[1].starts_with("GET /elsewhere HTTP/1.1\r\n"));
    EXPECT_EQ(there.header(1, "Referer"), there.url("/in"));
    EXPECT_EQ(there.body(1), "");
}

// decision B11
TEST_F(WebhookDelivery, SpendsNoAttemptWhenItIsCancelled) {
    Receiver& there = receiver();
    WebhookProvider it = provider();
    auto stored = std::make_shared<model::StoredDestination>();
    stored->destination.config = {{"url", there.url()}};
    auto publisher = it.open(stored);
    model::Event event{.id = EventId("evt_123")};
    event.data = Bytes("{}");
    model::Delivery delivery{.event = std::make_shared<const model::Event>(std::move(event))};

    boost::asio::cancellation_signal cancel;
    std::optional<Result<model::Outcome>> outcome;
    boost::asio::co_spawn(io_, (*publisher)->send(std::move(delivery), kTime, Deadline::never()),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [&](const std::exception_ptr& thrown, Result<model::Outcome> result) {
                                  if (thrown) std::rethrow_exception(thrown);
                                  outcome = std::move(result);
                              }));
    io_.restart();
    while (there.requests().empty()) io_.run_one();
    cancel.emit(boost::asio::cancellation_type::terminal);
    while (!outcome) io_.run_one();
    EXPECT_EQ(outcome->error().code(), Errc::cancelled);
}

// ---- traces (portal.md §15a N7)

TEST_F(WebhookDelivery, TellsWhatItSentOnlyWhenAsked) {
    using enum model::TraceWish;
    Receiver& there = receiver();
    const auto traced = [&](model::TraceWish wish, int status) {
        trace = wish;
        there.answers(status);
        const auto outcome = attempt({{"url", there.url()}});
        EXPECT_TRUE(outcome.has_value());
        return outcome && !outcome->trace.empty();
    };
    EXPECT_FALSE(traced(none, 500));
    EXPECT_FALSE(traced(failed, 200));
    EXPECT_TRUE(traced(failed, 500));
    EXPECT_TRUE(traced(failed, 302)) << "a redirect that is refused";
    EXPECT_TRUE(traced(all, 200));
}

TEST_F(WebhookDelivery, TracesTheLastRequestOfARedirection) {
    Receiver& first = receiver();
    Receiver& second = receiver();
    first.answers(307, fmt::format("Location: {}\r\n", second.url("/there")));
    second.answers(500);
    trace = model::TraceWish::failed;
    const auto outcome = attempt({{"url", first.url()}, {"custom_headers", R"({"x-mine":"seen first"})"}});
    ASSERT_TRUE(outcome.has_value());
    EXPECT_TRUE(outcome->trace.contains(fmt::format(R"("url":"{}")", second.url("/there")))) << outcome->trace;
    EXPECT_TRUE(outcome->trace.contains(
        fmt::format(R"("X-Outpost-Signature":"{}")", second.header(0, "X-Outpost-Signature").value_or("none"))));
    EXPECT_FALSE(outcome->trace.contains("seen first")) << "what another origin did not get";
}

TEST_F(WebhookDelivery, TracesARequestThatNobodyAnswered) {
    trace = model::TraceWish::failed;
    Receiver& there = receiver();
    const std::string url = there.url("/gone");
    run(there.stop());
    const auto outcome = attempt({{"url", url}});
    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->code, "connection_refused");
    EXPECT_TRUE(outcome->trace.contains(fmt::format(R"("url":"{}")", url))) << outcome->trace;
    EXPECT_TRUE(outcome->trace.contains(R"("X-Outpost-Event-Id":"evt_123")"));
    EXPECT_TRUE(outcome->trace.contains(R"("first_byte_ms":null)"));
}

}  // namespace
}  // namespace outpost::webhook
