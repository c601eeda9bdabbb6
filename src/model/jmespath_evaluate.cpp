#include "model/jmespath_nodes.hpp"

#include <limits>

namespace outpost::model::jmespath {
namespace {

const json::value& member(const json::value& value, const std::string& name) {
    static const json::value null;
    const auto* object = value.if_object();
    const json::value* found = object == nullptr ? nullptr : object->if_contains(name);
    return found == nullptr ? null : *found;
}

/// What a path of fields leads to, without copying what it leads through; nullptr for other expressions.
const json::value* follow(const Node& node, const json::value& current) {
    if (node.kind == NodeKind::current) return &current;
    if (node.kind == NodeKind::field) return &member(current, node.name);
    if (node.kind != NodeKind::sub) return nullptr;
    const json::value* left = follow(node.children[0], current);
    return left == nullptr ? nullptr : follow(node.children[1], *left);
}

json::value element(const json::value& value, std::int64_t index) {
    const auto* array = value.if_array();
    if (array == nullptr) return nullptr;
    const auto size = static_cast<std::int64_t>(array->size());
    if (index < 0) index += size;
    return index < 0 || index >= size ? json::value() : (*array)[static_cast<std::size_t>(index)];
}

/// As Python slices: bounds that are too far are cut, negative ones count from the end.
json::value sliced(const json::value& value, const std::array<std::optional<std::int64_t>, 3>& slice) {
    const auto* array = value.if_array();
    if (array == nullptr) return nullptr;
    const auto size = static_cast<std::int64_t>(array->size());
    const std::int64_t step = std::clamp<std::int64_t>(slice[2].value_or(1), -size - 1, size + 1);
    const std::int64_t least = step > 0 ? 0 : -1;
    const std::int64_t most = step > 0 ? size : size - 1;
    const auto bound = [&](std::optional<std::int64_t> given, std::int64_t otherwise) {
        if (!given) return otherwise;
        const std::int64_t from_start = *given < 0 ? std::max(*given, -size - 1) + size : std::min(*given, size);
        return std::clamp(from_start, least, most);
    };
    json::array result;
    const std::int64_t stop = bound(slice[1], step > 0 ? most : least);
    for (std::int64_t at = bound(slice[0], step > 0 ? least : most); step > 0 ? at < stop : at > stop; at += step)
        result.push_back((*array)[static_cast<std::size_t>(at)]);
    return result;
}

json::value compared(TokenKind comparator, const json::value& left, const json::value& right) {
    if (comparator == TokenKind::eq) return left == right;
    if (comparator == TokenKind::ne) return left != right;
    if (!left.is_double() || !right.is_double()) return nullptr;
    switch (comparator) {
        case TokenKind::lt: return left.get_double() < right.get_double();
        case TokenKind::le: return left.get_double() <= right.get_double();
        case TokenKind::gt: return left.get_double() > right.get_double();
        default: return left.get_double() >= right.get_double();
    }
}

json::value flattened(const json::value& value) {
    const auto* array = value.if_array();
    if (array == nullptr) return nullptr;
    json::array result;
    for (const json::value& one : *array) {
        if (const auto* inner = one.if_array()) result.insert(result.end(), inner->begin(), inner->end());
        else result.push_back(one);
    }
    return result;
}

std::size_t weight(const json::value& value) {
    if (const auto* array = value.if_array()) return 1 + array->size();
    if (const auto* object = value.if_object()) return 1 + object->size();
    return 1;
}

}  // namespace

bool is_true(const json::value& value) {
    if (value.is_null()) return false;
    if (value.is_bool()) return value.get_bool();
    if (value.is_string()) return !value.get_string().empty();
    if (value.is_array()) return !value.get_array().empty();
    if (value.is_object()) return !value.get_object().empty();
    return true;
}

Result<void> Evaluation::spend(std::size_t steps) {
    if (steps > steps_left_) return fail(Errc::limited, "the evaluation takes too long");
    steps_left_ -= steps;
    return {};
}

Result<json::value> Evaluation::run(const Node& node, const json::value& current) {
    TRY_VOID(spend(1));
    if (const json::value* found = follow(node, current)) return *found;
    switch (node.kind) {
        case NodeKind::literal: return node.literal;
        case NodeKind::projection:
        case NodeKind::value_projection: return project(node, current);
        case NodeKind::filter_projection: return filter(node, current);
        case NodeKind::list:
        case NodeKind::hash: return select(node, current);
        case NodeKind::function: return call(node, current);
        case NodeKind::expref: return fail(Errc::invalid, "an expression reference stands where a value is needed");
        default: break;
    }
    TRY(json::value left, run(node.children[0], current));
    TRY_VOID(spend(weight(left)));
    switch (node.kind) {
        case NodeKind::sub:
        case NodeKind::pipe: return run(node.children[1], left);
        case NodeKind::index: return element(left, node.index);
        case NodeKind::slice: return sliced(left, node.slice);
        case NodeKind::flatten: return flattened(left);
        case NodeKind::not_: return !is_true(left);
        case NodeKind::or_:
            return is_true(left) ? Result<json::value>(std::move(left)) : run(node.children[1], current);
        case NodeKind::and_:
            return is_true(left) ? run(node.children[1], current) : Result<json::value>(std::move(left));
        default: break;
    }
    TRY(const json::value right, run(node.children[1], current));
    return compared(node.comparator, left, right);
}

Result<json::value> Evaluation::project(const Node& node, const json::value& current) {
    TRY(const json::value base, run(node.children[0], current));
    TRY_VOID(spend(weight(base)));
    json::array result;
    const auto add = [&](const json::value& one) -> Result<void> {
        TRY(json::value made, run(node.children[1], one));
        if (!made.is_null()) result.push_back(std::move(made));
        return {};
    };
    if (node.kind == NodeKind::value_projection) {
        if (!base.is_object()) return nullptr;
        for (const auto& one : base.get_object()) TRY_VOID(add(one.value()));
    } else {
        if (!base.is_array()) return nullptr;
        for (const json::value& one : base.get_array()) TRY_VOID(add(one));
    }
    return result;
}

Result<json::value> Evaluation::filter(const Node& node, const json::value& current) {
    TRY(const json::value base, run(node.children[0], current));
    TRY_VOID(spend(weight(base)));
    if (!base.is_array()) return nullptr;
    json::array result;
    for (const json::value& one : base.get_array()) {
        TRY(const json::value keep, run(node.children[2], one));
        if (!is_true(keep)) continue;
        TRY(json::value made, run(node.children[1], one));
        if (!made.is_null()) result.push_back(std::move(made));
    }
    return result;
}

Result<json::value> Evaluation::select(const Node& node, const json::value& current) {
    if (current.is_null()) return nullptr;
    json::array list;
    json::object hash;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        TRY(json::value made, run(node.children[i], current));
        TRY_VOID(spend(weight(made)));
        if (node.kind == NodeKind::list) list.push_back(std::move(made));
        else hash[node.keys[i]] = std::move(made);
    }
    if (node.kind == NodeKind::list) return list;
    return hash;
}

Result<json::value> Evaluation::call(const Node& node, const json::value& current) {
    std::vector<Argument> arguments;
    for (const Node& child : node.children) {
        if (child.kind == NodeKind::expref) {
            arguments.push_back({nullptr, &child.children[0]});
            continue;
        }
        TRY(json::value value, run(child, current));
        TRY_VOID(spend(weight(value)));
        arguments.push_back({std::move(value), nullptr});
    }
    return call_function(*this, node.name, std::move(arguments));
}

}  // namespace outpost::model::jmespath
