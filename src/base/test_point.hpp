// Places at which a crash test kills the process (hard-cases T-01), and settings that only such tests may change. In
// builds without assertions (NDEBUG: the preset `release`) there is none of it: the calls are empty and inline.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace outpost {

#ifdef NDEBUG

inline void test_point(std::string_view) {}
inline std::optional<std::uint64_t> test_setting(const char*) {
    return std::nullopt;
}

#else

/// Ends the process as kill -9 does, when OUTPOST_TEST_POINT=name:count is set and this is the count-th call with that
/// name (1 = the first). Any thread.
void test_point(std::string_view name);
/// A number from the environment; none when it is not set or not a number.
/// @param variable  "OUTPOST_TEST_…"
std::optional<std::uint64_t> test_setting(const char* variable);

#endif

}  // namespace outpost
