#include "model/template.hpp"

#include "model/template_nodes.hpp"

namespace outpost::model {

Result<Template> Template::parse(std::string_view text) {
    TRY(auto root, templates::parse_block(text));
    Template made;
    made.root_ = std::make_shared<const templates::Block>(std::move(root));
    return made;
}

Result<std::string> Template::render(const TemplateData& data, std::size_t output_bytes_max) const {
    if (root_ == nullptr) return std::string();
    return templates::render_block(*root_, data, output_bytes_max);
}

std::optional<std::string_view> Template::only_field() const {
    if (root_ == nullptr || root_->nodes.size() != 1) return std::nullopt;
    const auto* action = std::get_if<templates::Pipeline>(&root_->nodes.front());
    if (action == nullptr || action->commands.size() != 1) return std::nullopt;
    const templates::Command& command = action->commands.front();
    if (command.function != nullptr || command.operands.size() != 1) return std::nullopt;
    const auto* path = std::get_if<templates::FieldPath>(&command.operands.front());
    if (path == nullptr || path->names.size() != 1) return std::nullopt;
    return path->names.front();
}

}  // namespace outpost::model
