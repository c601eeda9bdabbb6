#include "model/jmespath_nodes.hpp"

#include <charconv>

namespace outpost::model::jmespath {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool begins_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    Result<std::vector<Token>> run() && {
        while (true) {
            while (at_ < text_.size() && std::string_view(" \t\r\n").contains(text_[at_])) ++at_;
            TRY(Token token, next());
            const bool last = token.kind == TokenKind::end;
            tokens_.push_back(std::move(token));
            if (last) return std::move(tokens_);
        }
    }

private:
    Result<Token> next() {
        Token token{.at = at_};
        if (at_ == text_.size()) return token;
        const char c = text_[at_];
        if (begins_name(c)) return name();
        if (is_digit(c) || c == '-') return number();
        if (c == '"') return quoted_name();
        if (c == '\'') return raw_string();
        if (c == '`') return literal();
        struct Sign {
            std::string_view text;
            TokenKind kind;
        };
        using enum TokenKind;
        constexpr std::array<Sign, 24> signs = {
            {{"[]", flatten},   {"[?", filter},     {"||", or_},       {"&&", and_},        {"==", eq},
             {"!=", ne},        {"<=", le},         {">=", ge},        {"<", lt},           {">", gt},
             {"!", not_},       {"|", pipe},        {"&", expref},     {"*", star},         {".", dot},
             {",", comma},      {":", colon},       {"@", current},    {"[", left_bracket}, {"]", right_bracket},
             {"{", left_brace}, {"}", right_brace}, {"(", left_paren}, {")", right_paren}}};
        for (const Sign& sign : signs) {
            if (!text_.substr(at_).starts_with(sign.text)) continue;
            at_ += sign.text.size();
            token.kind = sign.kind;
            return token;
        }
        return fault("unknown character");
    }

    Result<Token> name() {
        Token token{.kind = TokenKind::name, .at = at_};
        while (at_ < text_.size() && (begins_name(text_[at_]) || is_digit(text_[at_]))) token.text += text_[at_++];
        return token;
    }

    Result<Token> number() {
        Token token{.kind = TokenKind::number, .at = at_};
        const char* const end = text_.data() + text_.size();
        const auto [stop, error] = std::from_chars(text_.data() + at_, end, token.number);
        if (error != std::errc()) return fault("no number");
        at_ = static_cast<std::size_t>(stop - text_.data());
        return token;
    }

    /// What stands between quotes, quotes excluded; a backslash keeps the character behind it from ending it.
    Result<std::string_view> quoted(char quote) {
        const std::size_t start = ++at_;
        while (at_ < text_.size() && text_[at_] != quote) at_ += text_[at_] == '\\' ? 2 : 1;
        if (at_ >= text_.size()) return fault("a quote is not closed");
        return text_.substr(start, at_++ - start);
    }

    Result<Token> quoted_name() {
        const std::size_t start = at_;
        TRY(const std::string_view content, quoted('"'));
        auto value = parse_json(fmt::format("\"{}\"", content));
        if (!value || !value->is_string()) return fault("a quoted name is no JSON string");
        return Token{.kind = TokenKind::quoted_name, .text = std::string(value->get_string()), .at = start};
    }

    Result<Token> raw_string() {
        const std::size_t start = at_;
        TRY(const std::string_view content, quoted('\''));
        std::string value;
        for (std::size_t i = 0; i < content.size(); ++i) {
            if (content.substr(i).starts_with("\\'")) ++i;
            value += content[i];
        }
        return Token{.kind = TokenKind::literal, .literal = json::value(value), .at = start};
    }

    Result<Token> literal() {
        const std::size_t start = at_;
        TRY(const std::string_view content, quoted('`'));
        std::string value;
        for (std::size_t i = 0; i < content.size(); ++i) {
            if (content.substr(i).starts_with("\\`")) ++i;
            value += content[i];
        }
        auto parsed = parse_json(value);
        if (!parsed) return fault("a literal is no JSON");
        return Token{.kind = TokenKind::literal, .literal = with_doubles(*std::move(parsed)), .at = start};
    }

    std::unexpected<Error> fault(const char* what) const {
        return fail(Errc::invalid, fmt::format("{} at {}", what, at_));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view text) {
    return Lexer(text).run();
}

}  // namespace outpost::model::jmespath
