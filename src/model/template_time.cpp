#include "model/template_time.hpp"

#include <iterator>

namespace outpost::model::templates {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

struct Moment {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned weekday = 0;
    int day_of_year = 0;
    long hour = 0;
    long minute = 0;
    long second = 0;
    long nanoseconds = 0;
};

Moment moment_of(TimePoint time) {
    const auto midnight = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss<Milliseconds> clock(time - midnight);
    const std::chrono::sys_days new_year = date.year() / std::chrono::January / 1;
    return {.year = static_cast<int>(date.year()),
            .month = static_cast<unsigned>(date.month()),
            .day = static_cast<unsigned>(date.day()),
            .weekday = std::chrono::weekday(midnight).c_encoding(),
            .day_of_year = static_cast<int>((midnight - new_year).count()) + 1,
            .hour = clock.hours().count(),
            .minute = clock.minutes().count(),
            .second = clock.seconds().count(),
            .nanoseconds = clock.subseconds().count() * 1'000'000};
}

long hour_of_12(const Moment& moment) {
    return moment.hour % 12 == 0 ? 12 : moment.hour % 12;
}

using Writer = void (*)(std::string& out, const Moment& moment);
using Out = std::back_insert_iterator<std::string>;

struct Chunk {
    std::string_view layout;
    Writer write;
    bool not_before_lower_case = false;  ///< "Jan" of "January" or "Janus" is no month
};

// Longer ones before their beginnings. The zone is always UTC.
constexpr std::array<Chunk, 34> kChunks = {{
    {"January", [](std::string& out, const Moment& m) { out += kMonths[m.month - 1]; }},
    {"Jan", [](std::string& out, const Moment& m) { out += kMonths[m.month - 1].substr(0, 3); }, true},
    {"Monday", [](std::string& out, const Moment& m) { out += kWeekdays[m.weekday]; }},
    {"Mon", [](std::string& out, const Moment& m) { out += kWeekdays[m.weekday].substr(0, 3); }, true},
    {"MST", [](std::string& out, const Moment&) { out += "UTC"; }},
    {"002", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:03}", m.day_of_year); }},
    {"01", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:02}", m.month); }},
    {"02", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:02}", m.day); }},
    {"03", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:02}", hour_of_12(m)); }},
    {"04", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:02}", m.minute); }},
    {"05", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:02}", m.second); }},
    {"06", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:02}", m.year % 100); }},
    {"15", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:02}", m.hour); }},
    {"1", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{}", m.month); }},
    {"2006", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:04}", m.year); }},
    {"2", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{}", m.day); }},
    {"__2", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:3}", m.day_of_year); }},
    {"_2006", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "_{:04}", m.year); }},
    {"_2", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{:2}", m.day); }},
    {"3", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{}", hour_of_12(m)); }},
    {"4", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{}", m.minute); }},
    {"5", [](std::string& out, const Moment& m) { fmt::format_to(Out(out), "{}", m.second); }},
    {"PM", [](std::string& out, const Moment& m) { out += m.hour < 12 ? "AM" : "PM"; }},
    {"pm", [](std::string& out, const Moment& m) { out += m.hour < 12 ? "am" : "pm"; }},
    {"-07:00:00", [](std::string& out, const Moment&) { out += "+00:00:00"; }},
    {"-07:00", [](std::string& out, const Moment&) { out += "+00:00"; }},
    {"-070000", [](std::string& out, const Moment&) { out += "+000000"; }},
    {"-0700", [](std::string& out, const Moment&) { out += "+0000"; }},
    {"-07", [](std::string& out, const Moment&) { out += "+00"; }},
    {"Z07:00:00", [](std::string& out, const Moment&) { out += "Z"; }},
    {"Z07:00", [](std::string& out, const Moment&) { out += "Z"; }},
    {"Z070000", [](std::string& out, const Moment&) { out += "Z"; }},
    {"Z0700", [](std::string& out, const Moment&) { out += "Z"; }},
    {"Z07", [](std::string& out, const Moment&) { out += "Z"; }},
}};

/// ".000" (kept) or ".999" (trailing zeros dropped), not before another digit: 0 if `layout` does not start with it.
std::size_t fraction_length(std::string_view layout) {
    if (layout.size() < 2 || (layout[0] != '.' && layout[0] != ',') || (layout[1] != '0' && layout[1] != '9')) return 0;
    const std::size_t end = std::min(layout.find_first_not_of(layout[1], 1), layout.size());
    const bool digit_follows = end < layout.size() && layout[end] >= '0' && layout[end] <= '9';
    return digit_follows ? 0 : end;
}

void write_fraction(std::string& out, std::string_view chunk, const Moment& moment) {
    std::string digits = fmt::format("{:09}", moment.nanoseconds);
    digits.resize(std::min<std::size_t>(chunk.size() - 1, 9));
    if (chunk[1] == '9') digits.erase(digits.find_last_not_of('0') + 1);
    if (!digits.empty()) (out += chunk[0]) += digits;
}

const Chunk* chunk_at(std::string_view layout) {
    for (const Chunk& chunk : kChunks) {
        if (!layout.starts_with(chunk.layout)) continue;
        const std::string_view behind = layout.substr(chunk.layout.size());
        if (chunk.not_before_lower_case && !behind.empty() && behind[0] >= 'a' && behind[0] <= 'z') continue;
        return &chunk;
    }
    return nullptr;
}

}  // namespace

std::string format_go_time(TimePoint time, std::string_view layout) {
    const Moment moment = moment_of(time);
    std::string out;
    while (!layout.empty()) {
        if (const std::size_t length = fraction_length(layout); length > 0) {
            write_fraction(out, layout.substr(0, length), moment);
            layout.remove_prefix(length);
        } else if (const Chunk* chunk = chunk_at(layout)) {
            chunk->write(out, moment);
            layout.remove_prefix(chunk->layout.size());
        } else {
            out += layout.front();
            layout.remove_prefix(1);
        }
    }
    return out;
}

std::string go_time_text(TimePoint time) {
    return format_go_time(time, "2006-01-02 15:04:05.999999999 -0700 MST");
}

}  // namespace outpost::model::templates
