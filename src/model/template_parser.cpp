#include "model/template_lexer.hpp"
#include "model/template_nodes.hpp"

#include <charconv>

namespace outpost::model::templates {
namespace {

constexpr std::array<std::string_view, 5> kRefusedKeywords = {"define", "template", "block", "break", "continue"};
constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1);

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> names;
    path.remove_prefix(1);
    while (!path.empty()) {
        const std::size_t dot = path.find('.');
        names.emplace_back(path.substr(0, dot));
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    return names;
}

std::optional<ControlKind> control_kind(std::string_view word) {
    if (word == "if") return ControlKind::conditional;
    if (word == "with") return ControlKind::with;
    if (word == "range") return ControlKind::range;
    return std::nullopt;
}

/// What ended a block.
enum class Ending { end_of_text, end, otherwise, otherwise_control };

/// Recursive descent, bounded by kTemplateDepthMax. One use.
class Parser {
public:
    explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    Result<Block> run() {
        Block root;
        TRY(const Ending ending, block(root, 0));
        if (ending == Ending::end) return fail(Errc::invalid, "unexpected {{end}}");
        if (ending != Ending::end_of_text) return fail(Errc::invalid, "unexpected {{else}}");
        return root;
    }

private:
    bool at_end() const { return next_ == tokens_.size(); }
    // Tokens come in whole actions, so inside one there is always a token to look at.
    const Token& peek() const { return tokens_[next_]; }
    bool take(TokenKind kind) {
        if (at_end() || peek().kind != kind) return false;
        ++next_;
        return true;
    }
    bool take_word(std::string_view word) {
        if (peek().kind != TokenKind::identifier || peek().text != word) return false;
        ++next_;
        return true;
    }
    Result<void> close_action() {
        if (take(TokenKind::close)) return {};
        return fail(Errc::invalid, fmt::format("unexpected {:?} in action", peek().text));
    }

    /// Nodes up to the end of the text, or an {{end}} or {{else …}} that is not of an inner block. After {{else if}}
    /// and {{else with}} the next token is the inner keyword.
    Result<Ending> block(Block& out, std::size_t depth) {
        if (depth > kTemplateDepthMax) return fail(Errc::invalid, "blocks are nested too deeply");
        while (!at_end()) {
            if (peek().kind == TokenKind::text) {
                out.nodes.emplace_back(std::move(tokens_[next_++].text));
                continue;
            }
            ++next_;  // {{
            if (take_word("end")) {
                TRY_VOID(close_action());
                return Ending::end;
            }
            if (take_word("else")) {
                if (take(TokenKind::close)) return Ending::otherwise;
                if (peek().text == "if" || peek().text == "with") return Ending::otherwise_control;
                return fail(Errc::invalid, fmt::format("unexpected {:?} after else", peek().text));
            }
            TRY(Node node, action(depth));
            out.nodes.push_back(std::move(node));
        }
        return Ending::end_of_text;
    }

    Result<Node> action(std::size_t depth) {
        const Token& first = peek();
        if (first.kind == TokenKind::identifier) {
            if (std::ranges::find(kRefusedKeywords, first.text) != kRefusedKeywords.end())
                return fail(Errc::invalid, fmt::format("{{{{{}}}}} is not supported", first.text));
            if (const auto kind = control_kind(first.text)) {
                ++next_;
                TRY(auto inner, control(*kind, depth + 1));
                return Node(std::move(inner));
            }
        }
        TRY(Pipeline whole, pipeline(0));
        TRY_VOID(close_action());
        return Node(std::move(whole));
    }

    Result<std::unique_ptr<Control>> control(ControlKind kind, std::size_t depth) {
        auto made = std::make_unique<Control>();
        made->kind = kind;
        TRY(made->subject, pipeline(0));
        TRY_VOID(close_action());
        TRY(Ending ending, block(made->body, depth));
        if (ending == Ending::otherwise) {
            TRY(ending, block(made->otherwise, depth));
        } else if (ending == Ending::otherwise_control) {
            if (depth >= kTemplateDepthMax) return fail(Errc::invalid, "blocks are nested too deeply");
            const ControlKind inner_kind = *control_kind(peek().text);
            ++next_;
            // The inner one takes the {{end}} of both.
            TRY(auto inner, control(inner_kind, depth + 1));
            made->otherwise.nodes.emplace_back(std::move(inner));
            return made;
        }
        if (ending == Ending::end) return made;
        return fail(Errc::invalid, ending == Ending::end_of_text ? "unexpected end of template: {{end}} is missing"
                                                                 : "unexpected {{else}}");
    }

