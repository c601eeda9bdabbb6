#include "base/json_scan.hpp"

#include "base/json.hpp"
#include "base/utf8.hpp"

#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace outpost {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Four hex digits at `at` as a number; -1 if there are none.
int code_unit(const char* at, const char* end) {
    if (end - at < 4) return -1;
    int unit = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hex_digit(at[i]);
        if (digit < 0) return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

bool is_high_surrogate(int unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(int unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/// What the escape \uXXXX at `at` (its backslash; valid) stands for, and where it ends; U+FFFD for a lone surrogate.
struct UnicodeEscape {
    char32_t code_point;
    std::size_t length;
    bool lone;
};

UnicodeEscape read_unicode_escape(const char* at, const char* end) {
    const int unit = code_unit(at + 2, end);
    if (is_high_surrogate(unit) && end - at >= 12 && at[6] == '\\' && at[7] == 'u') {
        const int second = code_unit(at + 8, end);
        if (is_low_surrogate(second)) {
            const int code_point = 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
            return {static_cast<char32_t>(code_point), 12, false};
        }
    }
    if (is_high_surrogate(unit) || is_low_surrogate(unit)) return {U'\uFFFD', 6, true};
    return {static_cast<char32_t>(unit), 6, false};
}

/// The first byte at or after `at` that is not plain text of a string: a quote, a backslash, a control, or not ASCII.
const char* skip_plain(const char* at, const char* end) {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(0x20);
    while (end - at >= 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        // Signed: bytes from 0x80 are negative, so one comparison finds controls and non-ASCII alike.
        const __m128i special = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)), _mm_cmplt_epi8(block, space));
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
        if (mask != 0) return at + __builtin_ctz(mask);
        at += 16;
    }
#endif
    while (at != end && static_cast<signed char>(*at) >= 0x20 && *at != '"' && *at != '\\') ++at;
    return at;
}

const char* skip_space(const char* at, const char* end) {
    while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
    return at;
}

/// One validating pass. Each step moves `at` past what it read, or gives false.
class Validator {
public:
    Validator(const char* at, const char* end) : at_(at), end_(end) {}

    const char* at() const { return at_; }
    bool lone_surrogate() const { return lone_surrogate_; }

    /// @param depth  how many arrays and objects may still open
    bool value(JsonKind& kind, std::size_t depth) {
        if (at_ == end_) return false;
        switch (*at_) {
            case '"': kind = JsonKind::string; return string();
            case '{': kind = JsonKind::object; return depth > 0 && object(depth - 1);
            case '[': kind = JsonKind::array; return depth > 0 && array(depth - 1);
            case 't': kind = JsonKind::boolean; return literal("true");
            case 'f': kind = JsonKind::boolean; return literal("false");
            case 'n': kind = JsonKind::null; return literal("null");
            default: kind = JsonKind::number; return number();
        }
    }

    /// From the opening quote past the closing one.
    bool string() {
        if (at_ == end_ || *at_ != '"') return false;
        ++at_;
        while (true) {
            at_ = skip_plain(at_, end_);
            if (at_ == end_) return false;
            if (*at_ == '"') {
                ++at_;
                return true;
            }
            if (*at_ == '\\') {
                if (!escape()) return false;
                continue;
            }
            if (static_cast<unsigned char>(*at_) < 0x20) return false;
            if (!not_ascii()) return false;
        }
    }

    void space() { at_ = skip_space(at_, end_); }
    bool take(char expected) {
        if (at_ == end_ || *at_ != expected) return false;
        ++at_;
        return true;
    }

private:
    /// A run of characters beyond ASCII, which in most scripts do not come alone.
    bool not_ascii() {
        while (at_ != end_ && static_cast<signed char>(*at_) < 0) {
            const std::size_t length = utf8_sequence_length({at_, static_cast<std::size_t>(end_ - at_)});
            if (length == 0) return false;
            at_ += length;
        }
        return true;
    }

    bool escape() {
        if (end_ - at_ < 2) return false;
        if (at_[1] != 'u') {
            if (std::strchr("\"\\/bfnrt", at_[1]) == nullptr || at_[1] == '\0') return false;
            at_ += 2;
            return true;
        }
        if (code_unit(at_ + 2, end_) < 0) return false;
        const UnicodeEscape read = read_unicode_escape(at_, end_);
        lone_surrogate_ = lone_surrogate_ || read.lone;
        at_ += read.length;
        return true;
    }

