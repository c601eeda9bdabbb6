#include "backends/embedded/project/destination_watch.hpp"

#include "backends/embedded/control/outbox_rows.hpp"
#include "base/log.hpp"
#include "ports/operator_outbox.hpp"

namespace outpost::embedded {
namespace {

std::optional<std::int64_t> optional_ms(const std::optional<TimePoint>& time) {
    return time ? std::optional(unix_ms(*time)) : std::nullopt;
}

std::optional<TimePoint> optional_time(const std::optional<std::int64_t>& ms) {
    return ms ? std::optional(from_unix_ms(*ms)) : std::nullopt;
}

std::optional<std::uint8_t> level_from(const std::optional<std::int64_t>& stored) {
    return stored ? std::optional(static_cast<std::uint8_t>(*stored)) : std::nullopt;
}

std::string counts_json(const pipeline::AlertEffects& effects, std::uint32_t limit) {
    return fmt::format(R"({{"current":{},"max":{},"threshold":{}}})", effects.failures, limit, effects.level);
}

}  // namespace

DestinationWatch::DestinationWatch(Database& projections, const SegmentDirectory& segments, WatchSettings settings)
    : projections_(projections),
      segments_(segments),
      settings_(std::move(settings)),
      tells_success_(settings_.topics.contains(ports::kTopicAttemptSuccess)) {
    if (settings_.effects) return;
    settings_.rules.limit.reset();  // levels are then worked out from the count, when it goes on
    settings_.topics.clear();
    tells_success_ = false;
}

Result<void> DestinationWatch::open() {
    TRY(Statement rows, projections_.prepare("SELECT destination, incarnation, failures, last_failure, level,"
                                             " exhausted_at, counted_to FROM destination_watch"));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        Count count{.state = {.failures = static_cast<std::uint32_t>(rows.integer(2)),
                              .last_failure = optional_time(rows.optional_integer(3)),
                              .level = level_from(rows.optional_integer(4)),
                              .exhausted_at = optional_time(rows.optional_integer(5))},
                    .incarnation = static_cast<std::uint32_t>(rows.integer(1)),
                    .counted_to = rows.integer(6)};
        counts_.emplace(static_cast<std::uint32_t>(rows.integer(0)), count);
    }
}

void DestinationWatch::begin() {
    seen_.clear();
    failing_.clear();
    changed_.clear();
    targets_.clear();
    has_room_.reset();
    news_ = {};
}

Result<void> DestinationWatch::apply() {
    if (seen_.empty()) return {};
    for (const Seen& seen : seen_) TRY_VOID(take(seen));
    return write();
}

WatchNews DestinationWatch::committed() {
    for (const auto& [destination, count] : changed_) {
        if (count.state == pipeline::FailureState{}) counts_.erase(destination);
        else counts_.insert_or_assign(destination, count);
    }
    WatchNews news = std::exchange(news_, {});
    begin();
    return news;
}

Result<const DestinationWatch::Target*> DestinationWatch::target_of(std::uint32_t destination) {
    const auto [found, fresh] = targets_.try_emplace(destination);
    Target& target = found->second;
    if (!fresh) return &target;
    TRY(Statement row,
        projections_.prepare("SELECT d.incarnation, d.counter_from, d.counter_since, d.deleted_at IS NOT NULL,"
                             " t.id FROM"
                             " destinations d JOIN tenants t ON t.number = d.tenant WHERE d.number = ?"));
    row.bind(1, destination);
    TRY(target.known, row.step());
    if (!target.known) return &target;
    target.incarnation = static_cast<std::uint32_t>(row.integer(0));
    target.counter_from = row.integer(1);
    target.counter_since_ms = row.integer(2);
    target.deleted = row.integer(3) != 0;
    target.tenant = TenantId(row.text(4));
    return &target;
}

/// As it was before this attempt.
DestinationWatch::Count DestinationWatch::count_of(const Seen& seen, const Target& target) const {
    const Count fresh{.incarnation = seen.entry.incarnation};
    const auto changed = changed_.find(seen.entry.destination);
    const auto stored = counts_.find(seen.entry.destination);
    Count count = changed != changed_.end() ? changed->second : stored != counts_.end() ? stored->second : fresh;
    if (count.incarnation != seen.entry.incarnation) return fresh;
    if (count.counted_to < target.counter_from) count.state = pipeline::rearmed(count.state);
    return count;
}

