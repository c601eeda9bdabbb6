#include "pipeline/publish/publication_batch.hpp"

#include "base/json_scan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace outpost::pipeline {
namespace {

using Rejection = PublicationRejection;

Rejection invalid_json() {
    return {"invalid JSON", {}};
}

Rejection wrong_events(std::string_view problem) {
    return {"validation error", {fmt::format("events {}", problem)}};
}

bool is_events(std::string_view name) {
    return std::ranges::equal(name, std::string_view("events"), {},
                              [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
}

/// The array, in a body that is valid as a whole.
std::expected<std::string_view, Rejection> find_events(std::string_view body) {
    std::optional<JsonSlice> events;
    JsonObjectScan members(body);
    if (members.is_object()) {
        while (const auto member = members.next()) {
            if (is_events(member->name)) events = member->value;
        }
        if (!members.complete()) return std::unexpected(invalid_json());
    } else {
        const auto other = scan_json(body);
        if (!other || other->kind != JsonKind::null) return std::unexpected(invalid_json());
    }
    if (!events || events->kind == JsonKind::null) return std::unexpected(wrong_events("is required"));
    if (events->kind != JsonKind::array) return std::unexpected(wrong_events("must be an array"));
    return events->raw;
}

/// The first `count_max` members of a valid array.
std::vector<std::string_view> items_of(std::string_view array, std::size_t count_max) {
    std::vector<std::string_view> items;
    std::string_view rest = array.substr(1);
    while (items.size() < count_max) {
        const auto item = scan_json(rest);
        if (!item) break;  // the bracket that closes an empty array
        items.push_back(item->raw);
        const auto end = static_cast<std::size_t>(item->raw.data() - rest.data()) + item->raw.size();
        const std::size_t separator = rest.find_first_of(",]", end);
        if (rest[separator] == ']') break;
        rest.remove_prefix(separator + 1);
    }
    return items;
}

ParsedPublication parse_item(const Bytes& item, const std::vector<std::string>& topics) {
    auto publication = parse_publication(item, topics);
    if (publication) publication->data = Bytes(std::string(publication->data.view()));
    return publication;
}

}  // namespace

std::expected<std::vector<ParsedPublication>, PublicationRejection> parse_publication_batch(
    const Bytes& body, const std::vector<std::string>& topics) {
    const auto events = find_events(body.view());
    if (!events) return std::unexpected(events.error());
    const std::vector<std::string_view> items = items_of(*events, kPublicationBatchMax + 1);
    if (items.empty()) return std::unexpected(wrong_events("must not be empty"));
    if (items.size() > kPublicationBatchMax) {
        return std::unexpected(wrong_events(fmt::format("must be at most {}", kPublicationBatchMax)));
    }
    std::vector<ParsedPublication> parsed;
    parsed.reserve(items.size());
    for (const std::string_view item : items) {
        const auto offset = static_cast<std::size_t>(item.data() - body.view().data());
        parsed.push_back(parse_item(body.slice(offset, item.size()), topics));
    }
    return parsed;
}

}  // namespace outpost::pipeline