    bool literal(std::string_view word) {
        if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0) {
            return false;
        }
        at_ += word.size();
        return true;
    }

    bool digits() {
        const char* const start = at_;
        while (at_ != end_ && is_digit(*at_)) ++at_;
        return at_ != start;
    }

    bool number() {
        take('-');
        if (!take('0') && !digits()) return false;
        if (take('.') && !digits()) return false;
        if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
            ++at_;
            if (!take('+')) take('-');
            return digits();
        }
        return true;
    }

    bool array(std::size_t depth) {
        ++at_;
        space();
        if (take(']')) return true;
        JsonKind kind{};
        while (true) {
            space();
            if (!value(kind, depth)) return false;
            space();
            if (take(']')) return true;
            if (!take(',')) return false;
        }
    }

    bool object(std::size_t depth) {
        ++at_;
        space();
        if (take('}')) return true;
        JsonKind kind{};
        while (true) {
            space();
            if (!string()) return false;
            space();
            if (!take(':')) return false;
            space();
            if (!value(kind, depth)) return false;
            space();
            if (take('}')) return true;
            if (!take(',')) return false;
        }
    }

    const char* at_;
    const char* end_;
    bool lone_surrogate_ = false;
};

void append_simple_escape(std::string& out, char letter) {
    switch (letter) {
        case 'b': out += '\b'; return;
        case 'f': out += '\f'; return;
        case 'n': out += '\n'; return;
        case 'r': out += '\r'; return;
        case 't': out += '\t'; return;
        default: out += letter;
    }
}

}  // namespace

std::optional<JsonSlice> scan_json(std::string_view text) {
    const char* const end = text.data() + text.size();
    const char* const start = skip_space(text.data(), end);
    Validator validator(start, end);
    JsonSlice slice;
    if (!validator.value(slice.kind, kJsonDepthMax)) return std::nullopt;
    slice.raw = {start, static_cast<std::size_t>(validator.at() - start)};
    slice.lone_surrogate = validator.lone_surrogate();
    return slice;
}

JsonObjectScan::JsonObjectScan(std::string_view text)
    : at_(skip_space(text.data(), text.data() + text.size())), end_(text.data() + text.size()), state_(State::first) {
    if (at_ == end_ || *at_ != '{') state_ = State::not_object;
    else ++at_;
}

std::optional<JsonMember> JsonObjectScan::stop(State state) {
    state_ = state;
    return std::nullopt;
}

std::optional<JsonMember> JsonObjectScan::next() {
    if (state_ != State::first && state_ != State::later) return std::nullopt;
    Validator validator(at_, end_);
    validator.space();
    if (validator.take('}')) return stop(State::complete);
    if (state_ == State::later && !validator.take(',')) return stop(State::broken);
    validator.space();
    const char* const name = validator.at();
    if (!validator.string()) return stop(State::broken);
    const std::string_view quoted(name, static_cast<std::size_t>(validator.at() - name));
    validator.space();
    if (!validator.take(':')) return stop(State::broken);
    validator.space();

    JsonMember member;
    const char* const start = validator.at();
    Validator inner(start, end_);
    if (!inner.value(member.value.kind, kJsonDepthMax - 1)) return stop(State::broken);
    member.value.raw = {start, static_cast<std::size_t>(inner.at() - start)};
    member.value.lone_surrogate = inner.lone_surrogate();
    member.name = quoted.substr(1, quoted.size() - 2);
    if (member.name.find('\\') != std::string_view::npos) {
        name_ = json_string_text(quoted);
        member.name = name_;
    }
    at_ = inner.at();
    state_ = State::later;
    return member;
}

std::string json_string_text(std::string_view raw) {
    const char* at = raw.data() + 1;
    const char* const end = raw.data() + raw.size() - 1;
    std::string text;
    text.reserve(raw.size());
    while (at != end) {
        const auto* const escape = static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
        if (escape == nullptr) break;
        text.append(at, escape);
        if (escape[1] != 'u') {
            append_simple_escape(text, escape[1]);
            at = escape + 2;
            continue;
        }
        const UnicodeEscape read = read_unicode_escape(escape, end);
        append_utf8(text, read.code_point);
        at = escape + read.length;
    }
    text.append(at, end);
    return text;
}

std::string replace_lone_surrogates(std::string_view json) {
    std::string out(json);
    const char* const end = json.data() + json.size();
    std::size_t at = 0;
    // A backslash in valid JSON always starts an escape inside a string, so strings need not be told from the rest.
    while ((at = json.find('\\', at)) != std::string_view::npos) {
        if (json[at + 1] != 'u') {
            at += 2;
            continue;
        }
        const UnicodeEscape read = read_unicode_escape(json.data() + at, end);
        if (read.lone) out.replace(at + 2, 4, "fffd");
        at += read.length;
    }
    return out;
}

}  // namespace outpost
