#include "destinations/webhook/trace.hpp"

#include "base/json.hpp"

#include <gtest/gtest.h>

namespace outpost::webhook {
namespace {

using namespace std::chrono_literals;

http::ClientRequest request_to(std::string_view url) {
    http::ClientRequest request;
    request.url = *http::parse_url(url);
    request.body = Bytes(R"({"secret":"of the event"})");
    return request;
}

json::object parsed(const std::string& trace) {
    const auto value = parse_json(trace);
    EXPECT_TRUE(value.has_value()) << trace;
    return value ? value->as_object() : json::object();
}

// portal.md §15a N7: method, URL without credentials, headers; not the body.
TEST(Trace, ShowsTheRequestWithoutItsSecrets) {
    http::ClientRequest request = request_to("https://user:pass@example.com:8443/hook?a=1");
    request.headers = {{"Content-Type", "application/json"},
                       {"X-Outpost-Signature", "v0=abcdef0123456789"},
                       {"X-Api-Key", "key-0123456789"},
                       {"X-Outpost-Timestamp", "1767323045"}};
    const std::string trace = trace_of(request, {});
    EXPECT_EQ(to_json(parsed(trace).at("request")),
              R"({"method":"POST","url":"https://example.com:8443/hook?a=1","headers":{"Authorization":"Basic ****",)"
              R"("Content-Type":"application/json","X-Outpost-Signature":"v0=abcdef0123456789",)"
              R"("X-Api-Key":"key-**********","X-Outpost-Timestamp":"1767323045"}})");
    for (const std::string_view secret : {"pass", "0123456789\"},\"X-Outpost-T", "of the event"})
        EXPECT_FALSE(trace.contains(secret)) << trace;
}

TEST(Trace, ShowsAnOwnAuthorizationOnceAndMasked) {
    http::ClientRequest request = request_to("https://user:pass@example.com/");
    request.headers = {{"Authorization", "Bearer 0123456789"}};
    EXPECT_EQ(to_json(parsed(trace_of(request, {})).at("request").at("headers")),
              R"({"Authorization":"Bear*************"})");
}

TEST(Trace, ShowsHowLongTheStepsTook) {
    const http::Timing all{.dns = 1ms, .connect = 2500us, .tls = 10ms, .first_byte = 5us, .total = 1200ms};
    EXPECT_EQ(trace_of(request_to("https://example.com/"), all),
              R"({"request":{"method":"POST","url":"https://example.com/","headers":{}},"timing":{"dns_ms":1.000,)"
              R"("connect_ms":2.500,"tls_ms":10.000,"first_byte_ms":0.005,"total_ms":1200.000,)"
              R"("reused_connection":false}})");
    const http::Timing reused{.first_byte = 2ms, .total = 3ms, .connection_reused = true};
    EXPECT_TRUE(trace_of(request_to("https://example.com/"), reused)
                    .ends_with(R"("timing":{"dns_ms":null,"connect_ms":null,"tls_ms":null,"first_byte_ms":2.000,)"
                               R"("total_ms":3.000,"reused_connection":true}})"));
}

TEST(Trace, CutsWhatIsTooLong) {
    http::ClientRequest request = request_to("https://example.com/" + std::string(9'000, 'p'));
    request.headers = {{"A-Short", "one"},
                       {"B-Long", std::string(60'000, '"')},
                       {"C-Long", std::string(60'000, 'x')},
                       {"D-Last", "not lost for want of trying"}};
    for (int i = 0; i < 3'000; ++i) request.headers.add(fmt::format("X-{}", i), "v");
    const std::string trace = trace_of(request, {.total = std::chrono::hours(24)});
    EXPECT_LE(trace.size(), model::kTraceBytesMax);
    const json::object shown = parsed(trace);
    const json::object& headers = shown.at("request").at("headers").as_object();
    EXPECT_EQ(headers.at("A-Short"), "one");
    EXPECT_TRUE(std::string_view(headers.at("B-Long").as_string()).ends_with(kCutMark));
    EXPECT_TRUE(std::string_view(shown.at("request").at("url").as_string()).ends_with(kCutMark));
    EXPECT_FALSE(shown.at("timing").at("total_ms").is_null());
}

}  // namespace
}  // namespace outpost::webhook
