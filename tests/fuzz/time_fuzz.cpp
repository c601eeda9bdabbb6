// Times as clients write them (api.md §3.4, §4.2).
#include "base/time.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"

namespace outpost::fuzz {

void time_fuzz(std::string_view input);

void time_fuzz(std::string_view text) {
    const auto time = parse_rfc3339(text);
    if (time) {
        const auto again = parse_rfc3339(to_rfc3339(*time));
        ASSERT(again.has_value() && *again == *time);
        const auto seconds = parse_rfc3339(to_rfc3339_seconds(*time));
        ASSERT(seconds.has_value() && *seconds == std::chrono::floor<std::chrono::seconds>(*time));
        ASSERT(unix_ms(*time) >= 0);
    } else {
        ASSERT(time.error().code() == Errc::invalid);
        ASSERT(!is_utf8(text) || is_utf8(time.error().text()));  // it becomes part of an answer
    }
    const auto bound = parse_time_bound(text);
    ASSERT(!time || (bound.has_value() && *bound == *time));
    const auto lenient = parse_date_or_time_bound(text);
    ASSERT(!bound || (lenient.has_value() && *lenient == *bound));
}

}  // namespace outpost::fuzz
