// What the fuzzers share: how an input is taken apart. A wrong answer of the code under test is an ASSERT, which ends
// the process; libFuzzer then keeps the input.
#pragma once

#include "base/result.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace outpost::fuzz {

/// One input, read from the front: choices first, as single bytes or lines, so that seeds can be written by hand.
class Input {
public:
    explicit Input(std::string_view bytes) : bytes_(bytes) {}

    bool empty() const { return bytes_.empty(); }
    /// 0 at the end.
    std::uint8_t byte() {
        if (bytes_.empty()) return 0;
        const auto value = static_cast<std::uint8_t>(bytes_.front());
        bytes_.remove_prefix(1);
        return value;
    }
    /// Big endian, of as many bytes.
    std::uint32_t number(std::size_t bytes) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | byte();
        return value;
    }
    /// Up to the next line feed, which is dropped.
    std::string_view line() {
        const std::size_t end = std::min(bytes_.find('\n'), bytes_.size());
        const std::string_view text = bytes_.substr(0, end);
        bytes_.remove_prefix(std::min(end + 1, bytes_.size()));
        return text;
    }
    std::string_view rest() const { return bytes_; }

private:
    std::string_view bytes_;
};

/// Cuts bytes into the pieces in which they arrive. The same seed makes the same pieces.
class Pieces {
public:
    /// @param seed  0 = all at once
    Pieces(std::string_view bytes, std::uint8_t seed) : bytes_(bytes), seed_(seed), state_(seed) {}

    bool done() const { return bytes_.empty(); }
    std::string_view next() {
        std::size_t size = bytes_.size();
        if (seed_ != 0) {
            state_ = state_ * 1664525 + 1013904223;
            size = std::min<std::size_t>(size, 1 + (state_ >> 16) % (1 + seed_ / 4));
        }
        const std::string_view piece = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return piece;
    }
    /// At most `size` bytes, whatever the seed says.
    std::string_view next(std::size_t size) {
        const std::string_view piece = bytes_.substr(0, size);
        bytes_.remove_prefix(piece.size());
        return piece;
    }

private:
    std::string_view bytes_;
    std::uint8_t seed_;
    std::uint32_t state_;
};

}  // namespace outpost::fuzz
