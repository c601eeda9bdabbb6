// The filter language (hard-cases T-72, decision B21). First line: a filter; second: metadata as a JSON object of
// strings; the rest: the event's data.
#include "base/json.hpp"
#include "base/json_scan.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "manage/destinations/rules.hpp"
#include "model/filter.hpp"

namespace outpost::fuzz {

void filter_fuzz(std::string_view input);

namespace {

model::Event make_event(std::string_view metadata, std::string_view data) {
    model::Event event;
    event.id = EventId("evt_1");
    event.topic = "user.created";
    event.time = from_unix_ms(1'767'323'045'678);
    for (JsonObjectScan scan(metadata); const auto member = scan.next();) {
        event.metadata.insert_or_assign(std::string(member->name), std::string(member->value.raw));
    }
    const auto scanned = scan_json(data);
    event.data = Bytes(std::string(scanned && scanned->kind == JsonKind::object ? scanned->raw : "{}"));
    return event;
}

bool matches(const model::Event& event, std::string_view text) {
    const auto filter = model::Filter::compile(text);
    ASSERT(filter.has_value());
    const model::FilterInput input(event);
    return filter->matches(input);
}

}  // namespace

void filter_fuzz(std::string_view bytes) {
    Input input(bytes);
    const std::string text(input.line());
    const std::string_view metadata = input.line();
    const model::Event event = make_event(metadata, input.rest());
    const auto filter = model::Filter::compile(text);
    if (!filter) {
        ASSERT(is_utf8(filter.error().text()));  // it becomes part of an answer
        return;
    }
    const model::FilterInput document(event);
    const bool matched = filter->matches(document);
    ASSERT(filter->matches(document) == matched);
    ASSERT(!filter->matches_everything() || matched);

    const auto scanned = scan_json(text);
    if (!scanned || scanned->kind != JsonKind::object || scanned->lone_surrogate) return;
    // As it is stored, it means the same.
    const auto stored = manage::accept_filter(scanned->raw);
    ASSERT(stored.has_value());
    ASSERT(matches(event, *stored) == matched);
    // So it does as the only part of $and and of $or (where they may still be nested).
    for (const std::string_view name : {"$and", "$or"}) {
        const std::string wrapped = fmt::format(R"({{"{}":[{}]}})", name, scanned->raw);
        if (model::Filter::compile(wrapped)) ASSERT(matches(event, wrapped) == matched);
    }
}

}  // namespace outpost::fuzz
