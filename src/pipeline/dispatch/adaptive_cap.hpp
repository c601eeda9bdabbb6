// How many sends to one destination may run at once (design.md §5 "Dispatch", decision B23). Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace outpost::pipeline {

/// What a send told about the destination's health.
enum class SendSign {
    answered,     ///< it answered, whatever it said: HTTP errors never lower the cap
    unreachable,  ///< a timeout or a failure to connect
    not_tried,    ///< our own trouble: says nothing
};

/// Starts at kStart, doubles on an answer while the cap is what holds sends back, falls to kFloor after kFallAfter
/// unreachable signs in a row.
class AdaptiveCap {
public:
    static constexpr std::size_t kStart = 4;
    static constexpr std::size_t kFloor = 2;
    static constexpr std::uint32_t kFallAfter = 5;

    explicit AdaptiveCap(std::size_t highest) : highest_(highest), cap_(kStart < highest ? kStart : highest) {}

    std::size_t value() const { return cap_; }
    bool at_floor() const { return fallen_; }
    /// Whether forgetting this cap would forget that the destination did not answer.
    bool in_trouble() const { return unreachable_ > 0; }

    /// @param was_binding  as many sends as the cap allows were running
    void note(SendSign sign, bool was_binding) {
        if (sign == SendSign::not_tried) return;
        if (sign == SendSign::unreachable) {
            if (++unreachable_ < kFallAfter) return;
            fallen_ = true;
            cap_ = kFloor < highest_ ? kFloor : highest_;
            return;
        }
        unreachable_ = 0;
        if (fallen_ || was_binding) cap_ = cap_ * 2 < highest_ ? cap_ * 2 : highest_;
        fallen_ = false;
    }

private:
    std::size_t highest_;
    std::size_t cap_;
    std::uint32_t unreachable_ = 0;
    bool fallen_ = false;
};

}  // namespace outpost::pipeline
