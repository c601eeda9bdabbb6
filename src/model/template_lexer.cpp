#include "model/template_lexer.hpp"

#include "base/utf8.hpp"

#include <charconv>

namespace outpost::model::templates {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_blank(char c) {
    return kBlanks.contains(c);
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word(char c) {
    return is_letter(c) || is_digit(c);
}

std::string_view trim_left(std::string_view text) {
    const std::size_t start = text.find_first_not_of(kBlanks);
    return start == std::string_view::npos ? std::string_view() : text.substr(start);
}
std::string_view trim_right(std::string_view text) {
    const std::size_t last = text.find_last_not_of(kBlanks);
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// A number in an escape: `digits` characters of `base`, taken off `rest`.
std::optional<std::uint32_t> take_escape_number(std::string_view& rest, std::size_t digits, int base) {
    std::uint32_t value = 0;
    if (rest.size() < digits) return std::nullopt;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + digits, value, base);
    if (error != std::errc() || end != rest.data() + digits) return std::nullopt;
    rest.remove_prefix(digits);
    return value;
}

/// Decodes one escape of an interpreted Go string; `rest` starts behind the back-slash.
bool take_escape(std::string_view& rest, std::string& out) {
    if (rest.empty()) return false;
    const char kind = rest.front();
    static constexpr std::string_view kNames = "abfnrtv\\\"";
    static constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"";
    if (const std::size_t at = kNames.find(kind); at != std::string_view::npos) {
        out += kMeanings[at];
        rest.remove_prefix(1);
        return true;
    }
    if (kind >= '0' && kind <= '7') {
        const auto byte = take_escape_number(rest, 3, 8);
        if (!byte || *byte > 0xFF) return false;
        out += static_cast<char>(*byte);
        return true;
    }
    rest.remove_prefix(1);
    if (kind == 'x') {
        const auto byte = take_escape_number(rest, 2, 16);
        if (byte) out += static_cast<char>(*byte);
        return byte.has_value();
    }
    if (kind != 'u' && kind != 'U') return false;
    const auto code_point = take_escape_number(rest, kind == 'u' ? 4 : 8, 16);
    if (!code_point || *code_point > 0x10FFFF || (*code_point >= 0xD800 && *code_point <= 0xDFFF)) return false;
    append_utf8(out, static_cast<char32_t>(*code_point));
    return true;
}

/// The tokens of one template, in order. One use.
class Lexer {
public:
    explicit Lexer(std::string_view text) : rest_(text) {}

    Result<std::vector<Token>> run() && {
        while (true) {
            const std::size_t open = rest_.find("{{");
            std::string_view text = rest_.substr(0, open);
            if (trim_next_text_) text = trim_left(text);
            if (open == std::string_view::npos) {
                add_text(text);
                return std::move(tokens_);
            }
            rest_.remove_prefix(open + 2);
            if (rest_.size() >= 2 && rest_[0] == '-' && is_blank(rest_[1])) {
                text = trim_right(text);
                rest_.remove_prefix(1);
            }
            add_text(text);
            TRY_VOID(trim_left(rest_).starts_with("/*") ? comment() : action());
        }
    }

private:
    void add(TokenKind kind, std::string_view text) {
        tokens_.push_back({.kind = kind, .text = std::string(text), .space_before = space_});
        space_ = false;
    }
    void add_text(std::string_view text) {
        if (!text.empty()) add(TokenKind::text, text);
    }

    /// Takes `}}` or ` -}}` off the rest.
    bool take_close() {
        const std::string_view trimmed = trim_left(rest_);
        trim_next_text_ = trimmed.size() < rest_.size() && trimmed.starts_with("-}}");
        if (!trim_next_text_ && !rest_.starts_with("}}")) return false;
        rest_ = trim_next_text_ ? trimmed.substr(3) : rest_.substr(2);
        return true;
    }

