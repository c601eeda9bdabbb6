#include "destinations/webhook/trace.hpp"

#include "base/json_writer.hpp"
#include "destinations/webhook/preview.hpp"
#include "model/destination_type.hpp"

namespace outpost::webhook {
namespace {

constexpr std::size_t kUrlBytesMax = 4 * 1024;
constexpr std::size_t kMethodBytesMax = 64;
constexpr std::size_t kTimingBytesMax = 256;  ///< and the brackets
constexpr std::string_view kHiddenAuthorization = "Basic ****";

/// Puts texts into JSON while there is room. One use.
class Room {
public:
    explicit Room(std::string& out) : out_(out) {}

    /// `text` as a JSON string of at most `bytes_max`: what does not fit is cut off and marked.
    std::string quoted(std::string_view text, std::size_t bytes_max) const {
        std::string json;
        append_json_string(json, text);
        if (json.size() <= bytes_max) return json;
        json.clear();
        // One byte may become six in JSON, and a character cut in two a U+FFFD.
        const std::size_t fits = bytes_max > kQuotedMark ? (bytes_max - kQuotedMark) / 6 : 0;
        append_json_string(json, std::string(text.substr(0, fits)).append(kCutMark));
        return json;
    }
    std::size_t left() const {
        const std::size_t used = out_.size() + kTimingBytesMax;
        return used < model::kTraceBytesMax ? model::kTraceBytesMax - used : 0;
    }

private:
    static constexpr std::size_t kQuotedMark = kCutMark.size() + 8;
    std::string& out_;
};

void write_headers(JsonWriter& json, const Room& room, const http::ClientRequest& request) {
    json.begin_object();
    constexpr std::size_t kLeast = 64;
    const auto put = [&](std::string_view name, std::string_view value) {
        if (room.left() < name.size() * 6 + kLeast) return;  // one with a shorter name may still fit
        json.key(name);
        json.raw(room.quoted(value, room.left()));
    };
    const bool names_user = !request.url.user_info.empty() && !request.headers.find("Authorization");
    if (names_user) put("Authorization", kHiddenAuthorization);
    for (const auto& [name, value] : request.headers) put(name, holds_secret(name) ? model::mask(value) : value);
    json.end_object();
}

/// Milliseconds with three decimals: on a local network a step takes less than one.
void write_step(JsonWriter& json, std::string_view name, const http::Timing::Step& step) {
    json.key(name);
    if (!step) return json.null();
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(*step).count();
    json.raw(fmt::format("{}.{:03}", us / 1000, us % 1000));
}

}  // namespace

std::string trace_of(const http::ClientRequest& request, const http::Timing& timing) {
    std::string out;
    JsonWriter json(out);
    const Room room(out);
    json.begin_object();
    json.key("request");
    json.begin_object();
    json.raw_member("method", room.quoted(request.method, kMethodBytesMax));
    const std::string url = request.url.scheme + "://" + request.url.authority() + request.url.target;
    json.raw_member("url", room.quoted(url, kUrlBytesMax));
    json.key("headers");
    write_headers(json, room, request);
    json.end_object();
    json.key("timing");
    json.begin_object();
    write_step(json, "dns_ms", timing.dns);
    write_step(json, "connect_ms", timing.connect);
    write_step(json, "tls_ms", timing.tls);
    write_step(json, "first_byte_ms", timing.first_byte);
    write_step(json, "total_ms", timing.total);
    json.member("reused_connection", timing.connection_reused);
    json.end_object();
    json.end_object();
    return out;
}

}  // namespace outpost::webhook
