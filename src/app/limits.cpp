#include "app/limits.hpp"

#include <sys/resource.h>

namespace outpost::app {
namespace {

constexpr std::size_t kConcurrencyMax = 8192;  // over all shards, when it is automatic
constexpr std::size_t kConnectionsMin = 64;
constexpr std::size_t kConnectionsMax = 500'000;  // when the system sets no limit
constexpr std::size_t kDescriptorsIfUnknown = 1024;

std::size_t descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kDescriptorsIfUnknown * 64;
    return static_cast<std::size_t>(limit.rlim_cur);
}

/// Descriptors for connections and sends.
std::size_t usable_descriptors() {
    const std::size_t descriptors = descriptor_limit();
    return descriptors > 2 * kDescriptorsKept ? descriptors - kDescriptorsKept : descriptors / 2;
}

}  // namespace

void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t connections_max(const Config& config) {
    const std::size_t usable = usable_descriptors();
    if (config.api_max_connections > 0) return std::clamp<std::size_t>(config.api_max_connections, 1, usable);
    return std::clamp(usable / 2, kConnectionsMin, kConnectionsMax);
}

std::size_t concurrency_of_shard(const Config& config, std::size_t shards) {
    std::size_t all = config.delivery_max_concurrency;
    if (all == 0) {
        all = std::min(usable_descriptors() / 2, kConcurrencyMax);
    }
    return std::max<std::size_t>(all / shards, 1);
}

}  // namespace outpost::app
