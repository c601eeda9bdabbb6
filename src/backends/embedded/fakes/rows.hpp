// Events, attempts and decisions as tests make them.
#pragma once

#include "backends/embedded/log/segment_file.hpp"

#include <random>

namespace outpost::embedded::fakes {

inline constexpr TimePoint kNow = TimePoint(Milliseconds(1'767'323'045'678));

/// What a test cares about; the rest is made up.
struct EventShape {
    std::string id;
    std::uint32_t tenant = 1;
    TimePoint time = kNow;
    TimePoint received = kNow;
    std::string topic = "user.created";
    std::string data = R"({"a":1})";
};

inline model::EventPtr make_event(const EventShape& shape) {
    auto event = std::make_shared<model::Event>();
    event->id = EventId(shape.id);
    event->tenant_id = TenantId(fmt::format("t{}", shape.tenant));
    event->topic = shape.topic;
    event->time = shape.time;
    event->received = shape.received;
    event->data = Bytes(shape.data);
    return event;
}

/// For destinations of these numbers, incarnation 1.
inline ports::Acceptance make_acceptance(const EventShape& shape, const std::vector<std::uint32_t>& destinations = {},
                                         bool client_chose_id = false) {
    ports::Acceptance acceptance{.event = make_event(shape), .tenant = shape.tenant};
    acceptance.client_chose_id = client_chose_id;
    for (const std::uint32_t number : destinations) acceptance.destinations.push_back({shape.tenant, number, 1});
    return acceptance;
}

inline ports::Settlement make_settlement(const model::DeliveryKey& key, const model::EventPtr& event, std::string id,
                                         std::uint32_t number, std::optional<TimePoint> next_due = std::nullopt) {
    return {.key = key,
            .event = event,
            .attempt = {.id = AttemptId(std::move(id)),
                        .number = number,
                        .status = next_due ? model::AttemptStatus::failed : model::AttemptStatus::success,
                        .time = kNow,
                        .duration = Milliseconds(7),
                        .code = next_due ? "503" : "200",
                        .response_data = R"({"body":"x"})",
                        .destination_type = "webhook"},
            .next_due = next_due};
}

inline DecisionRow make_decision(const model::DeliveryKey& key, ports::DecisionKind kind, std::uint32_t attempts = 0) {
    const bool opens = kind == ports::DecisionKind::redeliver;
    return {.decision = {.key = key, .kind = kind, .time = kNow, .reason = "requested"},
            .attempts = attempts,
            .due_ms = opens ? unix_ms(kNow) : kClosed};
}

/// A row of any kind.
using Row = std::variant<ports::Acceptance, ports::Settlement, DecisionRow>;

inline TailEntry tail_entry_of(const Row& row) {
    return std::visit(
        [](const auto& value) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, ports::Acceptance>) {
                return embedded::tail_entry_of(value, 0);
            } else {
                return embedded::tail_entry_of(value);
            }
        },
        row);
}

/// Adds rows to a tail, as the journal does after a commit.
inline void append_to_tail(Tail& tail, std::span<const Row> rows) {
    std::vector<TailEntry> entries;
    std::vector<TailDestination> destinations;
    for (const Row& row : rows) {
        TailEntry entry = fakes::tail_entry_of(row);
        if (const auto* acceptance = std::get_if<ports::Acceptance>(&row)) {
            entry.event_segment = static_cast<std::uint32_t>(destinations.size());
            for (const auto& key : acceptance->destinations) destinations.push_back({key.destination, key.incarnation});
        }
        entries.push_back(entry);
    }
    tail.append(entries, destinations);
}

/// Writes rows in one transaction, numbered from `first`.
inline Result<void> write_rows(SegmentWriter& writer, std::uint32_t first, std::span<const Row> rows) {
    TRY_VOID(writer.begin());
    for (const Row& row : rows) {
        if (const auto* event = std::get_if<ports::Acceptance>(&row)) TRY_VOID(writer.append_event(first, *event));
        if (const auto* attempt = std::get_if<ports::Settlement>(&row)) {
            TRY_VOID(writer.append_attempt(first, *attempt));
        }
        if (const auto* decision = std::get_if<DecisionRow>(&row)) TRY_VOID(writer.append_decision(first, *decision));
        ++first;
    }
    return writer.commit();
}

/// Rows of any kind, from a seed: events of few tenants, topics and times, so that ties are common; attempts and
/// decisions about earlier events.
class RandomRows {
public:
    explicit RandomRows(std::uint64_t seed) : random_(seed) {}

    std::uint64_t below(std::uint64_t sides) { return random_() % sides; }

    /// The row that will lie at `place`.
    Row next(model::EventRef place) {
        const std::uint64_t side = below(10);
        if (events_.empty() || side < 5) return next_event(place);
        const auto& [ref, acceptance] = events_[below(events_.size())];
        if (acceptance.destinations.empty()) return next_event(place);
        const model::DeliveryKey key{ref, acceptance.destinations[below(acceptance.destinations.size())]};
        if (side < 8) return next_attempt(key, acceptance.event);
        DecisionRow decision =
            make_decision(key, static_cast<ports::DecisionKind>(below(4)), static_cast<std::uint32_t>(below(5)));
        decision.decision.time = a_time();
        return decision;
    }

    TimePoint a_time() { return kNow + Milliseconds(below(12)); }

private:
    Row next_event(model::EventRef place) {
        const auto tenant = static_cast<std::uint32_t>(1 + below(3));
        std::vector<std::uint32_t> destinations;
        for (std::uint32_t number = 1; number <= 3; ++number) {
            if (below(2) == 0) destinations.push_back(tenant * 10 + number);
        }
        const EventShape shape{
            .id = fmt::format("e{}", below(40) == 0 ? 7 : ++last_event_),
            .tenant = tenant,
            .time = a_time(),
            .received = kNow + Milliseconds(last_event_),
            .topic = below(2) == 0 ? "user.created" : "user.deleted",
            .data = fmt::format(R"({{"n":{0},"in":{{"word":"w{1}"}}}})", last_event_ % 3, last_event_ % 5)};
        ports::Acceptance acceptance = make_acceptance(shape, destinations);
        events_.emplace_back(place, acceptance);
        return acceptance;
    }

    Row next_attempt(const model::DeliveryKey& key, const model::EventPtr& event) {
        const auto number = static_cast<std::uint32_t>(1 + below(4));
        ports::Settlement settlement = make_settlement(key, event, fmt::format("a{}", ++last_attempt_), number);
        settlement.attempt.time = a_time();
        settlement.attempt.manual = below(4) == 0;
        settlement.attempt.destination_type = below(2) == 0 ? "webhook" : "kafka";
        if (below(2) == 0) {
            settlement.next_due = kNow + Milliseconds(below(60'000));
            settlement.attempt.status = model::AttemptStatus::failed;
            settlement.next_manual = below(4) == 0;
            settlement.attempt.code = last_attempt_ % 3 == 0 ? "timeout" : "503";
            settlement.attempt.trace = fmt::format(R"({{"request":{{"method":"M{}"}}}})", last_attempt_);
        }
        return settlement;
    }

    std::mt19937_64 random_;
    std::size_t last_event_ = 0;
    std::size_t last_attempt_ = 0;
    std::vector<std::pair<model::EventRef, ports::Acceptance>> events_;
};

}  // namespace outpost::embedded::fakes
