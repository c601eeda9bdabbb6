#include "model/metric_groups.hpp"

namespace outpost::model {

MetricTally& MetricTally::operator+=(const MetricTally& other) {
    count += other.count;
    successes += other.successes;
    first_attempts += other.first_attempts;
    retries += other.retries;
    manual += other.manual;
    number_sum += other.number_sum;
    return *this;
}

MetricTally tally_of(const AttemptFacts& facts, std::uint64_t count) {
    return {.count = count,
            .successes = facts.success ? count : 0,
            .first_attempts = facts.number == 1 && !facts.manual ? count : 0,
            .retries = facts.number > 1 ? count : 0,
            .manual = facts.manual ? count : 0,
            .number_sum = facts.number * count};
}

std::variant<std::uint64_t, double> measure(MetricMeasure measure, const MetricTally& tally, double seconds) {
    const auto ratio = [](std::uint64_t part, double whole) {
        return whole > 0 ? static_cast<double>(part) / whole : 0.0;
    };
    const std::uint64_t failed = tally.count - tally.successes;
    switch (measure) {
        case MetricMeasure::count: return tally.count;
        case MetricMeasure::rate: return ratio(tally.count, seconds);
        case MetricMeasure::successful_count: return tally.successes;
        case MetricMeasure::failed_count: return failed;
        case MetricMeasure::error_rate: return ratio(failed, static_cast<double>(tally.count));
        case MetricMeasure::first_attempt_count: return tally.first_attempts;
        case MetricMeasure::retry_count: return tally.retries;
        case MetricMeasure::manual_retry_count: return tally.manual;
        case MetricMeasure::avg_attempt_number: return ratio(tally.number_sum, static_cast<double>(tally.count));
        case MetricMeasure::successful_rate: return ratio(tally.successes, seconds);
        case MetricMeasure::failed_rate: return ratio(failed, seconds);
    }
    return std::uint64_t{0};
}

void MetricGrouping::add(MetricKey key, const MetricTally& tally) {
    if (cut_ && key >= *cut_) return;
    groups_[std::move(key)] += tally;
    if (groups_.size() <= groups_max_) return;
    // The groups before it only become more, so it can't come back.
    const auto last = std::prev(groups_.end());
    cut_ = last->first;
    groups_.erase(last);
}

MetricGroups MetricGrouping::finish() && {
    MetricGroups finished{.groups = {}, .truncated = cut_.has_value()};
    finished.groups.reserve(groups_.size());
    while (!groups_.empty()) {
        auto node = groups_.extract(groups_.begin());
        finished.groups.push_back({std::move(node.key()), node.mapped()});
    }
    return finished;
}

}  // namespace outpost::model
