// How many tests a destination may be sent (portal.md §15a N2).
#pragma once

#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

namespace outpost::pipeline {

inline constexpr std::size_t kTestsPerMinuteMax = 10;          ///< of one destination
inline constexpr std::size_t kTestedDestinationsMax = 16'384;  ///< of one shard, within a minute

/// One a shard, on its thread. In memory: a restart forgets what was sent.
class TestLimit {
public:
    /// Counts one test now, unless there were kTestsPerMinuteMax within the last minute.
    /// @return how long to wait before one is allowed again; none: it is allowed, and counted
    std::optional<std::chrono::seconds> take(std::uint32_t destination, MonotonicTime now);

private:
    void forget_old(MonotonicTime now);

    std::unordered_map<std::uint32_t, std::deque<MonotonicTime>> sent_;
};

}  // namespace outpost::pipeline
