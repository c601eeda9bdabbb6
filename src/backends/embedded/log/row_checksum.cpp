#include "backends/embedded/log/row_checksum.hpp"

#include "backends/embedded/log/tail.hpp"
#include "base/hash.hpp"

namespace outpost::embedded {
namespace {

/// Hashes field after field, each seeded with what came before, so that bytes can't move from one to the next.
class Chain {
public:
    Chain& add(std::string_view text) {
        sum_ = hash64(text, sum_);
        return *this;
    }
    Chain& add(std::initializer_list<std::int64_t> numbers) {
        return add({reinterpret_cast<const char*>(numbers.begin()), numbers.size() * sizeof(std::int64_t)});
    }
    std::uint32_t half() const { return static_cast<std::uint32_t>(sum_); }

private:
    std::uint64_t sum_ = 0;
};

std::unexpected<Error> damaged(std::string_view table, std::int64_t row) {
    return fail(Errc::corrupt, fmt::format("row {} of {} is damaged", row, table));
}

}  // namespace

std::uint32_t checksum_of(const EventFields& fields) {
    Chain chain;
    chain.add({fields.row, fields.tenant, fields.time, fields.received, fields.eligible})
        .add(fields.id)
        .add(fields.destinations)
        .add(fields.topic);
    if (fields.carried()) chain.add({fields.origin_segment, fields.origin_row, fields.carried_from});
    return chain.half();
}

std::uint32_t checksum_of(const AttemptFields& fields) {
    return Chain()
        .add({fields.row, fields.event_segment, fields.event_row, fields.tenant, fields.destination, fields.incarnation,
              fields.number, fields.manual, fields.success, fields.time, fields.next_due, fields.next_manual})
        .add(fields.id)
        .add(fields.topic)
        .add(fields.type)
        .half();
}

std::uint32_t checksum_of(const DecisionFields& fields) {
    return Chain()
        .add({fields.row, fields.kind, fields.event_segment, fields.event_row, fields.tenant, fields.destination,
              fields.incarnation, fields.attempts, fields.time, fields.due})
        .add(fields.reason)
        .half();
}

std::uint32_t checksum_of(const AttemptContent& content) {
    return Chain()
        .add({content.row, content.duration})
        .add(content.event_id)
        .add(content.code)
        .add(content.response)
        .add(content.trace)
        .half();
}

std::uint32_t content_checksum(std::int64_t row, std::initializer_list<std::string_view> texts) {
    Chain chain;
    chain.add({row});
    for (const std::string_view text : texts) chain.add(text);
    return chain.half();
}

Result<EventFields> read_event_fields(const Statement& row, int first) {
    const EventFields fields{
        .row = row.integer(first),
        .id = row.text(first + 1),
        .tenant = row.integer(first + 2),
        .time = row.integer(first + 3),
        .received = row.integer(first + 4),
        .eligible = row.integer(first + 5),
        .destinations = row.text(first + 6),
        .topic = row.text(first + 7),
        .origin_segment = row.optional_integer(first + 8).value_or(kNotCarried),
        .origin_row = row.optional_integer(first + 9).value_or(kNotCarried),
        .carried_from = row.optional_integer(first + 10).value_or(kNotCarried),
    };
    if (checksum_of(fields) != fields_half(row.integer(first + 11))) return damaged("events", fields.row);
    return fields;
}

Result<AttemptFields> read_attempt_fields(const Statement& row, int first) {
    const AttemptFields fields{
        .row = row.integer(first),
        .id = row.text(first + 1),
        .event_segment = row.integer(first + 2),
        .event_row = row.integer(first + 3),
        .tenant = row.integer(first + 4),
        .destination = row.integer(first + 5),
        .incarnation = row.integer(first + 6),
        .number = row.integer(first + 7),
        .manual = row.integer(first + 8),
        .success = row.integer(first + 9),
        .time = row.integer(first + 10),
        .next_due = row.optional_integer(first + 11).value_or(kClosed),
        .next_manual = row.integer(first + 12),
        .topic = row.text(first + 13),
        .type = row.text(first + 14),
    };
    if (checksum_of(fields) != fields_half(row.integer(first + 15))) return damaged("attempts", fields.row);
    return fields;
}

Result<DecisionFields> read_decision_fields(const Statement& row, int first) {
    const DecisionFields fields{
        .row = row.integer(first),
        .kind = row.integer(first + 1),
        .event_segment = row.integer(first + 2),
        .event_row = row.integer(first + 3),
        .tenant = row.integer(first + 4),
        .destination = row.integer(first + 5),
        .incarnation = row.integer(first + 6),
        .attempts = row.integer(first + 7),
        .time = row.integer(first + 8),
        .due = row.optional_integer(first + 9).value_or(kClosed),
        .reason = row.text(first + 10),
    };
    if (checksum_of(fields) != fields_half(row.integer(first + 11))) return damaged("decisions", fields.row);
    return fields;
}

Result<AttemptContent> read_attempt_content(const Statement& row) {
    constexpr int kFirst = kAttemptFieldColumnCount;
    const AttemptContent content{.row = row.integer(0),
                                 .duration = row.integer(kFirst),
                                 .event_id = row.text(kFirst + 1),
                                 .code = row.text(kFirst + 2),
                                 .response = row.text(kFirst + 3),
                                 .trace = row.text(kFirst + 4)};
    if (checksum_of(content) == content_half(row.integer(kFirst - 1))) return content;
    return fail(Errc::corrupt, fmt::format("row {} of attempts has a damaged payload", content.row));
}

}  // namespace outpost::embedded