    Result<Pipeline> pipeline(std::size_t depth) {
        if (depth > kTemplateDepthMax) return fail(Errc::invalid, "parentheses are nested too deeply");
        Pipeline made;
        do {
            TRY(Command next, command(depth, !made.commands.empty()));
            made.commands.push_back(std::move(next));
        } while (take(TokenKind::pipe));
        return made;
    }

    /// @param piped  the value of a command before it becomes the last argument
    Result<Command> command(std::size_t depth, bool piped) {
        Command made;
        std::string name;
        if (peek().kind == TokenKind::identifier && !is_constant(peek().text)) {
            name = peek().text;
            made.function = find_function(name);
            if (made.function == nullptr)
                return fail(Errc::invalid, fmt::format("function \"{}\" is not supported", name));
            ++next_;
        }
        while (peek().kind != TokenKind::close && peek().kind != TokenKind::pipe &&
               peek().kind != TokenKind::right_parenthesis) {
            if (!peek().space_before && !(made.function == nullptr && made.operands.empty()))
                return fail(Errc::invalid, fmt::format("unexpected {:?}: a blank is missing", peek().text));
            TRY(Operand next, operand(depth));
            made.operands.push_back(std::move(next));
        }
        TRY_VOID(check_arguments(made, piped));
        return made;
    }

    static bool is_constant(std::string_view word) { return word == "true" || word == "false" || word == "nil"; }

    Result<Operand> operand(std::size_t depth) {
        const Token& token = tokens_[next_++];
        switch (token.kind) {
            case TokenKind::path: return Operand(FieldPath{split_path(token.text)});
            case TokenKind::string: return Operand(TemplateValue(Bytes(token.text)));
            case TokenKind::number: return number(token.text);
            case TokenKind::identifier:
                if (token.text == "nil") return Operand(TemplateValue());
                if (is_constant(token.text)) return Operand(TemplateValue(token.text == "true"));
                return fail(Errc::invalid, fmt::format("\"{}\" can't be an argument: use parentheses", token.text));
            case TokenKind::left_parenthesis: {
                TRY(Pipeline inner, pipeline(depth + 1));
                if (!take(TokenKind::right_parenthesis)) return fail(Errc::invalid, "unclosed left parenthesis");
                return Operand(std::make_unique<Pipeline>(std::move(inner)));
            }
            default: return fail(Errc::invalid, fmt::format("unexpected {:?} in action", token.text));
        }
    }

    static Result<Operand> number(std::string_view text) {
        if (text.starts_with('+')) text.remove_prefix(1);
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc()) return fail(Errc::invalid, fmt::format("number {} is too large", text));
        return Operand(TemplateValue(value));
    }

    static Result<void> check_arguments(const Command& command, bool piped) {
        if (command.function == nullptr) return check_operand(command, piped);
        const Function& function = *command.function;
        const std::size_t count = command.operands.size() + (piped ? 1 : 0);
        if (count < function.arguments_min || count > function.arguments_max) {
            const std::string wanted = function.arguments_max == kNoLimit
                                           ? fmt::format("at least {}", function.arguments_min)
                                           : fmt::format("{} to {}", function.arguments_min, function.arguments_max);
            return fail(Errc::invalid,
                        fmt::format("wrong number of arguments for {}: want {}, got {}", function.name, wanted, count));
        }
        if (function.name != "printf" || command.operands.empty()) return {};
        const auto* format = std::get_if<TemplateValue>(&command.operands.front());
        const auto* text = format == nullptr ? nullptr : std::get_if<Bytes>(format);
        return text == nullptr ? Result<void>() : check_format(text->view());
    }

    static Result<void> check_operand(const Command& command, bool piped) {
        if (command.operands.empty()) return fail(Errc::invalid, "missing value for command");
        if (command.operands.size() == 1 && !piped) return {};
        const auto* path = std::get_if<FieldPath>(&command.operands.front());
        if (path == nullptr) return fail(Errc::invalid, "can't give an argument to something that is no function");
        if (!path->names.empty() && path->names.back() == "Format") return {};
        return fail(Errc::invalid,
                    fmt::format("can't give an argument to .{}: it is no method", fmt::join(path->names, ".")));
    }

    std::vector<Token> tokens_;
    std::size_t next_ = 0;
};

}  // namespace

Result<Block> parse_block(std::string_view text) {
    if (text.size() > kTemplateBytesMax)
        return fail(Errc::invalid, fmt::format("longer than {} bytes", kTemplateBytesMax));
    TRY(auto tokens, tokenize(text));
    return Parser(std::move(tokens)).run();
}

}  // namespace outpost::model::templates
