#include "net/aws/service_error.hpp"

#include "base/json.hpp"
#include "base/utf8.hpp"

#include <charconv>

namespace outpost::aws {
namespace {

// Services refuse what is signed more than 5 (some 15) minutes off; nearer than this, the clock is not to blame.
constexpr Milliseconds kSkewThatMatters = std::chrono::minutes(4);

constexpr std::array<std::string_view, 15> kThrottled = {"Throttling",
                                                         "ThrottlingException",
                                                         "ThrottledException",
                                                         "RequestThrottled",
                                                         "RequestThrottledException",
                                                         "TooManyRequestsException",
                                                         "ProvisionedThroughputExceededException",
                                                         "TransactionInProgressException",
                                                         "RequestLimitExceeded",
                                                         "BandwidthLimitExceeded",
                                                         "LimitExceededException",
                                                         "SlowDown",
                                                         "PriorRequestNotComplete",
                                                         "EC2ThrottledException",
                                                         "KMSThrottlingException"};
constexpr std::array<std::string_view, 2> kTransient = {"RequestTimeout", "RequestTimeoutException"};
constexpr std::array<std::string_view, 3> kSkewed = {"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"};
constexpr std::array<std::string_view, 4> kPerhapsSkewed = {"InvalidSignatureException", "SignatureDoesNotMatch",
                                                            "AuthFailure", "InvalidSignature"};

bool is_among(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// Fit to be shown: one line, UTF-8, bounded.
std::string shown(std::string_view text) {
    text = text.substr(0, text.find_first_of("\r\n"));
    return to_utf8(text.substr(0, kErrorTextBytesMax));
}

/// "com.amazonaws.sqs#QueueDoesNotExist", "ValidationException:http://…" and "Name;Sender" are all names with a frame.
std::string bare_code(std::string_view code) {
    code = code.substr(0, code.find_first_of(":;"));
    const auto hash = code.rfind('#');
    return shown(hash == std::string_view::npos ? code : code.substr(hash + 1));
}

std::string xml_text(std::string_view escaped) {
    constexpr std::array<std::pair<std::string_view, char>, 5> entities = {
        {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}}};
    std::string text;
    while (!escaped.empty()) {
        const auto* const known =
            std::ranges::find_if(entities, [&](const auto& entity) { return escaped.starts_with(entity.first); });
        if (known == entities.end()) {
            text += escaped.front();
            escaped.remove_prefix(1);
        } else {
            text += known->second;
            escaped.remove_prefix(known->first.size());
        }
    }
    return text;
}

/// The text of the first element of this name that has no attributes; errors need no more of XML.
std::string_view element(std::string_view xml, std::string_view name) {
    const std::string start = fmt::format("<{}>", name);
    const auto from = xml.find(start);
    if (from == std::string_view::npos) return {};
    xml.remove_prefix(from + start.size());
    return xml.substr(0, xml.find('<'));
}

std::string_view member(const json::object& object, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        const json::value* value = object.if_contains(name);
        if (value == nullptr) continue;
        if (const json::string* text = value->if_string()) return *text;
    }
    return {};
}

void read_json(const json::object& object, ServiceError& error) {
    error.code = bare_code(member(object, {"__type", "code", "Code"}));
    error.message = shown(member(object, {"message", "Message"}));
}

void read_xml(std::string_view body, ServiceError& error) {
    error.code = bare_code(element(body, "Code"));
    error.message = shown(xml_text(element(body, "Message")));
    error.request_id = shown(element(body, "RequestId"));
}

std::optional<int> number(std::string_view digits) {
    int value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failed != std::errc() || end != digits.data() + digits.size() || digits.starts_with('-')) return std::nullopt;
    return value;
}

}  // namespace

ServiceError decode_error(const http::ClientResponse& response) {
    ServiceError error{.status = response.status};
    if (response.body.starts_with('<')) {
        read_xml(response.body, error);
    } else if (const auto body = parse_json(response.body); body && body->is_object()) {
        read_json(body->get_object(), error);
    }
    if (const auto type = response.headers.find("X-Amzn-ErrorType"); type && error.code.empty())
        error.code = bare_code(*type);
    for (const char* name : {"X-Amzn-RequestId", "X-Amz-Request-Id"}) {
        if (const auto id = response.headers.find(name); id && error.request_id.empty()) error.request_id = shown(*id);
    }
    return error;
}

Remedy remedy_for(const ServiceError& error, std::optional<Milliseconds> skew) {
    if (skew && is_among(kSkewed, error.code)) return Remedy::correct_time;
    if (skew && std::chrono::abs(*skew) >= kSkewThatMatters && is_among(kPerhapsSkewed, error.code))
        return Remedy::correct_time;
    if (is_among(kThrottled, error.code) || is_among(kTransient, error.code)) return Remedy::wait;
    if (error.status == 429 || error.status == 500 || (error.status >= 502 && error.status <= 504)) return Remedy::wait;
    return Remedy::none;
}

std::optional<TimePoint> parse_http_date(std::string_view text) {
    constexpr std::string_view form = "Sun, 06 Nov 1994 08:49:37 GMT";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != form.size() || !text.ends_with(" GMT")) return std::nullopt;
    const auto day = number(text.substr(5, 2));
    const auto month = months.find(text.substr(8, 3));
    const auto year = number(text.substr(12, 4));
    const auto hour = number(text.substr(17, 2));
    const auto minute = number(text.substr(20, 2));
    const auto second = number(text.substr(23, 2));
    if (!day || !year || !hour || !minute || !second) return std::nullopt;
    if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

}  // namespace outpost::aws
