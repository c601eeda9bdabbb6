#include "sim/invariants.hpp"

#include "base/step_free_time.hpp"

#include <algorithm>

namespace outpost::sim {
namespace {

/// What is known of one delivery, from every side.
struct Story {
    std::vector<const SendSeen*> sends;
    std::vector<const SettleSeen*> settles;  ///< that are or may be stored
    std::vector<const DecisionSeen*> decisions;
    std::vector<const ports::AttemptRecord*> logged;  ///< by number
};

/// All of it in a few words.
std::string tell(const Story& story) {
    std::string text;
    for (const SendSeen* sent : story.sends) {
        text +=
            fmt::format("; sent #{}{} at {} by process {}, ended {} {}", sent->number, sent->manual ? " manual" : "",
                        sent->began, sent->life, static_cast<int>(sent->end), sent->code);
    }
    for (const SettleSeen* settle : story.settles) {
        text +=
            fmt::format("; settled #{} {}{}{} by process {} ({})", settle->attempt.number,
                        model::to_string(settle->attempt.status), settle->next_due ? ", goes on" : "",
                        settle->under_faults ? " under faults" : "", settle->life, static_cast<int>(settle->certainty));
    }
    for (const DecisionSeen* decision : story.decisions) {
        text += fmt::format("; decided {} at {} ({})", static_cast<int>(decision->kind), decision->began,
                            static_cast<int>(decision->certainty));
    }
    return text;
}

class Checker {
public:
    explicit Checker(const Ending& ending) : ending_(ending), history_(ending.history) { collect(); }

    std::string tell_story(const model::DeliveryKey& key) const {
        const Story* story = find(key);
        return story == nullptr ? "" : tell(*story);
    }

    std::vector<std::string> run() {
        for (const auto& [key, story] : stories_) check_numbers(key, story);
        for (const auto& [key, story] : stories_) check_log_against_sends(key, story);
        for (const AcceptSeen& accept : history_.accepts) check_kept(accept);
        check_events();
        check_nothing_made_up();
        check_duplicates();
        check_retries();
        check_cancels();
        if (!ending_.wall_clock_jumped) check_schedule();
        if (ending_.waits_as_planned) {
            for (const auto& [key, story] : stories_) check_waits(key, story);
        }
        return std::move(wrong_);
    }

private:
    void collect();
    void check_numbers(const model::DeliveryKey& key, const Story& story);
    void check_log_against_sends(const model::DeliveryKey& key, const Story& story);
    void check_kept(const AcceptSeen& accept);
    void check_events();
    void check_nothing_made_up();
    void check_duplicates();
    void check_retries();
    void check_cancels();
    void check_schedule();
    void check_waits(const model::DeliveryKey& key, const Story& story);
    std::optional<std::string> how_it_ended(const model::DeliveryKey& key, const model::Event& event) const;
    const Story* find(const model::DeliveryKey& key) const {
        const auto story = stories_.find(key);
        return story == stories_.end() ? nullptr : &story->second;
    }
    void wrong(std::string what) { wrong_.push_back(std::move(what)); }

