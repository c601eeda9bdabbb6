#include "model/metric_buckets.hpp"

#include <fmt/format.h>

#include <charconv>

namespace outpost::model {
namespace {

using std::chrono::days;
using std::chrono::months;

struct UnitRule {
    char letter;
    std::uint32_t count_max;
    Milliseconds length;  ///< none for months
    Milliseconds origin;  ///< of the grid, since 1970-01-01
};

constexpr Milliseconds kYearOne = -std::chrono::seconds(62'135'596'800);  // 0001-01-01T00:00:00Z

constexpr UnitRule kUnits[] = {
    {'s', 60, std::chrono::seconds(1), kYearOne},
    {'m', 60, std::chrono::minutes(1), kYearOne},
    {'h', 24, std::chrono::hours(1), kYearOne},
    {'d', 31, days(1), Milliseconds(0)},
    {'w', 4, days(7), days(3)},  // the first Sunday of 1970
    {'M', 12, Milliseconds(0), Milliseconds(0)},
};

const UnitRule& rule_of(BucketUnit unit) {
    return kUnits[static_cast<std::size_t>(unit)];
}

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
    return fail(Errc::invalid, fmt::format("invalid granularity \"{}\": {}", text, why));
}

template <class Integer>
Integer floor_to(Integer number, Integer step) {
    const Integer rest = number % step;
    return number - rest - (rest < 0 ? step : 0);
}

}  // namespace

Result<Granularity> parse_granularity(std::string_view text) {
    const std::string_view digits = text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
    const std::string_view rest = text.substr(digits.size());
    const auto* rule = std::ranges::find_if(
        kUnits, [&](const UnitRule& unit) { return rest.size() == 1 && rest.front() == unit.letter; });
    if (digits.empty() || rule == std::end(kUnits)) {
        return refuse(text, "must match <number><unit> where unit is one of s,m,h,d,w,M");
    }
    std::uint32_t count = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (parsed.ec == std::errc() && count == 0) return refuse(text, "value must be > 0");
    if (parsed.ec != std::errc() || count > rule->count_max) {
        return refuse(text, fmt::format("{} value must be between 1 and {}", rule->letter, rule->count_max));
    }
    return Granularity{count, static_cast<BucketUnit>(rule - kUnits)};
}

std::string to_string(Granularity granularity) {
    return fmt::format("{}{}", granularity.count, rule_of(granularity.unit).letter);
}

TimePoint bucket_of(Granularity granularity, TimePoint time) {
    if (granularity.unit != BucketUnit::month) {
        const UnitRule& rule = rule_of(granularity.unit);
        const std::int64_t step = rule.length.count() * granularity.count;
        const std::int64_t since = unix_ms(time) - rule.origin.count();
        return from_unix_ms(floor_to(since, step) + rule.origin.count());
    }
    const std::chrono::year_month_day date(std::chrono::floor<days>(time));
    const int month =
        (static_cast<int>(date.year()) - 1970) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
    const std::chrono::year_month first =
        std::chrono::year(1970) / std::chrono::January + months(floor_to(month, static_cast<int>(granularity.count)));
    return std::chrono::sys_days(first / 1);
}

TimePoint next_bucket(Granularity granularity, TimePoint start) {
    if (granularity.unit != BucketUnit::month) return start + rule_of(granularity.unit).length * granularity.count;
    const std::chrono::year_month_day date(std::chrono::floor<days>(start));
    return std::chrono::sys_days(date + months(granularity.count));
}

std::chrono::duration<double> bucket_length(Granularity granularity, TimePoint start) {
    return next_bucket(granularity, start) - start;
}

Result<std::vector<TimePoint>> buckets_of(Granularity granularity, TimeWindow window) {
    std::vector<TimePoint> buckets;
    for (TimePoint start = bucket_of(granularity, window.start); start < window.end;
         start = next_bucket(granularity, start)) {
        if (buckets.size() == kMetricBucketsMax) return fail(Errc::limited, "too many time buckets");
        buckets.push_back(start);
    }
    return buckets;
}

}  // namespace outpost::model
