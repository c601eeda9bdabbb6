// The body of a publish request (api.md §9, decisions A3, B1). First byte: topics are configured (1); then the body.
#include "base/json.hpp"
#include "base/json_scan.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "pipeline/publish/publication.hpp"

namespace outpost::fuzz {

void publication_fuzz(std::string_view input);

void publication_fuzz(std::string_view bytes) {
    Input input(bytes);
    const bool with_topics = (input.byte() & 1) != 0;
    const std::vector<std::string> topics =
        with_topics ? std::vector<std::string>{"user.created", "user.deleted"} : std::vector<std::string>();
    const Bytes body{std::string(input.rest())};
    const auto publication = pipeline::parse_publication(body, topics);
    if (!publication) {
        ASSERT(!publication.error().message.empty());
        ASSERT(is_utf8(publication.error().message));  // it becomes part of an answer
        return;
    }
    const auto whole = scan_json(body.view());
    ASSERT(whole.has_value() && whole->kind == JsonKind::object);
    ASSERT(!publication->tenant_id.empty());
    // The data is a part of the body, untouched, and a JSON object in itself.
    ASSERT(publication->data.view().data() > body.view().data());
    ASSERT(publication->data.view().data() + publication->data.size() < body.view().data() + body.size());
    const auto data = scan_json(publication->data.view());
    ASSERT(data.has_value() && data->kind == JsonKind::object && data->raw == publication->data.view());
    for (const std::string* text : {&publication->id.value, &publication->tenant_id.value,
                                    &publication->destination_id.value, &publication->topic}) {
        ASSERT(is_utf8(*text));
    }
    for (const auto& [key, value] : publication->metadata) ASSERT(is_utf8(key) && is_utf8(value));
    ASSERT(!with_topics || publication->topic == "*" || std::ranges::find(topics, publication->topic) != topics.end());
    ASSERT(!publication->time || *publication->time >= TimePoint());
}

}  // namespace outpost::fuzz
