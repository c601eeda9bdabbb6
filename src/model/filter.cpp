#include "model/filter.hpp"

#include "base/json_scan.hpp"
#include "model/filter_node.hpp"

#include <cmath>

namespace outpost::model {
namespace {

/// Parses what may hold escapes of lone surrogates; they match as U+FFFD (decision A3).
Result<json::value> parse_lenient(std::string_view text) {
    if (text.find("\\u") == std::string_view::npos) return parse_json(text);
    return parse_json(replace_lone_surrogates(text));
}

/// Whether every number fits a double. One that does not would be stored as null, and so mean something else.
bool has_finite_numbers(const json::value& value) {
    if (value.is_double()) return std::isfinite(value.get_double());
    if (value.is_array()) return std::ranges::all_of(value.get_array(), has_finite_numbers);
    if (!value.is_object()) return true;
    return std::ranges::all_of(value.get_object(),
                               [](const json::key_value_pair& member) { return has_finite_numbers(member.value()); });
}

std::unique_ptr<FilterInput::Document> make_document(const Event& event) {
    json::object metadata;
    for (const auto& [name, value] : event.metadata) metadata[name] = value;
    json::object root;
    root["id"] = event.id.value;
    root["topic"] = event.topic;
    root["time"] = to_rfc3339_seconds(event.time);
    root["metadata"] = std::move(metadata);
    if (auto data = parse_lenient(event.data.view())) root["data"] = std::move(*data);
    return std::make_unique<FilterInput::Document>(std::move(root), event.time);
}

}  // namespace

FilterInput::FilterInput(const Event& event) : event_(event) {}
FilterInput::~FilterInput() = default;

const FilterInput::Document& FilterInput::document() const {
    if (!document_) document_ = make_document(event_);
    return *document_;
}

Result<Filter> Filter::compile(std::string_view text) {
    Filter filter;
    if (text.empty()) return filter;
    const auto scanned = scan_json(text);
    if (!scanned) return fail(Errc::invalid, "filter must be a JSON object");
    TRY(const json::value value, parse_lenient(scanned->raw));
    if (value.is_null()) return filter;
    if (!value.is_object()) return fail(Errc::invalid, "filter must be a JSON object");
    if (value.get_object().empty()) return filter;
    if (!has_finite_numbers(value)) return fail(Errc::invalid, "filter: a number is too large");
    TRY(Node root, compile_filter(value.get_object()));
    filter.root_ = std::make_shared<const Node>(std::move(root));
    return filter;
}

bool Filter::matches(const FilterInput& input) const {
    return root_ == nullptr || evaluate_filter(*root_, input.document());
}

}  // namespace outpost::model
