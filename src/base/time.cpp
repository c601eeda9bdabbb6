#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace outpost {
namespace {

constexpr std::string_view kLayout = "2006-01-02T15:04:05Z07:00";

/// The first times that can't be kept (storage.md §16.8).
constexpr TimePoint kBeforeAll{Milliseconds(-1)};
constexpr TimePoint kAfterAll = std::chrono::sys_days(std::chrono::year(2262) / 1 / 1);

constexpr std::size_t kShownBytesMax = 64;  // of a client's own text in an error

std::string shown(std::string_view text) {
    if (text.size() <= kShownBytesMax) return std::string(text);
    std::size_t length = kShownBytesMax;
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;  // whole characters only
    return std::string(text.substr(0, length)) + "...";
}

std::unexpected<Error> cannot_parse(std::string_view text) {
    const std::string part = shown(text);
    return fail(Errc::invalid, fmt::format("parsing time \"{}\" as \"{}\": cannot parse \"{}\"", part, kLayout, part));
}

/// Reads exactly `digits` decimal digits and moves past them.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int number = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        number = number * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
    const auto year = take_number(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

std::optional<Milliseconds> take_time_of_day(std::string_view& text) {
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second || *second > 59) return std::nullopt;
    Milliseconds all = std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
    if (!text.empty() && (text.front() == '.' || text.front() == ',')) {
        text.remove_prefix(1);
        int scale = 100;
        std::size_t digits = 0;
        while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
            all += Milliseconds((text.front() - '0') * scale);
            scale /= 10;
            ++digits;
            text.remove_prefix(1);
        }
        if (digits == 0) return std::nullopt;
    }
    return all;
}

std::optional<std::chrono::minutes> take_zone(std::string_view& text) {
    if (take(text, 'Z')) return std::chrono::minutes(0);
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
    const bool west = text.front() == '-';
    text.remove_prefix(1);
    const auto hours = take_number(text, 2);
    if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const auto offset = std::chrono::minutes(*hours * 60 + *minutes);
    return west ? -offset : offset;
}

/// Any year of four digits.
Result<TimePoint> read_rfc3339(std::string_view text) {
    std::string_view rest = text;
    const auto date = take_date(rest);
    if (!date || !take(rest, 'T')) return cannot_parse(text);
    const auto time = take_time_of_day(rest);
    if (!time) return cannot_parse(text);
    const auto zone = take_zone(rest);
    if (!zone || !rest.empty()) return cannot_parse(text);
    return TimePoint(*date) + *time - *zone;
}

struct Parts {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<Milliseconds> time;
};

Parts split(TimePoint time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss<Milliseconds>(time - day)};
}

/// Overwrites `digits` places of `text` from `at`. Every event writes several times: a format string costs ten times
/// that.
void put_number(std::string& text, std::size_t at, std::size_t digits, std::int64_t number) {
    for (std::size_t place = at + digits; place-- > at; number /= 10)
        text[place] = static_cast<char>('0' + number % 10);
}

std::string date_and_time(const Parts& parts) {
    std::string text = "0000-00-00T00:00:00";
    put_number(text, 0, 4, static_cast<int>(parts.date.year()));
    put_number(text, 5, 2, static_cast<unsigned>(parts.date.month()));
    put_number(text, 8, 2, static_cast<unsigned>(parts.date.day()));
    put_number(text, 11, 2, parts.time.hours().count());
    put_number(text, 14, 2, parts.time.minutes().count());
    put_number(text, 17, 2, parts.time.seconds().count());
    return text;
}

}  // namespace

std::string to_rfc3339(TimePoint time) {
    const Parts parts = split(time);
    std::string text = date_and_time(parts);
    if (const auto fraction = parts.time.subseconds().count(); fraction != 0) {
        text += ".000";
        put_number(text, text.size() - 3, 3, fraction);
        while (text.back() == '0') text.pop_back();
    }
    text += 'Z';
    return text;
}

std::string to_rfc3339_seconds(TimePoint time) {
    return date_and_time(split(time)) + 'Z';
}

Result<TimePoint> parse_rfc3339(std::string_view text) {
    TRY(const TimePoint point, read_rfc3339(text));
    if (point <= kBeforeAll || point >= kAfterAll) {
        return fail(Errc::invalid,
                    fmt::format("parsing time \"{}\": the year must lie between 1970 and 2261", shown(text)));
    }
    return point;
}

Result<TimePoint> parse_time_bound(std::string_view text) {
    TRY(const TimePoint point, read_rfc3339(text));
    return std::clamp(point, kBeforeAll, kAfterAll);
}

Result<TimePoint> parse_date_or_time_bound(std::string_view text) {
    std::string_view rest = text;
    const auto date = take_date(rest);
    if (date && rest.empty()) return std::clamp(TimePoint(*date), kBeforeAll, kAfterAll);
    return parse_time_bound(text);
}

}  // namespace outpost
