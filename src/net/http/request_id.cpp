#include "net/http/request_id.hpp"

#include "base/crypto.hpp"

#include <algorithm>
#include <cstring>

namespace outpost::http {
namespace {

constexpr std::size_t kIdCharacters = 13;  // 13 × 5 bits hold 64

/// SplitMix64's last step: one to one, and neighbours look nothing like each other.
std::uint64_t scattered(std::uint64_t number) {
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9u;
    number = (number ^ (number >> 27)) * 0x94D049BB133111EBu;
    return number ^ (number >> 31);
}

}  // namespace

bool is_request_id(std::string_view text) {
    const auto visible = [](char c) { return c > ' ' && c <= '~'; };
    return !text.empty() && text.size() <= kRequestIdBytesMax && std::ranges::all_of(text, visible);
}

RequestIds::RequestIds() : next_(0) {
    const std::string seed = random_bytes(sizeof next_);
    std::memcpy(&next_, seed.data(), sizeof next_);
}

std::string RequestIds::next() {
    static constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    std::uint64_t number = scattered(next_++);
    std::string id(kIdCharacters, '0');
    for (auto at = id.rbegin(); at != id.rend(); ++at, number >>= 5) *at = kAlphabet[number & 31];
    return id;
}

}  // namespace outpost::http
