#include "app/config/dotenv.hpp"

#include "app/config/value.hpp"

namespace outpost::app {
namespace {

bool is_key_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}
bool is_variable_char(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

using Variables = std::map<std::string, std::string>;

/// `$VAR` and `${VAR}` become what is known of them, unknown ones nothing; `\$` is a dollar.
std::string expand(std::string_view text, const Variables& known) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (text.substr(at).starts_with("\\$")) {
            out += '$';
            at += 2;
            continue;
        }
        const std::size_t name_at = at + (text.substr(at).starts_with("${") ? 2 : 1);
        std::size_t end = name_at;
        while (text[at] == '$' && end < text.size() && is_variable_char(text[end])) ++end;
        if (text[at] != '$' || end == name_at) {
            out += text[at++];
            continue;
        }
        if (const auto found = known.find(std::string(text.substr(name_at, end - name_at))); found != known.end())
            out += found->second;
        at = end < text.size() && text[end] == '}' && name_at == at + 2 ? end + 1 : end;
    }
    return out;
}

/// `\n` and `\r` are what they say, other backslashes go; `\$` stays for expand().
std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 1 == text.size()) {
            out += text[at];
            continue;
        }
        const char next = text[++at];
        if (next == 'n') {
            out += '\n';
        } else if (next == 'r') {
            out += '\r';
        } else {
            if (next == '$') out += '\\';
            out += next;
        }
    }
    return out;
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<Variables> parse() {
        while (skip_to_statement()) {
            TRY(const std::string key, parse_key());
            TRY(std::string value, parse_value());
            variables_[key] = std::move(value);
        }
        return std::move(variables_);
    }

private:
    std::unexpected<Error> wrong(std::string_view what) const {
        const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
        return fail(Errc::corrupt, fmt::format("line {}: {}", line, what));
    }

    bool at_end() const { return at_ >= text_.size(); }
    void skip_blanks() {
        while (!at_end() && is_blank(text_[at_])) ++at_;
    }
    void skip_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }

    bool skip_to_statement() {
        while (true) {
            skip_blanks();
            if (at_end()) return false;
            if (text_[at_] == '#') skip_line();
            else if (text_[at_] == '\n') ++at_;
            else return true;
        }
    }

    Result<std::string> parse_key() {
        static constexpr std::string_view kExport = "export";
        if (text_.substr(at_).starts_with(kExport) && at_ + kExport.size() < text_.size() &&
            is_blank(text_[at_ + kExport.size()])) {
            at_ += kExport.size();
            skip_blanks();
        }
        const std::size_t start = at_;
        while (!at_end() && is_key_char(text_[at_])) ++at_;
        std::string key(text_.substr(start, at_ - start));
        skip_blanks();
        if (key.empty() || at_end() || (text_[at_] != '=' && text_[at_] != ':')) return wrong("KEY=value is expected");
        ++at_;
        skip_blanks();
        return key;
    }

    Result<std::string> parse_value() {
        if (!at_end() && (text_[at_] == '\'' || text_[at_] == '"')) return parse_quoted();
        const std::size_t start = at_;
        skip_line();
        std::string_view value = text_.substr(start, at_ - start);
        if (value.starts_with('#')) return std::string();
        for (std::size_t at = value.size(); at-- > 1;) {  // the last such mark begins the comment, as in the reference
            if (value[at] != '#' || !is_blank(value[at - 1])) continue;
            value = value.substr(0, at);
            break;
        }
        return expand(trimmed(value), variables_);
    }

    Result<std::string> parse_quoted() {
        const char quote = text_[at_];
        std::size_t end = at_ + 1;
        while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' && quote == '"' ? 2 : 1;
        if (end >= text_.size()) return wrong("a quoted value does not end");
        const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        skip_blanks();
        if (!at_end() && text_[at_] != '\n' && text_[at_] != '#')
            return wrong("there is something after a quoted value");
        return quote == '\'' ? std::string(inside) : expand(unescape(inside), variables_);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Variables variables_;
};

}  // namespace

Result<std::map<std::string, std::string>> parse_dotenv(std::string_view text) {
    static constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    return Parser(text).parse();
}

}  // namespace outpost::app
