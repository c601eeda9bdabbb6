#include "base/test_point.hpp"

#ifndef NDEBUG

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>

#include <unistd.h>

namespace outpost {
namespace {

std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

struct Chosen {
    std::string name;
    std::atomic<std::uint64_t> left = 0;  // called by any thread

    Chosen() {
        const char* const value = std::getenv("OUTPOST_TEST_POINT");
        const std::string_view text = value == nullptr ? "" : value;
        const std::size_t colon = text.rfind(':');
        if (colon == std::string_view::npos) return;
        name = text.substr(0, colon);
        left = to_number(text.substr(colon + 1)).value_or(0);
    }
};

}  // namespace

void test_point(std::string_view name) {
    static Chosen chosen;
    if (chosen.name != name || chosen.left.fetch_sub(1) != 1) return;
    ::kill(::getpid(), SIGKILL);
}

std::optional<std::uint64_t> test_setting(const char* variable) {
    const char* const value = std::getenv(variable);
    return value == nullptr ? std::nullopt : to_number(value);
}

}  // namespace outpost

#endif
