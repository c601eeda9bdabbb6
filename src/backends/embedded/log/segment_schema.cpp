#include "backends/embedded/log/segment_file.hpp"

#include "base/hash.hpp"

#include <charconv>

namespace outpost::embedded {

std::filesystem::path segment_path(const std::filesystem::path& log_directory, std::uint32_t number) {
    return log_directory / fmt::format("{:08}.db", number);
}

Result<std::vector<std::uint32_t>> list_segments(const std::filesystem::path& log_directory) {
    std::vector<std::uint32_t> numbers;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(log_directory, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (name.size() != 11 || !name.ends_with(".db")) continue;
        std::uint32_t number = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + 8, number);
        if (parsed.ec == std::errc() && parsed.ptr == name.data() + 8) numbers.push_back(number);
    }
    if (error) return fail(Errc::unavailable, fmt::format("{}: {}", log_directory.string(), error.message()));
    std::ranges::sort(numbers);
    return numbers;
}

std::string pack_destinations(std::span<const model::DestinationKey> destinations) {
    std::string text;
    std::array<char, 16> digits{};
    const auto put = [&](std::uint32_t number) {
        text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
    };
    for (const model::DestinationKey& key : destinations) {
        if (!text.empty()) text += ',';
        put(key.destination);
        text += ':';
        put(key.incarnation);
    }
    return text;
}

std::vector<TailDestination> unpack_destinations(std::string_view text) {
    std::vector<TailDestination> destinations;
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    while (at < end) {
        TailDestination destination;
        const auto number = std::from_chars(at, end, destination.destination);
        if (number.ec != std::errc() || number.ptr == end || *number.ptr != ':') break;
        const auto incarnation = std::from_chars(number.ptr + 1, end, destination.incarnation);
        if (incarnation.ec != std::errc()) break;
        destinations.push_back(destination);
        at = incarnation.ptr == end ? end : incarnation.ptr + 1;
    }
    return destinations;
}

std::uint64_t event_id_hash(std::string_view id) {
    return hash64(id) | 1;  // never 0, which marks rows without an id
}

std::uint64_t attempt_id_hash(std::string_view id) {
    return hash64(id, 0xA77E3A97ull << 32) | 1;
}

std::uint32_t text_hash32(std::string_view text) {
    return static_cast<std::uint32_t>(hash64(text));
}

TailEntry tail_entry_of(const ports::Acceptance& acceptance, std::uint32_t side_first) {
    const model::Event& event = *acceptance.event;
    return {
        .id_hash = event_id_hash(event.id.value),
        .time_ms = unix_ms(event.time),
        .due_ms = unix_ms(event.received),
        .tenant = acceptance.tenant,
        .topic_hash = text_hash32(event.topic),
        .event_segment = side_first,
        .event_row = static_cast<std::uint32_t>(acceptance.destinations.size()),
        .kind = RowKind::event,
    };
}

TailEntry tail_entry_of(const CarriedEvent& event, std::uint32_t side_first, std::uint32_t destinations) {
    return {
        .id_hash = event_id_hash(event.id),
        .time_ms = event.time,
        .due_ms = event.received,
        .tenant = static_cast<std::uint32_t>(event.tenant),
        .topic_hash = text_hash32(event.topic),
        .event_segment = side_first,
        .event_row = destinations,
        .destination = event.origin.ref.segment,
        .incarnation = event.origin.ref.row,
        .attempts = event.origin.carried_from,
        .kind = RowKind::event,
        .flags = kFlagCarried,
    };
}

bool makes_manual(ports::DecisionKind kind, std::string_view reason) {
    return kind == ports::DecisionKind::redeliver || (kind == ports::DecisionKind::carried && reason == kCarriedManual);
}

TailEntry tail_entry_of(const ports::Settlement& settlement) {
    const model::Attempt& attempt = settlement.attempt;
    std::uint8_t flags = 0;
    if (attempt.status == model::AttemptStatus::success) flags |= kFlagSuccess;
    if (attempt.manual) flags |= kFlagManual;
    if (settlement.next_manual) flags |= kFlagNextManual;
    return {
        .id_hash = attempt_id_hash(attempt.id.value),
        .time_ms = unix_ms(attempt.time),
        .due_ms = settlement.next_due ? unix_ms(*settlement.next_due) : kClosed,
        .tenant = settlement.key.destination.tenant,
        .topic_hash = text_hash32(settlement.event->topic),
        .event_segment = settlement.key.event.segment,
        .event_row = settlement.key.event.row,
        .destination = settlement.key.destination.destination,
        .incarnation = settlement.key.destination.incarnation,
        .attempts = attempt.number,
        .kind = RowKind::attempt,
        .flags = flags,
        .type_hash = static_cast<std::uint16_t>(text_hash32(attempt.destination_type)),
    };
}

TailEntry tail_entry_of(const DecisionRow& row) {
    const ports::Decision& decision = row.decision;
    const bool manual = makes_manual(decision.kind, decision.reason);
    return {
        .time_ms = unix_ms(decision.time),
        .due_ms = row.due_ms,
        .tenant = decision.key.destination.tenant,
        .event_segment = decision.key.event.segment,
        .event_row = decision.key.event.row,
        .destination = decision.key.destination.destination,
        .incarnation = decision.key.destination.incarnation,
        .attempts = row.attempts,
        .kind = RowKind::decision,
        .flags = manual ? kFlagNextManual : std::uint8_t{0},
    };
}

}  // namespace outpost::embedded
