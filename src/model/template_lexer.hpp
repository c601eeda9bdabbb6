// Cuts a template into texts and the tokens of its actions. Inside of template.hpp; nobody else includes it.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace outpost::model::templates {

enum class TokenKind {
    text,        ///< between actions; trim markers are applied
    open,        ///< {{
    close,       ///< }}
    identifier,  ///< join, if, true
    path,        ///< .Timestamp.Unix, or the bare dot
    string,      ///< decoded
    number,      ///< digits with an optional sign
    pipe,
    left_parenthesis,
    right_parenthesis,
};

struct Token {
    TokenKind kind = TokenKind::text;
    std::string text;
    bool space_before = false;
};

/// @return invalid naming a construct outside the subset, or an unclosed action, string or comment
Result<std::vector<Token>> tokenize(std::string_view text);

}  // namespace outpost::model::templates
