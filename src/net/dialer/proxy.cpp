#include "net/dialer/proxy.hpp"

#include <array>
#include <utility>

namespace outpost::net {
namespace {

using Flag = std::pair<std::string_view, FailureKind>;
constexpr std::array<Flag, 15> kFlags = {{{"UF", FailureKind::connection_refused},
                                          {"UH", FailureKind::connection_refused},
                                          {"LH", FailureKind::connection_refused},
                                          {"UC", FailureKind::connection_reset},
                                          {"UR", FailureKind::connection_reset},
                                          {"LR", FailureKind::connection_reset},
                                          {"UT", FailureKind::timeout},
                                          {"SI", FailureKind::timeout},
                                          {"DT", FailureKind::timeout},
                                          {"UMSDR", FailureKind::timeout},
                                          {"DF", FailureKind::dns_error},
                                          {"NR", FailureKind::network_unreachable},
                                          {"NC", FailureKind::network_unreachable},
                                          {"UPE", FailureKind::protocol_error},
                                          {"DPE", FailureKind::protocol_error}}};

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kProxyAuthenticationRequired = 407;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::optional<FailureKind> failure_of_envoy_flag(std::string_view flag) {
    flag = trimmed(flag);
    if (flag.empty() || flag == "-") return std::nullopt;
    for (const auto& [name, kind] : kFlags)
        if (name == flag) return kind;
    return FailureKind::network_error;
}

bool is_refusal_of_us(int status) {
    return status == kUnauthorized || status == kForbidden || status == kProxyAuthenticationRequired;
}

}  // namespace outpost::net
