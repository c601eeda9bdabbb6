// The functions a template may call, and how values print. Inside of template.hpp; nobody else includes it.
#pragma once

#include "model/template.hpp"

#include <span>

namespace outpost::model::templates {

/// What one rendering may still spend.
struct Budget {
    std::size_t bytes = 0;
    std::size_t steps = kTemplateStepsMax;

    /// @return limited when nothing is left
    Result<void> spend_bytes(std::size_t count);
    Result<void> spend_step();
};

using Arguments = std::span<const TemplateValue>;

/// `and` and `or` evaluate no more arguments than they need.
enum class StopAt { never, falsy, truthy };

struct Function {
    std::string_view name;
    std::size_t arguments_min = 0;
    std::size_t arguments_max = 0;
    Result<TemplateValue> (*call)(Arguments arguments, Budget& budget) = nullptr;
    StopAt stop_at = StopAt::never;
};

/// nullptr = not supported.
const Function* find_function(std::string_view name);

/// @return invalid naming a verb outside %s %d %v %x %q %%
Result<void> check_format(std::string_view format);

/// As Go's %v prints it.
void append_value(std::string& out, const TemplateValue& value);
/// false, 0, empty texts and lists, and nothing are not true.
bool is_truthy(const TemplateValue& value);

}  // namespace outpost::model::templates
