// The account of a run: which events were sent, accepted, and arrived how often. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace outpost::bench {

/// Monotonic, in microseconds.
std::int64_t now_us();

struct Outcome {
    std::uint64_t accepted = 0, refused = 0, lost = 0, duplicates = 0;
    std::uint64_t strays = 0;           ///< further copies of events of earlier plans
    double seconds = 0;                 ///< from the first request to the last arrival
    std::int64_t first_arrival_us = 0;  ///< as now_us(); 0 = nothing came
    std::int64_t last_arrival_us = 0;
    std::vector<double> latencies_ms;  ///< publish → receiver, of the awaited ones
    std::vector<double> answers_ms;    ///< publish → 202
    std::vector<std::string> samples;  ///< bodies of one 202 in kSampleEvery
};

inline constexpr std::uint64_t kSampleEvery = 1000;

class Tally {
public:
    /// A new plan of `count` events. What still comes of the former ones is a stray.
    void begin(std::uint64_t count);
    /// The number of the plan's first event; numbers never come back.
    std::uint64_t first() const { return first_; }
    void sent(std::uint64_t number, bool awaited);
    void answered(std::uint64_t number, bool accepted, const std::string& body);
    void arrived(std::uint64_t number);
    /// What was held back so far is expected from now on.
    void await_all();

    bool complete() const { return arrived_ >= expected_; }
    std::int64_t last_arrival_us() const { return last_arrival_us_; }
    Outcome judge() const;

private:
    struct Tracked {
        std::int64_t sent_us = 0;
        std::int64_t received_us = 0;
        std::uint32_t copies = 0;
        bool awaited = false;
        bool accepted = false;
    };
    std::uint64_t first_ = 0;
    std::vector<Tracked> events_;  // by number - first_
    std::uint64_t expected_ = 0;   // awaited and accepted
    std::uint64_t arrived_ = 0;    // awaited, each once
    std::int64_t begun_us_ = 0;
    std::int64_t last_arrival_us_ = 0;
    Outcome so_far_;
};

}  // namespace outpost::bench