pipeline::SettledAttempt DestinationWatch::settled(const Seen& seen, const pipeline::FailureState& before) {
    const TailEntry& entry = seen.entry;
    pipeline::SettledAttempt attempt{
        .success = (entry.flags & kFlagSuccess) != 0, .time = from_unix_ms(entry.time_ms), .number = entry.attempts};
    if (!settings_.effects || attempt.success) return attempt;
    const bool asks = settings_.topics.contains(ports::kTopicExhausted);
    if (asks && pipeline::may_exhaust(before, attempt, settings_.rules)) {
        attempt.eligible = is_eligible({entry.event_segment, entry.event_row});
    }
    if (settings_.rules.disable_on_gone && entry.due_ms == kClosed) attempt.gone = is_gone(seen.place);
    return attempt;
}

Result<void> DestinationWatch::take(const Seen& seen) {
    TRY(const Target* target, target_of(seen.entry.destination));
    const bool of_this_one = !target->known || (target->incarnation == seen.entry.incarnation && !target->deleted);
    if (!of_this_one || log_place(seen.place) < target->counter_from) return carry_out(seen, *target, {});
    if (began_before(seen, target->counter_since_ms)) return carry_out(seen, *target, {});
    Count count = count_of(seen, *target);
    const auto followed = pipeline::follow(count.state, settled(seen, count.state), settings_.rules);
    const bool success = (seen.entry.flags & kFlagSuccess) != 0;
    if (success && followed.state == count.state) return carry_out(seen, *target, followed.effects);
    count.state = followed.state;
    if (!settings_.effects && count.state.failures > 0) count.state.level.reset();
    count.counted_to = log_place(seen.place);
    changed_.insert_or_assign(seen.entry.destination, count);
    return carry_out(seen, *target, followed.effects);
}

Result<void> DestinationWatch::carry_out(const Seen& seen, const Target& target,
                                         const pipeline::AlertEffects& effects) {
    if (!settings_.effects) return {};
    const TailEntry& entry = seen.entry;
    OutboxRow row{.topic = {},
                  .time_ms = entry.time_ms,
                  .tenant = entry.tenant,
                  .destination = entry.destination,
                  .attempt = log_place(seen.place)};
    if (!effects.disable.empty()) {
        TRY(const bool disabled, disable(seen, target, effects.disable));
        if (disabled) row.disabled_at = entry.time_ms;
    }
    const auto say = [&](std::string_view topic, std::string detail) {
        OutboxRow one = row;
        one.topic = topic;
        one.detail = std::move(detail);
        return tell(std::move(one));
    };
    if (effects.level > 0) {
        TRY_VOID(say(ports::kTopicConsecutiveFailure, counts_json(effects, settings_.rules.limit.value_or(0))));
    }
    if (row.disabled_at) TRY_VOID(say(ports::kTopicDisabled, std::string(effects.disable)));
    if (effects.exhausted) TRY_VOID(say(ports::kTopicExhausted, {}));
    const bool success = (entry.flags & kFlagSuccess) != 0;
    return say(success ? ports::kTopicAttemptSuccess : ports::kTopicAttemptFailed, {});
}

/// Decision C2: nothing else of the row is touched, and only what is there and enabled; who was about to write the
/// version before this one is told of a conflict.
Result<bool> DestinationWatch::disable(const Seen& seen, const Target& target, std::string_view reason) {
    TRY(Statement write, projections_.prepare("UPDATE destinations SET disabled_at = ?3, disabled_reason = ?4, version"
                                              " = version + 1 WHERE number = ?1 AND incarnation = ?2 AND deleted_at IS"
                                              " NULL AND disabled_at IS NULL"));
    write.bind(1, seen.entry.destination).bind(2, seen.entry.incarnation).bind(3, seen.entry.time_ms).bind(4, reason);
    TRY_VOID(write.run());
    if (projections_.changes() == 0) return false;
    news_.disabled.push_back(
        {.tenant = target.tenant, .destination = seen.entry.destination, .reason = std::string(reason)});
    return true;
}

