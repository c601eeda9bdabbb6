#include "backends/embedded/project/projector.hpp"

#include "base/test_point.hpp"

namespace outpost::embedded {
namespace {

OpenDelivery read_open(const Statement& row) {
    return {.key = {{static_cast<std::uint32_t>(row.integer(0)), static_cast<std::uint32_t>(row.integer(1))},
                    {static_cast<std::uint32_t>(row.integer(4)), static_cast<std::uint32_t>(row.integer(2)),
                     static_cast<std::uint32_t>(row.integer(3))}},
            .attempts = static_cast<std::uint32_t>(row.integer(5)),
            .due_ms = row.integer(6),
            .manual = row.integer(7) != 0};
}

constexpr std::string_view kColumns =
    "event_segment, event_row, destination, incarnation, tenant, attempts, due, manual";

}  // namespace

Result<void> Projector::open() {
    TRY(upsert_, projections_.prepare(fmt::format("INSERT OR REPLACE INTO open_deliveries ({}) VALUES"
                                                  " (?,?,?,?,?,?,?,?)",
                                                  kColumns)));
    TRY(remove_, projections_.prepare("DELETE FROM open_deliveries WHERE event_segment = ? AND event_row = ? AND"
                                      " destination = ? AND incarnation = ?"));
    TRY(move_, projections_.prepare("INSERT OR REPLACE INTO projection VALUES ('open_deliveries', ?, ?)"));
    TRY(fetch_, projections_.prepare(fmt::format("SELECT {} FROM open_deliveries WHERE destination = ? ORDER BY due,"
                                                 " event_segment, event_row LIMIT ?",
                                                 kColumns)));
    TRY(find_, projections_.prepare(fmt::format("SELECT {} FROM open_deliveries WHERE event_segment = ? AND event_row"
                                                " = ? AND destination = ? AND incarnation = ?",
                                                kColumns)));
    TRY(next_destination_, projections_.prepare("SELECT destination, due FROM open_deliveries WHERE destination > ?"
                                                " ORDER BY destination, due LIMIT 1"));
    TRY(carried_to_, projections_.prepare("INSERT OR REPLACE INTO carried_events VALUES (?,?,?,?)"));
    TRY(home_, projections_.prepare("SELECT segment, row FROM carried_events WHERE event_segment = ? AND event_row ="
                                    " ?"));
    TRY(open_here_,
        projections_.prepare("SELECT DISTINCT event_segment, event_row, event_row FROM open_deliveries o WHERE"
                             " event_segment = ?1 AND NOT EXISTS (SELECT 1 FROM carried_events c WHERE c.event_segment"
                             " = o.event_segment AND c.event_row = o.event_row) UNION ALL SELECT event_segment,"
                             " event_row, row FROM carried_events c WHERE segment = ?1 AND EXISTS (SELECT 1 FROM"
                             " open_deliveries o WHERE o.event_segment = c.event_segment AND o.event_row ="
                             " c.event_row) LIMIT ?2"));
    TRY(deliveries_, projections_.prepare(fmt::format("SELECT {} FROM open_deliveries WHERE event_segment = ? AND"
                                                      " event_row = ?",
                                                      kColumns)));
    TRY_VOID(watch_.open());
    TRY(Statement place, projections_.prepare("SELECT segment, row FROM projection WHERE name = 'open_deliveries'"));
    TRY(const bool found, place.step());
    if (found) {
        watermark_ = {static_cast<std::uint32_t>(place.integer(0)), static_cast<std::uint32_t>(place.integer(1))};
    }
    return {};
}

Result<bool> Projector::step() {
    const auto list = segments_.list();
    std::unordered_map<model::DeliveryKey, DeliveryState> states;
    Copies copies;
    model::EventRef place = watermark_;
    std::size_t rows = 0;
    watch_.begin();
    for (const SegmentPtr& segment : *list) {
        if (segment->number < place.segment) continue;
        if (segment->number > place.segment) place = {segment->number, 0};
        if (segment->sealed()) continue;  // sealed ones were projected before
        const Tail& tail = *segment->tail;
        const std::size_t size = tail.size();
        for (; place.row < size && rows < kStepRowsMax; ++place.row) {
            const TailEntry& entry = tail[place.row];
            const auto matched =
                entry.kind == RowKind::event ? tail.destinations_of(entry) : std::span<const TailDestination>();
            rows += std::max<std::size_t>(1, matched.size());
            if ((entry.flags & kFlagCarried) != 0 && entry.kind == RowKind::event) {
                copies.push_back({{entry.destination, entry.incarnation}, place});
            }
            watch_.see(entry, place);
            states_of(entry, matched, place, [&](const model::DeliveryKey& key, const DeliveryState& state) {
                states.insert_or_assign(key, state);
            });
        }
        if (place.row < size) break;  // the step is full
    }
    if (place == watermark_) return false;
    TRY(Transaction transaction, Transaction::begin(projections_));
    TRY_VOID(apply(states));
    TRY_VOID(note(copies));
    TRY_VOID(watch_.apply());
    move_.bind(1, place.segment).bind(2, place.row);
    TRY_VOID(move_.run());
    test_point("projection.before_commit");
    TRY_VOID(transaction.commit());
    test_point("projection.after_commit");
    watermark_ = place;
    WatchNews news = watch_.committed();
    if (news.outbox || !news.disabled.empty()) tell_(std::move(news));
    return rows >= kStepRowsMax;
}

Result<void> Projector::apply(const std::unordered_map<model::DeliveryKey, DeliveryState>& states) {
    for (const auto& [key, state] : states) {
        if (state.open) {
            upsert_.bind(1, key.event.segment)
                .bind(2, key.event.row)
                .bind(3, key.destination.destination)
                .bind(4, key.destination.incarnation)
                .bind(5, key.destination.tenant)
                .bind(6, state.attempts)
                .bind(7, state.due_ms)
                .bind(8, state.manual ? 1 : 0);
            TRY_VOID(upsert_.run());
        } else if (key.event < watermark_) {  // closed within this step: never touched the table
            remove_.bind(1, key.event.segment)
                .bind(2, key.event.row)
                .bind(3, key.destination.destination)
                .bind(4, key.destination.incarnation);
            TRY_VOID(remove_.run());
        }
    }
    return {};
}

Result<void> Projector::note(const Copies& copies) {
    for (const auto& [accepted_at, copy] : copies) {
        carried_to_.bind(1, accepted_at.segment).bind(2, accepted_at.row).bind(3, copy.segment).bind(4, copy.row);
        TRY_VOID(carried_to_.run());
    }
    return {};
}

Result<void> Projector::catch_up() {
    while (true) {
        TRY(const bool more, step());
        if (!more) return {};
    }
}

Result<Projector::Fetched> Projector::fetch(std::uint32_t destination, std::size_t limit) {
    TRY_VOID(catch_up());
    fetch_.bind(1, destination).bind(2, static_cast<std::int64_t>(limit) + 1);
    Fetched fetched;
    while (true) {
        TRY(const bool more, fetch_.step());
        if (!more) break;
        OpenDelivery open = read_open(fetch_);
        if (fetched.deliveries.size() == limit) {
            fetched.more_from = open.due_ms;
            break;
        }
        fetched.deliveries.push_back(std::move(open));
    }
    fetch_.reset();
    return fetched;
}

Result<std::vector<Projector::Backlog>> Projector::backlogs() {
    TRY_VOID(catch_up());
    std::vector<Backlog> all;
    std::int64_t after = -1;
    while (true) {
        // One seek a destination: the index is not walked.
        next_destination_.bind(1, after);
        TRY(const bool more, next_destination_.step());
        if (!more) break;
        after = next_destination_.integer(0);
        all.push_back({static_cast<std::uint32_t>(after), next_destination_.integer(1)});
        next_destination_.reset();
    }
    next_destination_.reset();
    return all;
}

Result<std::optional<OpenDelivery>> Projector::find(const model::DeliveryKey& key) {
    TRY_VOID(catch_up());
    find_.bind(1, key.event.segment)
        .bind(2, key.event.row)
        .bind(3, key.destination.destination)
        .bind(4, key.destination.incarnation);
    TRY(const bool found, find_.step());
    std::optional<OpenDelivery> open;
    if (found) open = read_open(find_);
    find_.reset();
    return open;
}

Result<model::EventRef> Projector::home_of(model::EventRef event) {
    TRY_VOID(catch_up());
    home_.bind(1, event.segment).bind(2, event.row);
    TRY(const bool found, home_.step());
    if (found) event = {static_cast<std::uint32_t>(home_.integer(0)), static_cast<std::uint32_t>(home_.integer(1))};
    home_.reset();
    return event;
}

Result<std::vector<Projector::OpenEvent>> Projector::open_events_in(std::uint32_t segment, std::size_t events_max,
                                                                    std::size_t deliveries_max) {
    TRY_VOID(catch_up());
    std::vector<OpenEvent> events;
    std::size_t deliveries = 0;
    open_here_.bind(1, segment).bind(2, static_cast<std::int64_t>(events_max));
    while (deliveries < deliveries_max) {
        TRY(const bool more, open_here_.step());
        if (!more) break;
        OpenEvent event{.accepted_at = {static_cast<std::uint32_t>(open_here_.integer(0)),
                                        static_cast<std::uint32_t>(open_here_.integer(1))},
                        .row = static_cast<std::uint32_t>(open_here_.integer(2)),
                        .deliveries = {}};
        deliveries_.bind(1, event.accepted_at.segment).bind(2, event.accepted_at.row);
        while (true) {
            TRY(const bool another, deliveries_.step());
            if (!another) break;
            event.deliveries.push_back(read_open(deliveries_));
        }
        deliveries_.reset();
        deliveries += event.deliveries.size();
        events.push_back(std::move(event));
    }
    open_here_.reset();
    return events;
}

Result<std::uint64_t> Projector::count() {
    TRY(const auto rows, projections_.query_integer("SELECT count(*) FROM open_deliveries"));
    return static_cast<std::uint64_t>(rows.value_or(0));
}

}  // namespace outpost::embedded
