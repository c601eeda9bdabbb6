// Chance from a seed: the same seed gives the same run, on every machine.
#pragma once

#include <cstdint>

namespace outpost::ports::fakes {

/// SplitMix64. Not for secrets.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15ull;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ull;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBull;
        return mixed ^ (mixed >> 31);
    }
    /// 0 <= result < 1.
    double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    /// True with this probability.
    bool roll(double probability) { return fraction() < probability; }
    /// 0 <= result < sides. @param sides  at least 1
    std::uint64_t below(std::uint64_t sides) { return next() % sides; }

private:
    std::uint64_t state_;
};

}  // namespace outpost::ports::fakes
