#include "base/json_writer.hpp"

#include "base/utf8.hpp"

#include <charconv>
#include <cmath>

namespace outpost {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void append_escape(std::string& out, unsigned char byte) {
    switch (byte) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default:
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
    }
}

/// The reference's form: shortest digits, with an exponent (e-9, e+21) only below 1e-6 and from 1e21 on.
void append_number(std::string& out, double number) {
    const double size = std::abs(number);
    const bool with_exponent = size != 0 && (size < 1e-6 || size >= 1e21);
    std::array<char, 40> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                   with_exponent ? std::chars_format::scientific : std::chars_format::fixed);
    const std::string_view text(digits.data(), static_cast<std::size_t>(end.ptr - digits.data()));
    const std::size_t padding = text.find("e-0");
    if (padding == std::string_view::npos) {
        out += text;
        return;
    }
    out += text.substr(0, padding + 2);
    out += text.substr(padding + 3);
}

bool is_plain(unsigned char byte) {
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\' && byte != '<' && byte != '>' && byte != '&';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t start = at;
        while (at < text.size() && is_plain(static_cast<unsigned char>(text[at]))) ++at;
        out.append(text, start, at - start);
        if (at == text.size()) break;
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            append_escape(out, byte);
            ++at;
            continue;
        }
        const std::size_t length = utf8_sequence_length(text.substr(at));
        const std::string_view sequence = text.substr(at, length);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            ++at;
        } else {
            if (sequence == "\xE2\x80\xA8") out += "\\u2028";
            else if (sequence == "\xE2\x80\xA9") out += "\\u2029";
            else out += sequence;
            at += length;
        }
    }
    out += '"';
}

void JsonWriter::separate() {
    if (comma_) out_ += ',';
}

void JsonWriter::open(char bracket) {
    separate();
    out_ += bracket;
    comma_ = false;
}

void JsonWriter::close(char bracket) {
    out_ += bracket;
    comma_ = true;
}

void JsonWriter::key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_ += ':';
    comma_ = false;
}

void JsonWriter::value(std::string_view text) {
    separate();
    append_json_string(out_, text);
    comma_ = true;
}

void JsonWriter::value(double number) {
    separate();
    if (!std::isfinite(number)) {
        out_ += "null";
    } else {
        append_number(out_, number);
    }
    comma_ = true;
}

void JsonWriter::signed_number(std::int64_t number) {
    separate();
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out_.append(digits.data(), end.ptr);
    comma_ = true;
}

void JsonWriter::unsigned_number(std::uint64_t number) {
    separate();
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out_.append(digits.data(), end.ptr);
    comma_ = true;
}

void JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
    comma_ = true;
}

}  // namespace outpost
