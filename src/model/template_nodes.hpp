// The tree of a parsed template. Inside of template.hpp; nobody else includes it.
#pragma once

#include "model/template.hpp"
#include "model/template_functions.hpp"

namespace outpost::model::templates {

struct Pipeline;

/// `.`, `.A`, `.A.B`: empty names = the dot itself.
struct FieldPath {
    std::vector<std::string> names;
};

/// A constant, a path, or a pipeline in parentheses.
using Operand = std::variant<TemplateValue, FieldPath, std::unique_ptr<Pipeline>>;

/// A function with its arguments, or one operand (operands[0]) with the arguments of a method behind it.
struct Command {
    const Function* function = nullptr;
    std::vector<Operand> operands;
};

/// Each command's value is the last argument of the next one. Never empty.
struct Pipeline {
    std::vector<Command> commands;
};

struct Control;
/// Text, an action, or a block with an end.
using Node = std::variant<std::string, Pipeline, std::unique_ptr<Control>>;

struct Block {
    std::vector<Node> nodes;
};

enum class ControlKind { conditional, with, range };

struct Control {
    ControlKind kind = ControlKind::conditional;
    Pipeline subject;
    Block body;
    Block otherwise;
};

/// @return invalid naming what is wrong or not supported
Result<Block> parse_block(std::string_view text);

/// Renders a tree; see Template::render.
Result<std::string> render_block(const Block& root, const TemplateData& data, std::size_t output_bytes_max);

}  // namespace outpost::model::templates
