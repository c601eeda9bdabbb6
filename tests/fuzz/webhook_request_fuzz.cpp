// From an event and a destination to the bytes on the wire, read back by a strict server (hard-cases T-65). First byte:
// standard mode (1); then lines: custom headers as JSON, one metadata key, its value, a topic, a Retry-After; the rest:
// body.
#include "base/utf8.hpp"
#include "destinations/webhook/custom_headers.hpp"
#include "destinations/webhook/request_headers.hpp"
#include "destinations/webhook/retry_after.hpp"
#include "fuzz/fuzz.hpp"
#include "model/retry_policy.hpp"
#include "net/http/client_request.hpp"
#include "net/http/server_request_reader.hpp"

namespace outpost::fuzz {

void webhook_request_fuzz(std::string_view input);

namespace {

constexpr TimePoint kNow = TimePoint(Milliseconds(1'767'323'045'678));

/// The receiver sees one request, with this body, and with our own headers as we meant them.
void check_on_the_wire(std::string_view head, const http::ClientRequest& sent) {
    const http::ServerSettings settings;
    http::RequestReader reader(settings);
    const std::string bytes = std::string(head) + std::string(sent.body.view());
    std::string_view offered = bytes;
    const auto state = reader.take(offered);
    ASSERT(state != http::RequestReader::State::head && state != http::RequestReader::State::body);
    if (state == http::RequestReader::State::refused) {
        ASSERT(reader.refusal().status == 431);  // more than this receiver takes
        return;
    }
    ASSERT(offered.empty());
    const http::ServerRequest seen = reader.finish();
    ASSERT(seen.method == "POST" && seen.path == "/hook" && seen.body == sent.body);
    ASSERT(seen.headers.find("Host") == "example.com");
    for (const auto& [name, value] : seen.headers) {
        if (http::equal_ignoring_case(name, "x-outpost-signature")) ASSERT(value == "v0=abc");
        if (http::equal_ignoring_case(name, "x-outpost-event-id")) ASSERT(value == "evt_1");
    }
}

}  // namespace

void webhook_request_fuzz(std::string_view bytes) {
    Input input(bytes);
    webhook::RawSettings raw;
    if ((input.byte() & 1) != 0) raw.mode = "standard";
    static const auto plain = webhook::resolve_settings({});
    const auto settings = raw.mode.empty() ? plain : webhook::resolve_settings(raw);
    ASSERT(settings.has_value());

    model::Destination destination;
    destination.config["custom_headers"] = input.line();
    const auto custom = webhook::parse_custom_headers(destination.config);
    model::Event event;
    event.id = EventId("evt_1");
    event.time = kNow;
    const std::string key(input.line());
    event.metadata[key] = input.line();
    destination.delivery_metadata["d" + key] = event.metadata[key];
    event.topic = input.line();
    if (const auto pause = webhook::parse_retry_after(input.line(), kNow)) {
        ASSERT(*pause > Milliseconds(0) && *pause <= model::kRetryAfterMax);
    }
    event.data = Bytes(std::string(input.rest()));

    const webhook::HeaderInput header_input{.settings = *settings,
                                            .custom_headers = custom ? *custom : model::StringMap(),
                                            .destination = destination,
                                            .event = event,
                                            .signature = "v0=abc",
                                            .time = kNow};
    webhook::RequestHeaders headers = webhook::build_headers(header_input);
    http::ClientRequest request{.method = "POST", .url = {}, .headers = std::move(headers.fields), .body = event.data};
    request.url = {.scheme = "https", .user_info = {}, .host = "example.com", .port = 443, .target = "/hook"};
    const auto head = http::write_request_head(request);
    if (head) check_on_the_wire(*head, request);
}

}  // namespace outpost::fuzz