    const Ending ending_;
    const History& history_;
    std::map<model::DeliveryKey, Story> stories_;
    std::map<AttemptId, MonotonicTime> decided_;  ///< when the attempt was to be settled for the first time
    std::vector<std::string> wrong_;
};

void Checker::collect() {
    std::map<AttemptId, model::DeliveryKey> key_of;
    for (const SendSeen& sent : history_.sends) stories_[sent.key].sends.push_back(&sent);
    for (const SettleSeen& settle : history_.settles) {
        if (settle.certainty != Certainty::refused) stories_[settle.key].settles.push_back(&settle);
        key_of[settle.attempt.id] = settle.key;
        decided_.try_emplace(settle.attempt.id, settle.asked);
    }
    for (const DecisionSeen& decision : history_.decisions) {
        if (decision.certainty != Certainty::refused) stories_[decision.key].decisions.push_back(&decision);
    }
    std::set<AttemptId> seen;
    for (const ports::AttemptRecord& record : ending_.log.attempts) {
        if (!seen.insert(record.attempt.id).second) wrong("the log lists an attempt twice: " + record.attempt.id.value);
        const auto key = key_of.find(record.attempt.id);
        if (key == key_of.end()) wrong("the log has an attempt that nobody settled: " + record.attempt.id.value);
        else stories_[key->second].logged.push_back(&record);
    }
    for (auto& [key, story] : stories_) {
        std::ranges::sort(story.logged, {}, [](const auto* record) { return record->attempt.number; });
    }
}

/// Decision B8. A destination that was created anew may go on from its former numbers.
void Checker::check_numbers(const model::DeliveryKey& key, const Story& story) {
    for (std::size_t i = 0; i < story.logged.size(); ++i) {
        const std::uint32_t number = story.logged[i]->attempt.number;
        const bool first = i == 0 && (number == 1 || key.destination.incarnation > 0);
        if (first || (i > 0 && number == story.logged[i - 1]->attempt.number + 1)) continue;
        return wrong(fmt::format("{} has attempt number {} after {}{}", describe(key), number,
                                 i == 0 ? 0 : story.logged[i - 1]->attempt.number, tell(story)));
    }
}

bool same_end(const SendSeen& sent, const model::Attempt& attempt) {
    if (attempt.status == model::AttemptStatus::success) return sent.end == SendEnd::success;
    return sent.end == SendEnd::exception ? attempt.code == "internal_error"
                                          : sent.end == SendEnd::failed && sent.code == attempt.code;
}

void Checker::check_log_against_sends(const model::DeliveryKey& key, const Story& story) {
    const auto is_logged = [&](const AttemptId& id) {
        return std::ranges::any_of(story.logged, [&](const auto* record) { return record->attempt.id == id; });
    };
    for (const SettleSeen* settle : story.settles) {
        if (settle->certainty == Certainty::stored && !is_logged(settle->attempt.id)) {
            wrong(
                fmt::format("{}: attempt {} was settled and is not in the log", describe(key), settle->attempt.number));
        }
    }
    for (const ports::AttemptRecord* record : story.logged) {
        const model::Attempt& attempt = record->attempt;
        if (record->event_ref != key.event) wrong(fmt::format("{}: the log has another event", describe(key)));
        const bool was_sent = std::ranges::any_of(story.sends, [&](const SendSeen* sent) {
            return sent->number == attempt.number && sent->destination_id == record->destination_id &&
                   sent->event_id == record->event_id && sent->manual == attempt.manual && same_end(*sent, attempt);
        });
        if (was_sent) continue;
        wrong(fmt::format("{}: the log's attempt {} ({} {}{}) is not what the destination saw{}", describe(key),
                          attempt.number, model::to_string(attempt.status), attempt.code,
                          attempt.manual ? ", manual" : "", tell(story)));
    }
    for (const SendSeen* sent : story.sends) {
        if (sent->life < history_.life || sent->end == SendEnd::our_fault) continue;
        const bool logged = std::ranges::any_of(
            story.logged, [&](const auto* record) { return record->attempt.number == sent->number; });
        if (logged) continue;
        wrong(fmt::format("{}: send {} of the last process is not in the log{}", describe(key), sent->number,
                          tell(story)));
    }
}

std::optional<std::string> Checker::how_it_ended(const model::DeliveryKey& key, const model::Event& event) const {
    const Story* story = find(key);
    if (story == nullptr) return std::nullopt;
    if (std::ranges::any_of(story->sends, [](const auto* sent) { return sent->end == SendEnd::success; })) {
        return "delivered";
    }
    for (const DecisionSeen* decision : story->decisions) {
        if (decision->kind == ports::DecisionKind::skipped) return "skipped";
        if (decision->kind == ports::DecisionKind::cancelled) return "cancelled";
    }
    // One that was refused may all the same have reached an attempt in flight, which then got no follow-up.
    if (std::ranges::any_of(history_.cancels, [&](const RequestSeen& cancel) { return cancel.key == key; })) {
        return "cancelled";
    }
    if (story->logged.empty()) return std::nullopt;
    const model::Attempt& last = story->logged.back()->attempt;
    const bool spent = last.number > ending_.policy.retries_max();
    if (spent || !event.eligible_for_retry || last.code == "410") return "given up";
    return std::nullopt;
}

/// Every event that was accepted is delivered to every destination that matched, or its end is recorded.
void Checker::check_kept(const AcceptSeen& accept) {
    if (accept.certainty != Certainty::stored || accept.accepted.duplicate) return;
    for (const model::DestinationKey& destination : accept.accepted.destinations) {
        const model::DeliveryKey key{accept.accepted.event, destination};
        if (how_it_ended(key, *accept.event)) continue;
        wrong(fmt::format("{} ({}) was accepted, and neither delivered nor ended{}", describe(key),
                          accept.event->id.value, find(key) ? tell(*find(key)) : ""));
    }
    if (accept.accepted.destinations != accept.destinations) {
        wrong(fmt::format("{} was accepted for other destinations than it matched", accept.event->id.value));
    }
}

/// Look-ups by id answer the newest event of that id that was stored.
void Checker::check_events() {
    for (const AcceptSeen& accept : history_.accepts) {
        const auto name = std::make_pair(accept.event->tenant_id, accept.event->id);
        if (accept.certainty != Certainty::stored || !ending_.log.looked_up.contains(name)) continue;
        const auto found = ending_.log.events.find(name);
        if (found == ending_.log.events.end()) {
            wrong(fmt::format("{} was accepted and can't be found", accept.event->id.value));
        } else if (found->second.ref < accept.accepted.event) {
            wrong(fmt::format("{} is found as an older event of its id", accept.event->id.value));
        } else if (found->second.ref == accept.accepted.event &&
                   found->second.matched != accept.accepted.destinations) {
            wrong(fmt::format("{} is found with other destinations", accept.event->id.value));
        }
    }
}

/// Nothing is sent that nobody published, or whose publisher was told that it was not stored.
void Checker::check_nothing_made_up() {
    std::set<std::pair<TenantId, EventId>> may_exist;
    std::map<model::EventRef, const AcceptSeen*> stored;
    for (const AcceptSeen& accept : history_.accepts) {
        if (accept.certainty != Certainty::refused) may_exist.emplace(accept.event->tenant_id, accept.event->id);
        if (accept.certainty == Certainty::stored && !accept.accepted.duplicate) {
            if (!stored.emplace(accept.accepted.event, &accept).second) wrong("two events have one place in the log");
        }
    }
    for (const SendSeen& sent : history_.sends) {
        if (!may_exist.contains({sent.tenant_id, sent.event_id})) {
            wrong(fmt::format("{} was sent and never accepted", sent.event_id.value));
        }
        const auto accept = stored.find(sent.key.event);
        if (accept == stored.end()) continue;
        if (accept->second->event->id != sent.event_id) wrong(fmt::format("{} is another event", describe(sent.key)));
        const auto& matched = accept->second->accepted.destinations;
        const bool fits = std::ranges::any_of(matched, [&](const model::DestinationKey& destination) {
            return destination.destination == sent.key.destination.destination;
        });
        if (!fits) wrong(fmt::format("{} was sent where it did not match", describe(sent.key)));
    }
}

/// Decision A6: within the window, one event an id and tenant.
void Checker::check_duplicates() {
    std::map<std::pair<TenantId, EventId>, std::vector<const AcceptSeen*>> chosen;
    for (const AcceptSeen& accept : history_.accepts) {
        if (!accept.client_chose_id || accept.certainty != Certainty::stored) continue;
        chosen[{accept.event->tenant_id, accept.event->id}].push_back(&accept);
    }
    for (const auto& [name, accepts] : chosen) {
        for (std::size_t i = 0; i < accepts.size(); ++i) {
            for (std::size_t j = i + 1; j < accepts.size(); ++j) {
                const AcceptSeen& first = *accepts[i];
                const AcceptSeen& second = *accepts[j];
                if (first.accepted.event == second.accepted.event) {
                    if (first.accepted.destinations == second.accepted.destinations) continue;
                    wrong(fmt::format("copies of {} were answered with different lists", name.second.value));
                }
                if (first.accepted.duplicate || second.accepted.duplicate || ending_.wall_clock_jumped) continue;
                if (second.ended_wall - first.began_wall < std::chrono::hours(1)) {
                    wrong(fmt::format("{} was accepted twice within its window", name.second.value));
                }
            }
        }
    }
}

/// Every retry that was granted is followed by a send that began after the request, or by the record of an end.
void Checker::check_retries() {
    std::map<model::EventRef, EventId> ids;
    for (const AcceptSeen& accept : history_.accepts) {
        if (accept.certainty == Certainty::stored) ids[accept.accepted.event] = accept.event->id;
    }
    for (const RequestSeen& retry : history_.retries) {
        if (!retry.granted) continue;
        const bool sent = std::ranges::any_of(history_.sends, [&](const SendSeen& candidate) {
            return candidate.began > retry.began && candidate.tenant_id == retry.tenant_id &&
                   candidate.event_id == retry.event_id && candidate.destination_id == retry.destination_id;
        });
        const bool ended = std::ranges::any_of(history_.decisions, [&](const DecisionSeen& decision) {
            const auto id = ids.find(decision.key.event);
            const bool closes = decision.kind != ports::DecisionKind::redeliver;
            return closes && decision.certainty != Certainty::refused && decision.began > retry.began &&
                   id != ids.end() && id->second == retry.event_id;
        });
        // Of two requests at once, either may come last.
        const bool cancelled_at_once = std::ranges::any_of(history_.cancels, [&](const RequestSeen& cancel) {
            return cancel.event_id == retry.event_id && cancel.ended > retry.began && cancel.began < retry.ended;
        });
        if (sent || ended || cancelled_at_once) continue;
        std::string stories;
        for (const auto& [key, story] : stories_) {
            const auto id = ids.find(key.event);
            if (id == ids.end() || id->second != retry.event_id) continue;
            stories += "; " + describe(key) + tell(story);
        }
        wrong(fmt::format("the retry of {} for {} at {} was granted at {} and never made{}", retry.event_id.value,
                          retry.destination_id.value, retry.began, retry.ended, stories));
    }
}

/// Nothing begins after a cancellation was granted, unless a retry was asked for during or after it.
void Checker::check_cancels() {
    for (const RequestSeen& cancel : history_.cancels) {
        if (!cancel.granted) continue;
        const bool asked_again = std::ranges::any_of(history_.retries, [&](const RequestSeen& retry) {
            return retry.event_id == cancel.event_id && retry.tenant_id == cancel.tenant_id &&
                   retry.ended > cancel.began;
        });
        const Story* story = find(*cancel.key);
        if (asked_again || story == nullptr) continue;
        for (const SendSeen* sent : story->sends) {
            if (sent->began < cancel.ended) continue;
            wrong(fmt::format("{}: send {} began at {} although it was cancelled at {}", describe(*cancel.key),
                              sent->number, sent->began, cancel.ended));
        }
    }
}

/// pipeline.md §8.2: an automatic attempt never comes earlier than its schedule, nor after the limit.
void Checker::check_schedule() {
    for (const auto& [key, story] : stories_) {
        for (std::size_t i = 0; i < story.logged.size(); ++i) {
            const model::Attempt& attempt = story.logged[i]->attempt;
            if (attempt.manual) continue;
            if (attempt.number > ending_.policy.retries_max() + 1) {
                wrong(fmt::format("{}: attempt {} is over the limit", describe(key), attempt.number));
            }
            if (i == 0) continue;
            const model::Attempt& before = story.logged[i - 1]->attempt;
            const TimePoint earliest = before.time + model::base_delay(ending_.policy, before.number);
            if (attempt.time - attempt.duration < earliest) {
                wrong(fmt::format("{}: attempt {} came {} ms too early", describe(key), attempt.number,
                                  (earliest - (attempt.time - attempt.duration)).count()));
            }
        }
    }
}

/// By the monotonic clock: no retry of a living process comes before its time, whatever was done to the wall clock
/// (hard-cases T-16). That none comes too late, or never, is seen by how the simulation ends.
void Checker::check_waits(const model::DeliveryKey& key, const Story& story) {
    for (const SettleSeen* settle : story.settles) {
        // What may not be stored, as of a process that was dying, says nothing of what is due.
        if (!settle->next_due || settle->certainty != Certainty::stored) continue;
        const MonotonicTime decided = decided_.at(settle->attempt.id);
        for (const SendSeen* sent : story.sends) {
            const bool follows = sent->number == settle->attempt.number + 1 && sent->life == settle->life;
            if (!follows || sent->manual) continue;
            const auto waited = std::chrono::floor<Milliseconds>(sent->began_at - decided);
            if (waited + kClockStepMin >= settle->planned_wait()) continue;
            wrong(fmt::format("{}: attempt {} came after {} ms instead of {}{}", describe(key), sent->number,
                              waited.count(), settle->planned_wait().count(), tell(story)));
        }
    }
}

}  // namespace

std::string tell_story(const History& history, const model::DeliveryKey& key) {
    const LogSeen nothing;
    const model::RetryPolicy policy;
    return Checker({.history = history, .log = nothing, .policy = policy}).tell_story(key);
}

std::vector<std::string> check_invariants(const Ending& ending) {
    return Checker(ending).run();
}

}  // namespace outpost::sim
