#include "backends/embedded/read/event_choice.hpp"

#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/read/outcome_reads.hpp"
#include "backends/embedded/read/snapshot.hpp"

namespace outpost::embedded {
namespace {

/// What a row tells of its event's deliveries.
struct Delivered {
    std::size_t place = 0;  ///< among the candidates
    model::EventRef ref;    ///< where it was accepted
    std::vector<model::DestinationKey> matched;
};

constexpr std::string_view kSelect =
    "SELECT id, tenant, destinations, topic, origin_segment, origin_row{} FROM events WHERE row = ?";

Delivered delivered_of(const Statement& row, std::size_t place, model::EventRef here) {
    Delivered delivered{.place = place, .ref = here, .matched = {}};
    if (const auto segment = row.optional_integer(4)) {
        delivered.ref = {static_cast<std::uint32_t>(*segment), static_cast<std::uint32_t>(row.integer(5))};
    }
    const auto tenant = static_cast<std::uint32_t>(row.integer(1));
    for (const TailDestination& matched : unpack_destinations(row.text(2))) {
        delivered.matched.push_back({tenant, matched.destination, matched.incarnation});
    }
    return delivered;
}

bool is_wanted(const std::vector<std::int64_t>& destinations, const model::DestinationKey& key) {
    return destinations.empty() || std::ranges::find(destinations, std::int64_t{key.destination}) != destinations.end();
}

bool has_outcome(const ports::EventQuery& query, const std::vector<std::int64_t>& destinations,
                 const Delivered& delivered, OutcomeFolds& folds) {
    for (const model::DestinationKey& key : delivered.matched) folds.try_emplace(key);  // one without a fact waits
    return std::ranges::any_of(folds, [&](const auto& entry) {
        if (!is_wanted(destinations, entry.first)) return false;
        const auto outcome = entry.second.outcome({});
        const std::optional<ports::OutcomeState> state = outcome ? std::optional(outcome->state) : std::nullopt;
        return std::ranges::find(query.outcomes, state) != query.outcomes.end();
    });
}

}  // namespace

Result<Choice> choose_events(ReadSession& session, const ports::EventQuery& query,
                             const std::vector<std::int64_t>& destinations, const std::vector<Candidate>& rows) {
    Choice choice{.fits = std::vector<bool>(rows.size(), false)};
    const bool reads_data = !query.conditions.empty();
    const std::string select = fmt::format(kSelect, reads_data ? ", data" : "");
    std::vector<Delivered> sought;
    for (const auto& [segment, wanted] : by_segment(rows)) {
        const auto read = [&](const Statement& row, std::size_t i) -> Result<void> {
            if (reads_data) {
                choice.bytes += row.text(6).size();
                if (!query.conditions.fit(row.text(0), row.text(3), row.text(6))) return {};
            }
            if (query.outcomes.empty()) choice.fits[i] = true;
            else sought.push_back(delivered_of(row, i, {segment->number, rows[i].row}));
            return {};
        };
        TRY_VOID(read_rows(session, *segment, select, wanted, [&](std::size_t i) { return rows[i].row; }, read));
    }
    if (sought.empty()) return choice;
    std::vector<NamedEvent> events;
    for (const Delivered& one : sought) events.push_back({one.ref, EventId(rows[one.place].id)});
    TRY(auto folds, fold_outcomes(session, std::move(events)));
    for (const Delivered& one : sought) {
        choice.fits[one.place] = has_outcome(query, destinations, one, folds[one.ref]);
    }
    return choice;
}

}  // namespace outpost::embedded
