#include "api/views/views.hpp"

namespace outpost::api {
namespace {

void write_optional(JsonWriter& out, std::string_view name, const std::optional<std::int64_t>& number) {
    if (number) out.member(name, *number);
}

void write_field(JsonWriter& out, const model::TypeField& field) {
    out.begin_object();
    out.member("type", field.type);
    out.member("label", field.label);
    out.member("description", field.description);
    out.member("key", field.key);
    out.member("required", field.required);
    if (!field.default_value.empty()) out.member("default", field.default_value);
    if (field.disabled) out.member("disabled", true);
    if (field.sensitive) out.member("sensitive", true);
    write_optional(out, "min", field.min);
    write_optional(out, "max", field.max);
    write_optional(out, "step", field.step);
    write_optional(out, "minlength", field.min_length);
    write_optional(out, "maxlength", field.max_length);
    if (!field.pattern.empty()) out.member("pattern", field.pattern);
    if (!field.options.empty()) {
        out.key("options");
        out.begin_array();
        for (const model::FieldOption& option : field.options) {
            out.begin_object();
            out.member("label", option.label);
            out.member("value", option.value);
            out.end_object();
        }
        out.end_array();
    }
    out.end_object();
}

void write_fields(JsonWriter& out, std::string_view name, const std::vector<model::TypeField>& fields) {
    out.key(name);
    out.begin_array();
    for (const model::TypeField& field : fields) write_field(out, field);
    out.end_array();
}

}  // namespace

void write_destination_type(JsonWriter& out, const model::DestinationType& type) {
    out.begin_object();
    out.member("type", type.type);
    write_fields(out, "config_fields", type.config_fields);
    write_fields(out, "credential_fields", type.credential_fields);
    out.member("label", type.label);
    out.member("description", type.description);
    out.member("icon", type.icon);
    if (type.setup_link) {
        out.key("setup_link");
        out.begin_object();
        out.member("href", type.setup_link->href);
        out.member("cta", type.setup_link->cta);
        out.end_object();
    }
    out.member("instructions", type.instructions);
    out.end_object();
}

}  // namespace outpost::api
