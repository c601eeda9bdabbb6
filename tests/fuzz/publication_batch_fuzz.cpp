// The body of a batch publish request (decision A12). First byte: topics are configured (bit 0); the rest is the
// events, one a line, instead of the body (bit 1). Then the body, or the events.
#include "base/json_scan.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "pipeline/publish/publication_batch.hpp"

#include <fmt/ranges.h>

namespace outpost::fuzz {

void publication_batch_fuzz(std::string_view input);

namespace {

using namespace pipeline;

using Topics = std::vector<std::string>;

void check_rejection(const PublicationRejection& rejection) {
    ASSERT(!rejection.message.empty());
    ASSERT(is_utf8(rejection.message));  // it becomes part of an answer
    for (const std::string& detail : rejection.data) ASSERT(is_utf8(detail));
}

bool lies_in(std::string_view part, std::string_view whole) {
    return std::less_equal<>()(whole.data(), part.data()) && std::less<>()(part.data(), whole.data() + whole.size());
}

void check_event(const ParsedPublication& event, const Bytes& body) {
    if (!event) return check_rejection(event.error());
    ASSERT(!event->tenant_id.empty() && is_utf8(event->tenant_id.value) && is_utf8(event->id.value));
    const auto data = scan_json(event->data.view());
    ASSERT(data.has_value() && data->kind == JsonKind::object && data->raw == event->data.view());
    // Byte for byte what came, in storage of its own.
    ASSERT(body.view().find(event->data.view()) != std::string_view::npos);
    ASSERT(!lies_in(event->data.view(), body.view()));
}

void check_body(const Bytes& body, const Topics& topics) {
    const auto batch = parse_publication_batch(body, topics);
    if (!batch) return check_rejection(batch.error());
    const auto whole = scan_json(body.view());
    ASSERT(whole.has_value() && whole->kind == JsonKind::object);
    ASSERT(!batch->empty() && batch->size() <= kPublicationBatchMax);
    for (const ParsedPublication& event : *batch) check_event(event, body);
}

void check_same(const ParsedPublication& one, const ParsedPublication& other) {
    ASSERT(one.has_value() == other.has_value());
    if (!one) {
        ASSERT(one.error() == other.error());
        return;
    }
    ASSERT(one->id == other->id && one->tenant_id == other->tenant_id && one->destination_id == other->destination_id);
    ASSERT(one->topic == other->topic && one->eligible_for_retry == other->eligible_for_retry);
    ASSERT(one->metadata == other->metadata && one->time == other->time);
    ASSERT(one->data.view() == other->data.view());
}

/// In a batch each event is read as it would be by itself, whatever stands beside it.
void check_events(Input& input, const Topics& topics) {
    std::vector<std::string_view> events;
    while (!input.empty()) {
        const std::string_view line = input.line();
        const std::string in_batch = fmt::format("[[{}]]", line);  // as deep as it lies in a batch
        const auto value = scan_json(line);
        const auto wrapped = scan_json(in_batch);
        const bool alone = value.has_value() && wrapped.has_value() && wrapped->raw == in_batch &&
                           line.substr(static_cast<std::size_t>(value->raw.data() - line.data()) + value->raw.size())
                                   .find_first_not_of(" \t\r") == std::string_view::npos;
        if (alone) events.push_back(line);
    }
    const Bytes body(fmt::format("{{\"events\":[{}]}}", fmt::join(events, ",")));
    const auto batch = parse_publication_batch(body, topics);
    ASSERT(batch.has_value() == (!events.empty() && events.size() <= kPublicationBatchMax));
    if (!batch) return check_rejection(batch.error());
    ASSERT(batch->size() == events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        check_same((*batch)[i], parse_publication(Bytes(std::string(events[i])), topics));
    }
}

}  // namespace

void publication_batch_fuzz(std::string_view bytes) {
    Input input(bytes);
    const std::uint8_t choice = input.byte();
    const Topics topics = (choice & 1) != 0 ? Topics{"user.created", "user.deleted"} : Topics();
    if ((choice & 2) != 0) check_events(input, topics);
    else check_body(Bytes(std::string(input.rest())), topics);
}

}  // namespace outpost::fuzz
