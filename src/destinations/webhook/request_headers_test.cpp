#include "destinations/webhook/request_headers.hpp"

namespace outpost::webhook {
namespace {

using model::StringMap;

const TimePoint kTime = from_unix_ms(1'717'230'216'120);

struct Case {
    std::string name;
    RawSettings raw;
    StringMap custom;
    StringMap of_destination;
    StringMap of_event;
    StringMap headers;  ///< all of them
    std::vector<std::string> custom_names;
    std::vector<std::string> left_out;
};

/// The headers of every request with the defaults, and those of `more` over them.
StringMap with(StringMap more) {
    more.merge(StringMap{{"Content-Type", "application/json"},
                         {"User-Agent", "agent"},
                         {"X-Outpost-Event-Id", "evt_123"},
                         {"X-Outpost-Signature", "v0=sig"},
                         {"X-Outpost-Timestamp", "2024-06-01T08:23:36Z"},
                         {"X-Outpost-Topic", "user.created"}});
    return more;
}

StringMap standard_with(StringMap more) {
    more.merge(StringMap{{"Content-Type", "application/json"},
                         {"User-Agent", "agent"},
                         {"Webhook-Id", "evt_123"},
                         {"Webhook-Signature", "v0=sig"},
                         {"Webhook-Timestamp", "1717230216"},
                         {"Webhook-Topic", "user.created"}});
    return more;
}

class RequestHeaderCase : public testing::TestWithParam<Case> {};

TEST_P(RequestHeaderCase, IsBuiltByTheContract) {
    const Case& it = GetParam();
    RawSettings raw = it.raw;
    raw.user_agent = "agent";
    const auto settings = resolve_settings(raw);
    ASSERT_TRUE(settings.has_value()) << settings.error().text();
    model::Destination destination;
    destination.delivery_metadata = it.of_destination;
    model::Event event{.id = EventId("evt_123"), .topic = "user.created"};
    event.metadata = it.of_event;
    const RequestHeaders built =
        build_headers({*settings, it.custom, destination, event,
                       settings->header_names.signature ? std::optional("v0=sig") : std::nullopt, kTime});
    StringMap headers;
    for (const auto& [name, value] : built.fields)
        EXPECT_TRUE(headers.emplace(name, value).second) << name << " is there twice";
    EXPECT_EQ(headers, it.headers);
    EXPECT_EQ(built.custom_names, it.custom_names);
    EXPECT_EQ(built.left_out, it.left_out);
}

const auto kCaseName = [](const auto& it) { return it.param.name; };

// destinations.md §2.7
INSTANTIATE_TEST_SUITE_P(DefaultMode, RequestHeaderCase,
                         testing::Values(Case{.name = "Bare", .headers = with({})},
                                         Case{.name = "Metadata",
                                              .of_destination = {{"source", "destination"}, {"team", "a"}},
                                              .of_event = {{"source", "app"}},
                                              .headers = with({{"X-Outpost-Source", "app"}, {"X-Outpost-Team", "a"}})},
                                         Case{.name = "Milliseconds",
                                              .raw = {.include_millisecond_timestamp = true},
                                              .headers = with({{"X-Outpost-Timestamp-Ms", "2024-06-01T08:23:36.12Z"}})},
                                         Case{.name = "CustomHeaders",
                                              .custom = {{"authorization", "Bearer x"}, {"x-outpost-topic", "mine"}},
                                              .headers = with({{"Authorization", "Bearer x"}}),
                                              .custom_names = {"Authorization"}},
                                         Case{.name = "PrefixWithoutSeparator",
                                              .raw = {.header_prefix = "x-acme",
                                                      .event_id = {.name = "X-Id"},
                                                      .signature = {.name = "X-Sig"}},
                                              .headers = {{"Content-Type", "application/json"},
                                                          {"User-Agent", "agent"},
                                                          {"X-Id", "evt_123"},
                                                          {"X-Sig", "v0=sig"},
                                                          {"X-Acmetimestamp", "2024-06-01T08:23:36Z"},
                                                          {"X-Acmetopic", "user.created"}}},
                                         Case{.name = "NoPrefixLetsMetadataReplaceContentType",
                                              .raw = {.header_prefix = " "},
                                              .of_event = {{"content-type", "text/plain"}, {"user-agent", "mine"}},
                                              .headers = {{"Content-Type", "text/plain"},
                                                          {"User-Agent", "agent"},
                                                          {"Event-Id", "evt_123"},
                                                          {"Signature", "v0=sig"},
                                                          {"Timestamp", "2024-06-01T08:23:36Z"},
                                                          {"Topic", "user.created"}}},
                                         Case{.name = "DisabledHeadersAndTheirKeys",
                                              .raw = {.event_id = {.name = ""},
                                                      .signature = {.name = ""},
                                                      .timestamp = {.name = ""},
                                                      .topic = {.name = ""}},
                                              .of_event = {{"event-id", "x"}, {"topic", "x"}, {"signature", "mine"}},
                                              .headers = {{"Content-Type", "application/json"},
                                                          {"User-Agent", "agent"},
                                                          {"X-Outpost-Signature", "mine"}}}),
                         kCaseName);

// decision B19
INSTANTIATE_TEST_SUITE_P(Guarded, RequestHeaderCase,
                         testing::Values(Case{.name = "EventMetadataKeepsOffIdTimestampAndSignature",
                                              .of_event = {{"Event-ID", "x"},
                                                           {"event-id", "x"},
                                                           {"signature", "x"},
                                                           {"timestamp", "x"},
                                                           {"topic", "other"}},
                                              .headers = with({{"X-Outpost-Topic", "other"}})},
                                         Case{.name = "PinnedNamesAreGuardedToo",
                                              .raw = {.header_prefix = "x-", .event_id = {.name = "X-Id"}},
                                              .of_event = {{"id", "x"}, {"signature", "x"}},
                                              .headers = {{"Content-Type", "application/json"},
                                                          {"User-Agent", "agent"},
                                                          {"X-Id", "evt_123"},
                                                          {"X-Signature", "v0=sig"},
                                                          {"X-Timestamp", "2024-06-01T08:23:36Z"},
                                                          {"X-Topic", "user.created"}}},
                                         Case{.name = "TheDestinationMayReplaceItsOwn",
                                              .of_destination = {{"event-id", "mine"}, {"signature", "x"}},
                                              .headers = with({{"X-Outpost-Event-Id", "mine"}})}),
                         kCaseName);

// decision B18
INSTANTIATE_TEST_SUITE_P(LeftOut, RequestHeaderCase,
                         testing::Values(Case{.name = "IllegalMetadata",
                                              .of_event = {{"a b", "x"}, {"broken", "x\r\ny"}, {"fine", "\xC3\xA9\t"}},
                                              .headers = with({{"X-Outpost-Fine", "\xC3\xA9\t"}}),
                                              .left_out = {"a b", "broken"}},
                                         Case{.name = "IllegalCustomValuesStayForTheClientToRefuse",
                                              .custom = {{"a", "x\r\ny"}},
                                              .headers = with({{"A", "x\r\ny"}}),
                                              .custom_names = {"A"}}),
                         kCaseName);

// destinations.md §3, §13.2
INSTANTIATE_TEST_SUITE_P(
    StandardMode, RequestHeaderCase,
    testing::Values(
        Case{.name = "W1",
             .raw = {.mode = "standard"},
             .of_event = {{"source", "app"}},
             .headers = standard_with({{"Source", "app"}, {"Webhook-Source", "app"}})},
        Case{.name = "Milliseconds",
             .raw = {.mode = "standard", .include_millisecond_timestamp = true},
             .headers = standard_with({{"Webhook-Timestamp-Ms", "2024-06-01T08:23:36.12Z"}})},
        Case{.name = "MetadataKeepsOffTheThreeAndOffReservedNames",
             .raw = {.mode = "standard"},
             .of_destination = {{"event-id", "x"}, {"id", "x"}},
             .of_event = {{"id", "i"},
                          {"signature", "s"},
                          {"event-id", "e"},
                          {"webhook-id", "x"},
                          {"content-type", "x"},
                          {"Connection", "x"}},
             // The prefixed copy of content-type is an ordinary name; the bare ones of id and signature are, too.
             .headers = standard_with({{"Id", "i"},
                                       {"Signature", "s"},
                                       {"Event-Id", "e"},
                                       {"Webhook-Content-Type", "x"},
                                       {"Webhook-Connection", "x"},
                                       {"Webhook-Webhook-Id", "x"}})},
        Case{.name = "MetadataKeepsOffTheOwnersCredentials",
             .raw = {.mode = "standard"},
             .custom = {{"Authorization", "mine"}},
             .of_event = {{"authorization", "x"}, {"cookie", "c"}},
             .headers = standard_with(
                 {{"Authorization", "mine"}, {"Webhook-Authorization", "x"}, {"Webhook-Cookie", "c"}, {"Cookie", "c"}}),
             .custom_names = {"Authorization"}}),
    kCaseName);

}  // namespace
}  // namespace outpost::webhook