    Result<void> comment() {
        rest_ = trim_left(rest_);
        const std::size_t end = rest_.find("*/", 2);
        if (end == std::string_view::npos) return fail(Errc::invalid, "unclosed comment");
        rest_.remove_prefix(end + 2);
        if (!take_close()) return fail(Errc::invalid, "comment ends before closing delimiter");
        return {};
    }

    Result<void> action() {
        add(TokenKind::open, "{{");
        while (!take_close()) {
            if (rest_.empty()) return fail(Errc::invalid, "unclosed action");
            if (is_blank(rest_.front())) {
                rest_ = trim_left(rest_);
                space_ = true;
                continue;
            }
            TRY_VOID(token());
        }
        add(TokenKind::close, "}}");
        return {};
    }

    Result<void> token() {
        const char c = rest_.front();
        switch (c) {
            case '|': return single(TokenKind::pipe);
            case '(': return single(TokenKind::left_parenthesis);
            case ')': return single(TokenKind::right_parenthesis);
            case '"': return quoted();
            case '`': return raw();
            case '\'': return fail(Errc::invalid, "character constants are not supported");
            case '$': return fail(Errc::invalid, "variables ($) are not supported");
            default: break;
        }
        if (is_letter(c)) {
            take(TokenKind::identifier, word_length(0));
            return {};
        }
        if (c == '.') return path();
        if (is_digit(c) || ((c == '-' || c == '+') && rest_.size() > 1 && is_digit(rest_[1]))) return number();
        return fail(Errc::invalid, fmt::format("unexpected {:?} in action", to_utf8(rest_.substr(0, 1))));
    }

    Result<void> single(TokenKind kind) {
        take(kind, 1);
        return {};
    }
    void take(TokenKind kind, std::size_t length) {
        add(kind, rest_.substr(0, length));
        rest_.remove_prefix(length);
    }
    std::size_t word_length(std::size_t from) const {
        std::size_t length = from;
        while (length < rest_.size() && is_word(rest_[length])) ++length;
        return length;
    }

    Result<void> path() {
        std::size_t length = 1;
        while (length < rest_.size() && is_letter(rest_[length])) {
            length = word_length(length);
            if (length + 1 >= rest_.size() || rest_[length] != '.' || !is_letter(rest_[length + 1])) break;
            ++length;
        }
        if (length < rest_.size() && (is_word(rest_[length]) || rest_[length] == '.'))
            return fail(Errc::invalid, "bad field name after \".\"");
        take(TokenKind::path, length);
        return {};
    }

    Result<void> number() {
        std::size_t length = 1;
        while (length < rest_.size() && (is_word(rest_[length]) || rest_[length] == '.')) ++length;
        const std::string_view text = rest_.substr(0, length);
        if (!std::ranges::all_of(text.substr(1), is_digit))
            return fail(Errc::invalid, fmt::format("number {} is not supported: only decimal integers", text));
        take(TokenKind::number, length);
        return {};
    }

    Result<void> quoted() {
        std::string decoded;
        std::string_view rest = rest_.substr(1);
        while (!rest.empty() && rest.front() != '"') {
            const char c = rest.front();
            if (c == '\n') break;
            rest.remove_prefix(1);
            if (c != '\\') decoded += c;
            else if (!take_escape(rest, decoded)) return fail(Errc::invalid, "bad escape in quoted string");
        }
        if (rest.empty() || rest.front() != '"') return fail(Errc::invalid, "unterminated quoted string");
        rest_ = rest.substr(1);
        add(TokenKind::string, decoded);
        return {};
    }

    Result<void> raw() {
        const std::size_t end = rest_.find('`', 1);
        if (end == std::string_view::npos) return fail(Errc::invalid, "unterminated raw quoted string");
        add(TokenKind::string, rest_.substr(1, end - 1));
        rest_.remove_prefix(end + 1);
        return {};
    }

    std::string_view rest_;
    std::vector<Token> tokens_;
    bool space_ = false;
    bool trim_next_text_ = false;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view text) {
    return Lexer(text).run();
}

}  // namespace outpost::model::templates
