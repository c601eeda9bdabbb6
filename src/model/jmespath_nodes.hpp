// The inside of jmespath.hpp: tokens, tree and evaluation. Nobody else includes it.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "model/jmespath.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace outpost::model::jmespath {

enum class TokenKind {
    end,
    name,
    quoted_name,
    literal,
    number,
    current,
    expref,
    star,
    flatten,
    filter,
    dot,
    comma,
    colon,
    pipe,
    or_,
    and_,
    not_,
    eq,
    ne,
    lt,
    le,
    gt,
    ge,
    left_bracket,
    right_bracket,
    left_brace,
    right_brace,
    left_paren,
    right_paren
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::string text;     ///< of names
    json::value literal;  ///< of literals; numbers are doubles
    std::int64_t number = 0;
    std::size_t at = 0;  ///< offset in the expression
};

Result<std::vector<Token>> tokenize(std::string_view text);

enum class NodeKind {
    current,
    field,
    literal,
    sub,
    index,
    slice,
    projection,
    value_projection,
    filter_projection,
    flatten,
    compare,
    or_,
    and_,
    not_,
    list,
    hash,
    pipe,
    function,
    expref
};

struct Node {
    NodeKind kind = NodeKind::current;
    std::string name;  ///< of a field or a function
    json::value literal;
    TokenKind comparator = TokenKind::eq;
    std::int64_t index = 0;
    std::array<std::optional<std::int64_t>, 3> slice;
    std::vector<std::string> keys;  ///< of a hash
    std::vector<Node> children;
};

Result<Node> parse_expression(std::string_view text);

/// Numbers as doubles, the only numbers of the language.
json::value with_doubles(json::value value);

/// One evaluation, with its budget.
class Evaluation {
public:
    Result<json::value> run(const Node& node, const json::value& current);
    /// Counts against kJmesPathStepsMax.
    Result<void> spend(std::size_t steps);

private:
    Result<json::value> project(const Node& node, const json::value& current);
    Result<json::value> filter(const Node& node, const json::value& current);
    Result<json::value> select(const Node& node, const json::value& current);
    Result<json::value> call(const Node& node, const json::value& current);

    std::size_t steps_left_ = kJmesPathStepsMax;
};

bool is_true(const json::value& value);

/// An argument: a value, or an expression to be applied.
struct Argument {
    json::value value;
    const Node* expression = nullptr;
};
Result<json::value> call_function(Evaluation& evaluation, std::string_view name, std::vector<Argument> arguments);

/// A number as Go prints it (destinations.md §1.11).
std::string number_text(double number);
/// A value as Go prints it.
std::string printed(const json::value& value);

}  // namespace outpost::model::jmespath
