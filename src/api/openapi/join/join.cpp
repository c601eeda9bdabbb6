#include "api/openapi/join/join.hpp"

#include "base/json.hpp"

#include <charconv>
#include <yaml-cpp/yaml.h>

namespace outpost::api::openapi {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// `nan` and `inf`, which from_chars takes, are words here.
bool may_be_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789.-") == std::string_view::npos;
}

json::value to_scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") return json::value(text);  // quoted, or a block
    if (text.empty() || text == "null" || text == "~") return nullptr;
    if (text == "true" || text == "false") return text == "true";
    if (may_be_number(text)) {
        if (const auto integer = parse_number<std::int64_t>(text)) return *integer;
        if (const auto decimal = parse_number<double>(text)) return *decimal;
    }
    return json::value(text);
}

json::value to_value(const YAML::Node& node) {
    if (node.IsMap()) {
        json::object object;
        for (const auto& member : node) object.insert_or_assign(member.first.Scalar(), to_value(member.second));
        return object;
    }
    if (node.IsSequence()) {
        json::array array;
        for (const auto& element : node) array.push_back(to_value(element));
        return array;
    }
    return node.IsScalar() ? to_scalar(node) : json::value(nullptr);
}

Result<json::object> parse_part(const Part& part) {
    try {
        json::value value = to_value(YAML::Load(part.yaml));
        if (!value.is_object()) return fail(Errc::invalid, fmt::format("{}: not a mapping", part.name));
        return std::move(value.get_object());
    } catch (const YAML::Exception& error) {
        return fail(Errc::invalid, fmt::format("{}: {}", part.name, error.what()));
    }
}

Result<void> merge(json::object& into, json::object&& from, const std::string& place) {
    for (json::key_value_pair& member : from) {
        const std::string name = place + "/" + std::string(member.key());
        json::value* present = into.if_contains(member.key());
        if (present == nullptr) {
            into.emplace(member.key(), std::move(member.value()));
        } else if (present->is_object() && member.value().is_object()) {
            TRY_VOID(merge(present->get_object(), std::move(member.value().get_object()), name));
        } else {
            return fail(Errc::invalid, fmt::format("{} is there already", name));
        }
    }
    return {};
}

json::object* find_object(json::object& object, std::string_view name) {
    json::value* found = object.if_contains(name);
    return found == nullptr ? nullptr : found->if_object();
}

json::object take_object(json::object& document, std::string_view name) {
    json::object* found = find_object(document, name);
    if (found == nullptr) return {};
    json::object taken = std::move(*found);
    document.stable_erase(name);
    return taken;
}

void add_missing(json::object& to, const json::object& more) {
    for (const json::key_value_pair& member : more) {
        if (!to.contains(member.key())) to.emplace(member.key(), member.value());
    }
}

/// To responses that are no references.
void add_headers(json::object& responses, const json::object& headers) {
    if (headers.empty()) return;
    for (json::key_value_pair& member : responses) {
        json::object* response = member.value().if_object();
        if (response == nullptr || response->contains("$ref")) continue;
        json::value& present = response->emplace("headers", json::object()).first->value();
        if (present.is_object()) add_missing(present.get_object(), headers);
    }
}

bool is_open(const json::object& operation) {
    const json::value* security = operation.if_contains("security");
    return security != nullptr && security->is_array() && security->get_array().empty();
}

/// What the parts say once for all.
struct Additions {
    json::object every_response;
    json::object caller_response;
    json::object every_header;
};

/// A member of a path item is an operation when it has responses.
void add_responses(json::object& paths, const Additions& more) {
    for (json::key_value_pair& path : paths) {
        if (!path.value().is_object()) continue;
        for (json::key_value_pair& member : path.value().get_object()) {
            json::object* operation = member.value().if_object();
            json::value* responses = operation == nullptr ? nullptr : operation->if_contains("responses");
            if (responses == nullptr || !responses->is_object()) continue;
            add_headers(responses->get_object(), more.every_header);
            add_missing(responses->get_object(), more.every_response);
            if (!is_open(*operation)) add_missing(responses->get_object(), more.caller_response);
        }
    }
}

}  // namespace

Result<std::string> join(const std::vector<Part>& parts) {
    json::object document;
    for (const Part& part : parts) {
        TRY(json::object read, parse_part(part));
        TRY_VOID(merge(document, std::move(read), part.name + ": "));
    }
    const Additions more{take_object(document, "x-every-response"), take_object(document, "x-caller-response"),
                         take_object(document, "x-every-header")};
    if (json::object* paths = find_object(document, "paths")) add_responses(*paths, more);
    if (json::object* components = find_object(document, "components")) {
        if (json::object* responses = find_object(*components, "responses")) add_headers(*responses, more.every_header);
    }
    return json::serialize(document);
}

}  // namespace outpost::api::openapi
