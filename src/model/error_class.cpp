#include "model/error_class.hpp"

#include <algorithm>
#include <utility>

namespace outpost::model {
namespace {

using Known = std::pair<std::string_view, ErrorClass>;

constexpr std::array kCodes = {
    Known{"timeout", ErrorClass::timeout},
    Known{"dns_error", ErrorClass::dns},
    Known{"connection_refused", ErrorClass::connect},
    Known{"network_unreachable", ErrorClass::connect},
    Known{"connection_reset", ErrorClass::reset},
    Known{"tls_error", ErrorClass::tls},
    Known{"redirect_error", ErrorClass::http_3xx},
    Known{"blocked_address", ErrorClass::blocked},
    Known{"protocol_error", ErrorClass::network},
    Known{"network_error", ErrorClass::network},
    Known{"access_denied", ErrorClass::broker},
    Known{"exchange_not_found", ErrorClass::broker},
    Known{"channel_error", ErrorClass::broker},
    Known{"connection_forced", ErrorClass::broker},
    Known{"auth_failed", ErrorClass::broker},
    Known{"rabbitmq_error", ErrorClass::broker},
    Known{"topic_not_found", ErrorClass::broker},
    Known{"message_too_large", ErrorClass::broker},
    Known{"kafka_error", ErrorClass::broker},
};

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

}  // namespace

std::string_view to_string(ErrorClass error_class) {
    switch (error_class) {
        case ErrorClass::success: return "success";
        case ErrorClass::http_3xx: return "http_3xx";
        case ErrorClass::http_4xx: return "http_4xx";
        case ErrorClass::http_5xx: return "http_5xx";
        case ErrorClass::timeout: return "timeout";
        case ErrorClass::dns: return "dns";
        case ErrorClass::connect: return "connect";
        case ErrorClass::tls: return "tls";
        case ErrorClass::reset: return "reset";
        case ErrorClass::blocked: return "blocked";
        case ErrorClass::network: return "network";
        case ErrorClass::broker: return "broker";
        case ErrorClass::other: break;
    }
    return "other";
}

std::optional<ErrorClass> parse_error_class(std::string_view name) {
    const auto found = std::ranges::find(kErrorClasses, name, [](ErrorClass known) { return to_string(known); });
    return found == kErrorClasses.end() ? std::nullopt : std::optional(*found);
}

ErrorClass error_class(AttemptStatus status, std::string_view code) {
    if (status == AttemptStatus::success) return ErrorClass::success;
    if (const auto known = std::ranges::find(kCodes, code, &Known::first); known != kCodes.end()) return known->second;
    switch (http_class(code).value_or(' ')) {
        case '3': return ErrorClass::http_3xx;
        case '4': return ErrorClass::http_4xx;
        case '5': return ErrorClass::http_5xx;
        default: return ErrorClass::other;
    }
}

std::optional<char> http_class(std::string_view code) {
    if (code.size() != 3 || !std::ranges::all_of(code, is_digit)) return std::nullopt;
    return code.front();
}

}  // namespace outpost::model
