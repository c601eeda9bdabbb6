#include "model/jmespath_nodes.hpp"

#include <limits>

namespace outpost::model::jmespath {
namespace {

// How strongly what follows an expression binds to it; the language's own table.
constexpr int kPipe = 1;
constexpr int kOr = 2;
constexpr int kAnd = 3;
constexpr int kCompare = 5;
constexpr int kFlatten = 9;
constexpr int kProjectionStops = 10;
constexpr int kStar = 20;
constexpr int kFilter = 21;
constexpr int kDot = 40;
constexpr int kNot = 45;
constexpr int kBrace = 50;
constexpr int kBracket = 55;
constexpr int kParen = 60;

int binding(TokenKind kind) {
    switch (kind) {
        case TokenKind::pipe: return kPipe;
        case TokenKind::or_: return kOr;
        case TokenKind::and_: return kAnd;
        case TokenKind::eq:
        case TokenKind::ne:
        case TokenKind::lt:
        case TokenKind::le:
        case TokenKind::gt:
        case TokenKind::ge: return kCompare;
        case TokenKind::flatten: return kFlatten;
        case TokenKind::star: return kStar;
        case TokenKind::filter: return kFilter;
        case TokenKind::dot: return kDot;
        case TokenKind::not_: return kNot;
        case TokenKind::left_brace: return kBrace;
        case TokenKind::left_bracket: return kBracket;
        case TokenKind::left_paren: return kParen;
        default: return 0;
    }
}

Node node(NodeKind kind, std::vector<Node> children = {}) {
    Node made{.kind = kind};
    made.children = std::move(children);
    return made;
}

std::vector<Node> both(Node left, Node right) {
    std::vector<Node> nodes;
    nodes.push_back(std::move(left));
    nodes.push_back(std::move(right));
    return nodes;
}

/// Top-down operator precedence, one function a form.
class Parser {
public:
    explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    Result<Node> run() && {
        TRY(Node root, expression(0));
        if (now().kind != TokenKind::end) return fault();
        return root;
    }

private:
    const Token& now() const { return tokens_[at_]; }
    TokenKind after() const { return at_ + 1 < tokens_.size() ? tokens_[at_ + 1].kind : TokenKind::end; }
    const Token& take() { return tokens_[now().kind == TokenKind::end ? at_ : at_++]; }
    Result<void> expect(TokenKind kind) {
        if (now().kind != kind) return fault();
        take();
        return {};
    }
    std::unexpected<Error> fault() const { return fail(Errc::invalid, fmt::format("syntax error at {}", now().at)); }

    Result<Node> expression(int strength) {
        if (++depth_ > kJmesPathDepthMax) return fail(Errc::limited, "the expression is too deep");
        TRY(Node left, first());
        // Each step wraps what is there: a long chain is a deep tree.
        std::size_t links = 0;
        while (strength < binding(now().kind)) {
            if (depth_ + ++links > kJmesPathDepthMax) return fail(Errc::limited, "the expression is too deep");
            TRY(left, further(std::move(left)));
        }
        --depth_;
        return left;
    }

    Result<Node> first() {
        const Token token = take();
        switch (token.kind) {
            case TokenKind::literal: {
                Node made = node(NodeKind::literal);
                made.literal = token.literal;
                return made;
            }
            case TokenKind::quoted_name:
                if (now().kind == TokenKind::left_paren) return fault();
                [[fallthrough]];
            case TokenKind::name: {
                Node made = node(NodeKind::field);
                made.name = token.text;
                return made;
            }
            case TokenKind::current: return node(NodeKind::current);
            case TokenKind::star: return star(node(NodeKind::current), kStar);
            case TokenKind::filter: return filter(node(NodeKind::current));
            case TokenKind::flatten: return flatten(node(NodeKind::current));
            case TokenKind::left_brace: return hash();
            case TokenKind::left_bracket:
                if (begins_index()) return bracket(node(NodeKind::current));
                return list();
            case TokenKind::left_paren: {
                TRY(Node inner, expression(0));
                TRY_VOID(expect(TokenKind::right_paren));
                return inner;
            }
            case TokenKind::not_: return unary(NodeKind::not_, kNot);
            case TokenKind::expref: return unary(NodeKind::expref, kParen);
            default: return fail(Errc::invalid, fmt::format("syntax error at {}", token.at));
        }
    }

    Result<Node> further(Node left) {
        const Token token = take();
        switch (token.kind) {
            case TokenKind::dot:
                if (now().kind == TokenKind::star) {
                    take();
                    return star(std::move(left), kDot);
                }
                return join(NodeKind::sub, std::move(left), dotted(kDot));
            case TokenKind::pipe: return join(NodeKind::pipe, std::move(left), expression(kPipe));
            case TokenKind::or_: return join(NodeKind::or_, std::move(left), expression(kOr));
            case TokenKind::and_: return join(NodeKind::and_, std::move(left), expression(kAnd));
            case TokenKind::left_paren: return function(left);
            case TokenKind::filter: return filter(std::move(left));
            case TokenKind::flatten: return flatten(std::move(left));
            case TokenKind::left_bracket:
                if (!begins_index()) return fault();
                return bracket(std::move(left));
            case TokenKind::eq:
            case TokenKind::ne:
            case TokenKind::lt:
            case TokenKind::le:
            case TokenKind::gt:
            case TokenKind::ge: {
                TRY(Node made, join(NodeKind::compare, std::move(left), expression(kCompare)));
                made.comparator = token.kind;
                return made;
            }
            default: return fail(Errc::invalid, fmt::format("syntax error at {}", token.at));
        }
    }

