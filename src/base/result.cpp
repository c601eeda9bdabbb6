#include "base/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace outpost {

std::string_view to_string(Errc code) {
    switch (code) {
        case Errc::invalid: return "invalid";
        case Errc::not_found: return "not_found";
        case Errc::conflict: return "conflict";
        case Errc::denied: return "denied";
        case Errc::limited: return "limited";
        case Errc::timeout: return "timeout";
        case Errc::unavailable: return "unavailable";
        case Errc::cancelled: return "cancelled";
        case Errc::corrupt: return "corrupt";
        case Errc::internal: return "internal";
    }
    return "unknown";
}

std::string Error::describe() const {
    std::string all = text_;
    for (const Error* next = cause(); next != nullptr; next = next->cause()) all += ": " + next->text();
    return all;
}

void assertion_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "assertion failed: %s at %s:%d\n", condition, file, line);
    std::abort();
}

}  // namespace outpost
