// Counts failures of destinations as the projector meets attempts, and does what follows: operator events into the
// outbox, destinations disabled (pipeline.md §11–12, decisions B5, C1–C4).
#pragma once

#include "backends/embedded/log/segment_directory.hpp"
#include "backends/embedded/sqlite/database.hpp"
#include "base/id.hpp"
#include "model/event.hpp"
#include "pipeline/watch/failures.hpp"

#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace outpost::embedded {

struct OutboxRow;

/// For so long after a count began anew, failures are looked at more closely: attempts that were under way by then
/// tried the destination as it was before.
inline constexpr Milliseconds kCountsCloselyFor = std::chrono::minutes(2);
/// They ended after it, or were being written at most so long; an earlier time means that the clock was set back, and
/// says nothing of when they began (hard-cases T-16).
inline constexpr Milliseconds kSettlesWithin = std::chrono::seconds(10);

struct WatchSettings {
    pipeline::AlertRules rules;
    std::set<std::string, std::less<>> topics;  ///< of operator events that are wanted; others are not written
    /// False: the past is counted anew and nothing follows from it (design.md §4, reindex).
    bool effects = true;
};

/// What a commit brought.
struct WatchNews {
    struct Disabled {
        TenantId tenant;
        std::uint32_t destination = 0;
        std::string reason;
    };
    std::vector<Disabled> disabled;
    bool outbox = false;  ///< something was added
};

/// Control thread only; part of the projector's steps and of their transactions, so that each effect is there exactly
/// when its attempt counts as projected. A success of a destination without a count touches nothing.
class DestinationWatch {
public:
    DestinationWatch(Database& projections, const SegmentDirectory& segments, WatchSettings settings);

    /// Reads the counts. Before any other call.
    Result<void> open();

    /// Begins a step; what an earlier one left without commit is forgotten.
    void begin();
    /// One row of the step, in the log's order.
    void see(const TailEntry& entry, model::EventRef place) {
        if (entry.kind != RowKind::attempt) return;
        const bool success = (entry.flags & kFlagSuccess) != 0;
        if (success && !tells_success_ && !has_count(entry.destination)) return;
        if (!success) failing_.insert(entry.destination);
        seen_.push_back({place, entry});
    }
    /// Within the step's transaction.
    Result<void> apply();
    /// After its commit.
    WatchNews committed();

private:
    struct Seen {
        model::EventRef place;
        TailEntry entry;
    };
    /// A row of destination_watch.
    struct Count {
        pipeline::FailureState state;
        std::uint32_t incarnation = 0;
        std::int64_t counted_to = -1;

        bool operator==(const Count&) const = default;
    };
    /// What the configuration says of a destination, read once a step.
    struct Target {
        bool known = false;
        std::uint32_t incarnation = 0;
        std::int64_t counter_from = 0;
        std::int64_t counter_since_ms = 0;
        bool deleted = false;
        TenantId tenant;
    };
    bool has_count(std::uint32_t destination) const {
        return (!counts_.empty() && counts_.contains(destination)) ||
               (!failing_.empty() && failing_.contains(destination));
    }
    Result<const Target*> target_of(std::uint32_t destination);
    Count count_of(const Seen& seen, const Target& target) const;
    pipeline::SettledAttempt settled(const Seen& seen, const pipeline::FailureState& before);
    Result<void> take(const Seen& seen);
    Result<void> carry_out(const Seen& seen, const Target& target, const pipeline::AlertEffects& effects);
    Result<bool> disable(const Seen& seen, const Target& target, std::string_view reason);
    Result<void> tell(OutboxRow row);
    bool is_eligible(model::EventRef event);
    bool is_gone(model::EventRef attempt);
    bool began_before(const Seen& seen, std::int64_t time_ms);
    Result<std::int64_t> read_integer(model::EventRef place, std::string_view sql);
    Result<void> write();

    Database& projections_;
    const SegmentDirectory& segments_;
    WatchSettings settings_;
    bool tells_success_;
    std::unordered_map<std::uint32_t, Count> counts_;  ///< what the table holds: destinations that fail
    // Of the step:
    std::vector<Seen> seen_;
    std::unordered_set<std::uint32_t> failing_;
    std::unordered_map<std::uint32_t, Count> changed_;
    std::unordered_map<std::uint32_t, Target> targets_;
    std::optional<bool> has_room_;  ///< the outbox; looked at once a step
    WatchNews news_;
};

}  // namespace outpost::embedded