    static Result<Node> join(NodeKind kind, Node left, Result<Node> right) {
        if (!right) return right;
        return node(kind, both(std::move(left), *std::move(right)));
    }

    Result<Node> unary(NodeKind kind, int strength) {
        TRY(Node inner, expression(strength));
        Node made = node(kind);
        made.children.push_back(std::move(inner));
        return made;
    }

    /// What a projection applies to each element.
    Result<Node> projected(int strength) {
        const TokenKind kind = now().kind;
        if (binding(kind) < kProjectionStops) return node(NodeKind::current);
        if (kind == TokenKind::left_bracket || kind == TokenKind::filter) return expression(strength);
        TRY_VOID(expect(TokenKind::dot));
        return dotted(strength);
    }

    Result<Node> dotted(int strength) {
        switch (now().kind) {
            case TokenKind::name:
            case TokenKind::quoted_name:
            case TokenKind::star: return expression(strength);
            case TokenKind::left_bracket: take(); return list();
            case TokenKind::left_brace: take(); return hash();
            default: return fault();
        }
    }

    Result<Node> star(Node left, int strength) {
        return join(NodeKind::value_projection, std::move(left), projected(strength));
    }

    Result<Node> flatten(Node left) {
        Node flat = node(NodeKind::flatten);
        flat.children.push_back(std::move(left));
        return join(NodeKind::projection, std::move(flat), projected(kFlatten));
    }

    Result<Node> filter(Node left) {
        TRY(Node condition, expression(0));
        TRY_VOID(expect(TokenKind::right_bracket));
        auto right = now().kind == TokenKind::flatten ? Result<Node>(node(NodeKind::current)) : projected(kFilter);
        TRY(Node made, join(NodeKind::filter_projection, std::move(left), std::move(right)));
        made.children.push_back(std::move(condition));
        return made;
    }

    bool begins_index() const {
        return now().kind == TokenKind::number || now().kind == TokenKind::colon ||
               (now().kind == TokenKind::star && after() == TokenKind::right_bracket);
    }

    /// [1], [a:b:c] or [*], after the bracket.
    Result<Node> bracket(Node left) {
        if (now().kind == TokenKind::star) {
            take();
            TRY_VOID(expect(TokenKind::right_bracket));
            return join(NodeKind::projection, std::move(left), projected(kStar));
        }
        if (now().kind == TokenKind::colon || after() == TokenKind::colon) return slice(std::move(left));
        Node made = node(NodeKind::index);
        made.index = take().number;
        made.children.push_back(std::move(left));
        TRY_VOID(expect(TokenKind::right_bracket));
        return made;
    }

    Result<Node> slice(Node left) {
        Node made = node(NodeKind::slice);
        made.children.push_back(std::move(left));
        for (std::size_t part = 0; now().kind != TokenKind::right_bracket;) {
            if (now().kind == TokenKind::number && !made.slice[part]) made.slice[part] = take().number;
            else if (now().kind == TokenKind::colon && ++part < made.slice.size()) take();
            else return fault();
        }
        take();
        if (made.slice[2] == 0) return fail(Errc::invalid, "the step of a slice is zero");
        return join(NodeKind::projection, std::move(made), projected(kStar));
    }

    Result<Node> list() {
        Node made = node(NodeKind::list);
        while (true) {
            TRY(Node element, expression(0));
            made.children.push_back(std::move(element));
            if (now().kind == TokenKind::right_bracket) break;
            TRY_VOID(expect(TokenKind::comma));
        }
        take();
        return made;
    }

    Result<Node> hash() {
        Node made = node(NodeKind::hash);
        while (true) {
            const Token key = take();
            if (key.kind != TokenKind::name && key.kind != TokenKind::quoted_name) return fault();
            TRY_VOID(expect(TokenKind::colon));
            TRY(Node value, expression(0));
            made.keys.push_back(key.text);
            made.children.push_back(std::move(value));
            if (now().kind == TokenKind::right_brace) break;
            TRY_VOID(expect(TokenKind::comma));
        }
        take();
        return made;
    }

    Result<Node> function(const Node& name) {
        if (name.kind != NodeKind::field) return fault();
        Node made = node(NodeKind::function);
        made.name = name.name;
        while (now().kind != TokenKind::right_paren) {
            TRY(Node argument, expression(0));
            made.children.push_back(std::move(argument));
            if (now().kind == TokenKind::right_paren) break;
            TRY_VOID(expect(TokenKind::comma));
            if (now().kind == TokenKind::right_paren) return fault();
        }
        take();
        return made;
    }

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
};

}  // namespace

Result<Node> parse_expression(std::string_view text) {
    TRY(auto tokens, tokenize(text));
    return Parser(std::move(tokens)).run();
}

}  // namespace outpost::model::jmespath
