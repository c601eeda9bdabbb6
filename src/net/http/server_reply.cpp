#include "net/http/server_reply.hpp"

#include "base/log.hpp"
#include "net/http/request_id.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace outpost::http {
namespace {

constexpr std::array<std::string_view, 5> kOwnFields = {"Content-Length", "Transfer-Encoding", "Connection", "Date",
                                                        kRequestIdField};

bool is_own_field(std::string_view name) {
    return std::ranges::any_of(kOwnFields, [&](std::string_view own) { return equal_ignoring_case(own, name); });
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

bool is_sound(std::string_view name, std::string_view value) {
    const bool clean_name = std::ranges::none_of(name, [](char c) { return is_control(c) || c <= ' ' || c == ':'; });
    return !name.empty() && clean_name && std::ranges::none_of(value, is_control);
}

void append_number(std::string& out, std::size_t number) {
    const fmt::format_int digits(number);
    out.append(digits.data(), digits.size());
}

void append_fields(std::string& out, const Headers& headers, std::string_view request_id) {
    for (const auto& [name, value] : headers) {
        if (is_own_field(name)) continue;
        if (!is_sound(name, value)) {
            log::error("http.response_field_refused",
                       {{"request_id", request_id}, {"size", name.size() + value.size()}});
            continue;
        }
        out.append(name).append(": ").append(value).append("\r\n");
    }
}

}  // namespace

bool reply_has_body(int status, bool head_request) {
    return !head_request && status != 204 && status != 304;
}

void append_reply_head(std::string& out, const ServerResponse& response, const ReplyFacts& facts) {
    const auto status = static_cast<unsigned>(response.status);
    const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
    out.append("HTTP/1.1 ");
    append_number(out, status);
    out.append(" ").append(reason.data(), reason.size()).append("\r\n");
    append_fields(out, response.headers, facts.request_id);
    out.append(kRequestIdField).append(": ").append(facts.request_id).append("\r\n");
    out.append("Date: ").append(facts.date).append("\r\n");
    if (response.status != 204 && response.status != 304) {
        out.append("Content-Length: ");
        append_number(out, response.body.size());
        out.append("\r\n");
    }
    if (facts.afterwards == Afterwards::close) out.append("Connection: close\r\n");
    if (facts.afterwards == Afterwards::keep_open_and_say) out.append("Connection: keep-alive\r\n");
    out.append("\r\n");
}

ServerResponse error_response(const ServerSettings& settings, int status, std::string_view message) {
    ServerResponse response;
    response.status = status;
    response.headers.add("Content-Type", settings.error_content_type);
    response.body = settings.error_body ? settings.error_body(status, message)
                                        : fmt::format(R"({{"status":{},"message":"{}"}})", status, message);
    return response;
}

std::string_view DateText::at(TimePoint now) {
    static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::int64_t second = unix_seconds(now);
    if (second == second_) return text_;
    second_ = second;
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(now - day));
    text_ = fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
                        static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                        static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                        time.seconds().count());
    return text_;
}

}  // namespace outpost::http
