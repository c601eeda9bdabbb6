#include "sim/alerts.hpp"

#include "base/json.hpp"
#include "pipeline/watch/failures.hpp"

#include <algorithm>
#include <set>

namespace outpost::sim {
namespace {

/// What the log says of one destination's attempts.
struct Tried {
    std::uint32_t failures = 0;
    std::size_t endings = 0;  ///< of counts at most: successes, and failures a day apart
    std::vector<TimePoint> failed_at;
};

/// How often at most a count began.
std::size_t counts_of(Tried tried, std::size_t armings) {
    std::ranges::sort(tried.failed_at);
    for (std::size_t i = 1; i < tried.failed_at.size(); ++i) {
        const bool apart = tried.failed_at[i] - tried.failed_at[i - 1] > pipeline::kFailuresForgottenAfter;
        if (apart) ++tried.endings;
    }
    return std::max<std::size_t>(armings, 1) + tried.endings;
}

struct Told {
    std::map<int, std::size_t> levels;
    std::size_t disabled = 0;
};

class AlertChecker {
public:
    std::vector<std::string> wrong;

    Told& told_of(const ports::OperatorNotice& notice) {
        return told_[{notice.tenant_id, notice.attempt->destination_id}];
    }
    void look_at(const ports::OperatorNotice& notice) {
        const std::string name = fmt::format("{} of attempt {}", notice.topic, notice.source);
        if (!names_.insert(name).second) wrong.push_back(name + " is told twice");
        if (notice.attempt->attempt.status != model::AttemptStatus::failed) wrong.push_back(name + ": it succeeded");
        if (notice.topic == ports::kTopicDisabled) ++told_of(notice).disabled;
        if (notice.topic != ports::kTopicConsecutiveFailure) return;
        const auto counts = parse_json(notice.detail);
        const auto current = counts->at("current").to_number<std::uint32_t>();
        const auto level = counts->at("threshold").to_number<int>();
        const bool is_edge =
            pipeline::level_of(current, kAlertLimit) == level && pipeline::level_of(current - 1, kAlertLimit) < level;
        if (!is_edge) wrong.push_back(fmt::format("{}: {} % at {} of {}", name, level, current, kAlertLimit));
        ++told_of(notice).levels[level];
    }
    void compare(const AlertsOf& of, const Tried& tried, std::size_t armings, bool auto_disable) {
        const Told& told = told_[of];
        const std::string name = fmt::format("{} of {}", of.second.value, of.first.value);
        const std::size_t counts = counts_of(tried, armings);
        for (const auto& [level, times] : told.levels) {
            if (times > counts)
                wrong.push_back(fmt::format("{}: {} % is told {} times in {} counts", name, level, times, counts));
        }
        if (told.disabled > (auto_disable ? counts : 0)) {
            wrong.push_back(fmt::format("{} is disabled {} times in {} counts", name, told.disabled, counts));
        }
        if (counts > 1) return;                  // else everything is known
        for (const int level : {50, 70, 100}) {  // 90 coincides with 100
            const bool due = pipeline::level_of(tried.failures, kAlertLimit) >= level;
            const bool was = told.levels.contains(level);
            if (due != was)
                wrong.push_back(
                    fmt::format("{}: {} failures, {} % is {}told", name, tried.failures, level, was ? "" : "not "));
        }
    }

private:
    std::set<std::string> names_;
    std::map<AlertsOf, Told> told_;
};

}  // namespace

std::vector<std::string> check_alerts(const AlertsSeen& seen, const std::vector<ports::AttemptRecord>& attempts,
                                      const std::map<AlertsOf, std::size_t>& armings) {
    std::map<AlertsOf, Tried> tried;
    for (const ports::AttemptRecord& record : attempts) {
        Tried& of = tried[{record.tenant_id, record.destination_id}];
        if (record.attempt.status == model::AttemptStatus::success) {
            ++of.endings;
            continue;
        }
        ++of.failures;
        of.failed_at.push_back(record.attempt.time);
    }
    AlertChecker checker;
    for (const ports::OperatorNotice& notice : seen.notices) checker.look_at(notice);
    for (const auto& [of, what] : tried) {
        const auto armed = armings.find(of);
        checker.compare(of, what, armed == armings.end() ? 0 : armed->second, seen.auto_disable);
    }
    return checker.wrong;
}

}  // namespace outpost::sim
