#include "destinations/webhook/retry_after.hpp"

#include "model/retry_policy.hpp"

#include <charconv>

namespace outpost::webhook {
namespace {

constexpr std::size_t kLengthMax = 64;
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<std::int64_t> number(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < 0) return std::nullopt;
    return value;
}

/// The words of a date, cut at blanks and at the hyphens of the RFC 850 form.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(" -"), text.size());
        if (end > 0) words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::optional<Milliseconds> time_of_day(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto hour = number(text.substr(0, 2));
    const auto minute = number(text.substr(3, 2));
    const auto second = number(text.substr(6, 2));
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::optional<TimePoint> instant(std::string_view day, std::string_view month, std::int64_t year,
                                 std::string_view clock) {
    const auto day_number = number(day);
    const auto name = std::ranges::find(kMonths, month);
    const auto since_midnight = time_of_day(clock);
    if (!day_number || *day_number > 31 || name == kMonths.end() || !since_midnight) return std::nullopt;
    if (year < 1970 || year > 9999) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(static_cast<unsigned>(name - kMonths.begin()) + 1),
                                           std::chrono::day(static_cast<unsigned>(*day_number))};
    if (!date.ok()) return std::nullopt;
    return TimePoint(std::chrono::sys_days(date)) + *since_midnight;
}

/// Two digits mean the latest year that is at most fifty years ahead.
std::int64_t full_year(std::int64_t two_digits, TimePoint now) {
    const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
    const std::int64_t latest = static_cast<int>(today.year()) + 50;
    const std::int64_t year = latest - latest % 100 + two_digits;
    return year > latest ? year - 100 : year;
}

}  // namespace

std::optional<TimePoint> parse_http_date(std::string_view text, TimePoint now) {
    if (text.size() > kLengthMax) return std::nullopt;
    const std::vector<std::string_view> words = words_of(text);
    // "Sun Nov  6 08:49:37 1994"
    if (words.size() == 5) {
        const auto year = number(words[4]);
        return year ? instant(words[2], words[1], *year, words[3]) : std::nullopt;
    }
    // "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"
    if (words.size() != 6 || !words[0].ends_with(',') || words[5] != "GMT") return std::nullopt;
    const auto year = number(words[3]);
    if (!year) return std::nullopt;
    return instant(words[1], words[2], words[3].size() == 2 ? full_year(*year, now) : *year, words[4]);
}

std::optional<Milliseconds> parse_retry_after(std::string_view text, TimePoint now) {
    if (const auto seconds = number(text)) {
        if (*seconds == 0) return std::nullopt;
        const auto bounded = std::min<std::int64_t>(
            *seconds, std::chrono::duration_cast<std::chrono::seconds>(model::kRetryAfterMax).count());
        return std::chrono::seconds(bounded);
    }
    const auto date = parse_http_date(text, now);
    if (!date || *date <= now) return std::nullopt;
    return std::min<Milliseconds>(*date - now, model::kRetryAfterMax);
}

}  // namespace outpost::webhook