Result<void> DestinationWatch::tell(OutboxRow row) {
    if (!settings_.topics.contains(row.topic)) return {};
    OutboxRows outbox(projections_);
    if (!has_room_) {
        TRY(const std::int64_t waiting, outbox.count());
        has_room_ = waiting < kOutboxRowsMax;
        if (!*has_room_)
            log::error("opevents: the outbox is full, operator events are dropped", {{"waiting", waiting}});
    }
    if (!*has_room_) return {};
    news_.outbox = true;
    return outbox.add(row);
}

bool DestinationWatch::is_eligible(model::EventRef event) {
    const auto read = [&]() -> Result<std::int64_t> {
        TRY(Statement home, projections_.prepare("SELECT segment, row FROM carried_events WHERE event_segment = ? AND"
                                                 " event_row = ?"));
        home.bind(1, event.segment).bind(2, event.row);
        TRY(const bool carried, home.step());
        if (carried) {
            event = {static_cast<std::uint32_t>(home.integer(0)), static_cast<std::uint32_t>(home.integer(1))};
        }
        return read_integer(event, "SELECT eligible FROM events WHERE row = ?");
    };
    const auto eligible = read();
    if (!eligible) log::warn("watch.event_unreadable", {{"error", eligible.error().describe()}});
    return eligible.value_or(0) != 0;
}

bool DestinationWatch::is_gone(model::EventRef attempt) {
    const auto gone = read_integer(attempt, "SELECT code = '410' FROM attempts WHERE row = ?");
    if (!gone) log::warn("watch.attempt_unreadable", {{"error", gone.error().describe()}});
    return gone.value_or(0) != 0;
}

bool DestinationWatch::began_before(const Seen& seen, std::int64_t time_ms) {
    const bool success = (seen.entry.flags & kFlagSuccess) != 0;
    const std::int64_t after = seen.entry.time_ms - time_ms;
    if (success || after > kCountsCloselyFor.count() || after < -kSettlesWithin.count()) return false;
    const auto duration = read_integer(seen.place, "SELECT duration FROM attempts WHERE row = ?");
    if (!duration) log::warn("watch.attempt_unreadable", {{"error", duration.error().describe()}});
    return seen.entry.time_ms - duration.value_or(0) < time_ms - 1;  // both are whole milliseconds
}

/// Rare: for failures that may end a chain. A row that can't be read must not hold up the projections.
Result<std::int64_t> DestinationWatch::read_integer(model::EventRef place, std::string_view sql) {
    const SegmentPtr segment = SegmentDirectory::find(*segments_.list(), place.segment);
    if (segment == nullptr) return fail(Errc::not_found, fmt::format("segment {} is gone", place.segment));
    TRY(Database database, Database::open(segment->file, OpenMode::read_only));
    TRY(Statement row, database.prepare(sql));
    row.bind(1, place.row);
    TRY(const bool found, row.step());
    if (!found) return fail(Errc::not_found, fmt::format("row {} of segment {} is gone", place.row, place.segment));
    return row.integer(0);
}

Result<void> DestinationWatch::write() {
    TRY(Statement put, projections_.prepare("INSERT OR REPLACE INTO destination_watch VALUES (?,?,?,?,?,?,?)"));
    TRY(Statement remove, projections_.prepare("DELETE FROM destination_watch WHERE destination = ?"));
    for (const auto& [destination, count] : changed_) {
        const auto stored = counts_.find(destination);
        if (count.state == pipeline::FailureState{}) {
            if (stored == counts_.end()) continue;
            remove.bind(1, destination);
            TRY_VOID(remove.run());
            continue;
        }
        if (stored != counts_.end() && stored->second == count) continue;
        const auto level = count.state.level ? std::optional<std::int64_t>(*count.state.level) : std::nullopt;
        put.bind(1, destination)
            .bind(2, count.incarnation)
            .bind(3, count.state.failures)
            .bind(4, optional_ms(count.state.last_failure))
            .bind(5, level)
            .bind(6, optional_ms(count.state.exhausted_at))
            .bind(7, count.counted_to);
        TRY_VOID(put.run());
    }
    return {};
}

}  // namespace outpost::embedded
