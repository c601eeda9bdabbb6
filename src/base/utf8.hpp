// What a valid UTF-8 sequence is (RFC 3629).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace outpost {

/// Length (1..4) of the valid sequence at the start of `text`; 0 if there is none.
std::size_t utf8_sequence_length(std::string_view text);
bool is_utf8(std::string_view text);
/// `text` with every byte that is not part of a valid sequence replaced by U+FFFD (decision B14).
std::string to_utf8(std::string_view text);
/// Appends the UTF-8 form of a code point (<= U+10FFFF, no surrogate).
void append_utf8(std::string& out, char32_t code_point);

}  // namespace outpost
