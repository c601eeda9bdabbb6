#include "pipeline/publish/publication.hpp"

#include "base/json_scan.hpp"

#include <algorithm>

namespace outpost::pipeline {
namespace {

using Rejection = PublicationRejection;
using Checked = std::optional<Rejection>;  // none: fine

Rejection invalid_json() {
    return {"invalid JSON", {}};
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// Member names match in any case (api.md §1). @param wanted  in lower case
bool is_named(std::string_view name, std::string_view wanted) {
    return std::ranges::equal(name, wanted, {}, lower);
}

/// The members as they were found; `null` has reset one to its default.
struct Draft {
    Publication publication;
    std::optional<JsonSlice> data;
};

/// Ids and topics: a lone surrogate has no text of its own, so it can't name anything (decision A3).
Checked read_name(const JsonSlice& value, std::string& name) {
    name.clear();
    if (value.kind == JsonKind::null) return std::nullopt;
    if (value.kind != JsonKind::string || value.lone_surrogate) return invalid_json();
    name = json_string_text(value.raw);
    return std::nullopt;
}

Checked read_eligible(const JsonSlice& value, bool& eligible) {
    eligible = true;
    if (value.kind == JsonKind::null) return std::nullopt;
    if (value.kind != JsonKind::boolean) return invalid_json();
    eligible = value.raw == "true";
    return std::nullopt;
}

/// The zero time of the reference's language, which its SDK may send for "not set" (api.md §9).
bool is_zero_time(std::string_view text) {
    constexpr std::string_view zero = "0001-01-01T00:00:00";
    if (!text.starts_with(zero)) return false;
    text.remove_prefix(zero.size());
    if (text.starts_with(".0")) text.remove_prefix(std::min(text.find_first_not_of('0', 1), text.size()));
    return text == "Z" || text == "+00:00" || text == "-00:00";
}

Checked read_time(const JsonSlice& value, std::optional<TimePoint>& time) {
    time.reset();
    if (value.kind == JsonKind::null) return std::nullopt;
    if (value.kind != JsonKind::string) return Rejection{"Time.UnmarshalJSON: input is not a JSON string", {}};
    const std::string text = json_string_text(value.raw);
    if (is_zero_time(text)) return std::nullopt;
    const auto parsed = parse_rfc3339(text);
    if (!parsed) return Rejection{parsed.error().text(), {}};
    time = *parsed;
    return std::nullopt;
}

/// Strict: every value is a string (api.md §5.4).
Checked read_metadata(const JsonSlice& value, model::StringMap& metadata) {
    metadata.clear();
    if (value.kind == JsonKind::null) return std::nullopt;
    if (value.kind != JsonKind::object) return invalid_json();
    JsonObjectScan members(value.raw);
    while (const auto member = members.next()) {
        if (member->value.kind != JsonKind::string) return invalid_json();
        metadata.insert_or_assign(std::string(member->name), json_string_text(member->value.raw));
    }
    return std::nullopt;
}

Checked read_member(const JsonMember& member, Draft& draft) {
    Publication& publication = draft.publication;
    if (is_named(member.name, "data")) {
        draft.data = member.value;
        return std::nullopt;
    }
    if (is_named(member.name, "tenant_id")) return read_name(member.value, publication.tenant_id.value);
    if (is_named(member.name, "topic")) return read_name(member.value, publication.topic);
    if (is_named(member.name, "id")) return read_name(member.value, publication.id.value);
    if (is_named(member.name, "destination_id")) return read_name(member.value, publication.destination_id.value);
    if (is_named(member.name, "eligible_for_retry")) {
        return read_eligible(member.value, publication.eligible_for_retry);
    }
    if (is_named(member.name, "time")) return read_time(member.value, publication.time);
    if (is_named(member.name, "metadata")) return read_metadata(member.value, publication.metadata);
    return std::nullopt;
}

/// The syntax of the whole body goes before the types of its members; of those the first wrong one is told.
std::expected<Draft, Rejection> read_body(std::string_view body) {
    Draft draft;
    JsonObjectScan members(body);
    if (!members.is_object()) {
        const auto other = scan_json(body);
        if (other && other->kind == JsonKind::null) return draft;  // an empty request, not a wrong one
        return std::unexpected(invalid_json());
    }
    Checked first_fault;
    while (const auto member = members.next()) {
        Checked fault = read_member(*member, draft);
        if (fault && !first_fault) first_fault = std::move(fault);
    }
    if (!members.complete()) return std::unexpected(invalid_json());
    if (first_fault) return std::unexpected(std::move(*first_fault));
    return draft;
}

Checked check_required(const Draft& draft) {
    Rejection rejection{"validation error", {}};
    if (draft.publication.tenant_id.empty()) rejection.data.emplace_back("tenant_id is required");
    if (!draft.data) rejection.data.emplace_back("data is required");
    if (!rejection.data.empty()) return rejection;
    if (draft.data->kind != JsonKind::object) return Rejection{"data must be a valid JSON object", {}};
    return std::nullopt;
}

Checked check_topic(const std::string& topic, const std::vector<std::string>& topics) {
    if (topics.empty()) return std::nullopt;
    if (topic.empty()) return Rejection{"validation error", {"topic is required"}};
    if (topic == "*" || std::ranges::find(topics, topic) != topics.end()) return std::nullopt;
    return Rejection{"validation error", {"topic is invalid"}};
}

}  // namespace

std::expected<Publication, PublicationRejection> parse_publication(const Bytes& body,
                                                                   const std::vector<std::string>& topics) {
    auto draft = read_body(body.view());
    if (!draft) return std::unexpected(std::move(draft).error());
    if (auto fault = check_required(*draft)) return std::unexpected(std::move(*fault));
    if (auto fault = check_topic(draft->publication.topic, topics)) return std::unexpected(std::move(*fault));
    const std::string_view data = draft->data->raw;
    draft->publication.data = body.slice(static_cast<std::size_t>(data.data() - body.view().data()), data.size());
    return std::move(draft->publication);
}

}  // namespace outpost::pipeline
