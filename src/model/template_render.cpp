#include "model/template_nodes.hpp"
#include "model/template_time.hpp"

namespace outpost::model::templates {
namespace {

constexpr std::size_t kWorkFactor = 16;  ///< bytes that may be made on the way, for each byte of the result

std::string joined(const FieldPath& path) {
    return fmt::format(".{}", fmt::join(path.names, "."));
}

/// One rendering. `dot` is nullptr while it is the template's data.
class Renderer {
public:
    Renderer(const TemplateData& data, std::size_t output_bytes_max)
        : data_(data), output_bytes_max_(output_bytes_max), budget_{.bytes = output_bytes_max * kWorkFactor} {}

    Result<void> block(const Block& block, const TemplateValue* dot) {
        for (const Node& node : block.nodes) {
            if (const auto* text = std::get_if<std::string>(&node)) {
                TRY_VOID(write(*text));
            } else if (const auto* action = std::get_if<Pipeline>(&node)) {
                TRY(const auto value, pipeline(*action, dot));
                TRY_VOID(write(value));
            } else {
                TRY_VOID(control(*std::get<std::unique_ptr<Control>>(node), dot));
            }
        }
        return {};
    }

    std::string take() { return std::move(out_); }

private:
    Result<void> write(std::string_view text) {
        if (text.size() > output_bytes_max_ - out_.size())
            return fail(Errc::limited, "the template makes too much text");
        out_ += text;
        return {};
    }
    Result<void> write(const TemplateValue& value) {
        if (const auto* text = std::get_if<Bytes>(&value)) return write(text->view());
        std::string text;
        append_value(text, value);
        return write(text);
    }

    Result<void> control(const Control& control, const TemplateValue* dot) {
        TRY(const auto subject, pipeline(control.subject, dot));
        if (control.kind == ControlKind::range) return range(control, subject, dot);
        if (!is_truthy(subject)) return block(control.otherwise, dot);
        return block(control.body, control.kind == ControlKind::with ? &subject : dot);
    }

    Result<void> range(const Control& control, const TemplateValue& subject, const TemplateValue* dot) {
        const auto* list = std::get_if<TemplateList>(&subject);
        if (list == nullptr && !std::holds_alternative<std::monostate>(subject))
            return fail(Errc::invalid, "range can only go over a list");
        if (list == nullptr || list->empty()) return block(control.otherwise, dot);
        for (const Bytes& element : *list) {
            TRY_VOID(budget_.spend_step());
            const TemplateValue inner(element);
            TRY_VOID(block(control.body, &inner));
        }
        return {};
    }

    Result<TemplateValue> pipeline(const Pipeline& pipeline, const TemplateValue* dot) {
        std::optional<TemplateValue> value;
        for (const Command& next : pipeline.commands) {
            TRY(value, command(next, std::move(value), dot));
        }
        return *std::move(value);
    }

    Result<TemplateValue> command(const Command& command, std::optional<TemplateValue> piped,
                                  const TemplateValue* dot) {
        TRY_VOID(budget_.spend_step());
        if (command.function == nullptr) return first_operand(command, std::move(piped), dot);
        const Function& function = *command.function;
        std::vector<TemplateValue> arguments;
        for (const Operand& next : command.operands) {
            TRY(auto value, operand(next, dot));
            arguments.push_back(std::move(value));
            if (function.stop_at != StopAt::never &&
                is_truthy(arguments.back()) == (function.stop_at == StopAt::truthy))
                return function.call(arguments, budget_);
        }
        if (piped) arguments.push_back(*std::move(piped));
        return function.call(arguments, budget_);
    }

    /// A constant or a path; behind a path that ends in the method Format, its layout, written or piped.
    Result<TemplateValue> first_operand(const Command& command, std::optional<TemplateValue> piped,
                                        const TemplateValue* dot) {
        const auto* field_path = std::get_if<FieldPath>(&command.operands.front());
        if (field_path == nullptr) return operand(command.operands.front(), dot);
        std::vector<TemplateValue> arguments;
        for (std::size_t i = 1; i < command.operands.size(); ++i) {
            TRY(auto value, operand(command.operands[i], dot));
            arguments.push_back(std::move(value));
        }
        if (piped) arguments.push_back(*std::move(piped));
        return path(*field_path, arguments, dot);
    }

    Result<TemplateValue> operand(const Operand& operand, const TemplateValue* dot) {
        if (const auto* constant = std::get_if<TemplateValue>(&operand)) return *constant;
        if (const auto* field_path = std::get_if<FieldPath>(&operand)) return path(*field_path, {}, dot);
        return pipeline(*std::get<std::unique_ptr<Pipeline>>(operand), dot);
    }

    Result<TemplateValue> path(const FieldPath& path, Arguments arguments, const TemplateValue* dot) {
        std::span<const std::string> names(path.names);
        TemplateValue value;
        if (dot != nullptr) {
            value = *dot;
        } else {
            if (names.empty()) return fail(Errc::invalid, "the dot holds all fields: name one of them");
            const auto found = std::ranges::find(data_, names.front(), &TemplateData::value_type::first);
            if (found == data_.end()) return fail(Errc::invalid, fmt::format("can't evaluate field {}", names.front()));
            value = found->second;
            names = names.subspan(1);
        }
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto* time = std::get_if<TimePoint>(&value);
            if (time == nullptr)
                return fail(Errc::invalid, fmt::format("can't evaluate {}: no such field", joined(path)));
            TRY(value, method(*time, names[i], i + 1 == names.size() ? arguments : Arguments()));
        }
        if (!arguments.empty() && names.empty())
            return fail(Errc::invalid, fmt::format("{} is no method", joined(path)));
        return value;
    }

    Result<TemplateValue> method(TimePoint time, std::string_view name, Arguments arguments) {
        if (name == "Format") {
            const auto* layout = arguments.size() == 1 ? std::get_if<Bytes>(&arguments[0]) : nullptr;
            if (layout == nullptr) return fail(Errc::invalid, "Format needs one layout");
            std::string text = format_go_time(time, layout->view());
            TRY_VOID(budget_.spend_bytes(text.size()));
            return TemplateValue(Bytes(std::move(text)));
        }
        if (!arguments.empty()) return fail(Errc::invalid, fmt::format("{} takes no argument", name));
        if (name == "UTC") return TemplateValue(time);
        if (name == "Unix") return TemplateValue(unix_seconds(time));
        if (name == "UnixMilli") return TemplateValue(unix_ms(time));
        if (name == "UnixNano") return TemplateValue(unix_ms(time) * 1'000'000);
        return fail(Errc::invalid, fmt::format("method {} of a time is not supported", name));
    }

    const TemplateData& data_;
    std::size_t output_bytes_max_;
    Budget budget_;
    std::string out_;
};

}  // namespace

Result<std::string> render_block(const Block& root, const TemplateData& data, std::size_t output_bytes_max) {
    Renderer renderer(data, output_bytes_max);
    TRY_VOID(renderer.block(root, nullptr));
    return renderer.take();
}

}  // namespace outpost::model::templates
