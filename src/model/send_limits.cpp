#include "model/send_limits.hpp"

#include <array>
#include <charconv>

namespace outpost::model {
namespace {

struct Bounded {
    const char* key;
    std::uint32_t max;
};
constexpr Bounded kTimeout{"timeout_seconds", kTimeoutSecondsMax};
constexpr Bounded kRate{"rate_limit_per_second", kRateLimitPerSecondMax};
constexpr Bounded kConcurrency{"max_concurrency", kDestinationConcurrencyMax};

std::optional<std::uint32_t> number(const StringMap& config, const Bounded& limit) {
    const auto found = config.find(limit.key);
    if (found == config.end()) return std::nullopt;
    const std::string& text = found->second;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && value > 0 && value <= limit.max ? std::optional(value) : std::nullopt;
}

}  // namespace

SendLimits send_limits(const StringMap& config) {
    SendLimits limits{
        .timeout = std::nullopt, .per_second = number(config, kRate), .concurrency_max = number(config, kConcurrency)};
    if (const auto seconds = number(config, kTimeout)) limits.timeout = std::chrono::seconds(*seconds);
    return limits;
}

std::vector<std::pair<std::string, std::string>> check_send_limits(const StringMap& config) {
    std::vector<std::pair<std::string, std::string>> problems;
    for (const Bounded& limit : {kTimeout, kRate, kConcurrency}) {
        const auto found = config.find(limit.key);
        if (found == config.end() || found->second.empty() || number(config, limit)) continue;
        problems.emplace_back(fmt::format("config.{}", limit.key),
                              fmt::format("must be a whole number from 1 to {}", limit.max));
    }
    return problems;
}

}  // namespace outpost::model
