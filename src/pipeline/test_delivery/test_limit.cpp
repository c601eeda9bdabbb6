#include "pipeline/test_delivery/test_limit.hpp"

namespace outpost::pipeline {
namespace {

constexpr auto kWindow = std::chrono::minutes(1);

}  // namespace

std::optional<std::chrono::seconds> TestLimit::take(std::uint32_t destination, MonotonicTime now) {
    if (sent_.size() >= kTestedDestinationsMax && !sent_.contains(destination)) {
        forget_old(now);
        if (sent_.size() >= kTestedDestinationsMax) return kWindow;
    }
    std::deque<MonotonicTime>& times = sent_[destination];
    while (!times.empty() && times.front() + kWindow <= now) times.pop_front();
    if (times.size() >= kTestsPerMinuteMax) {
        return std::chrono::ceil<std::chrono::seconds>(times.front() + kWindow - now);
    }
    times.push_back(now);
    return std::nullopt;
}

void TestLimit::forget_old(MonotonicTime now) {
    std::erase_if(sent_, [&](const auto& entry) { return entry.second.back() + kWindow <= now; });
}

}  // namespace outpost::pipeline
