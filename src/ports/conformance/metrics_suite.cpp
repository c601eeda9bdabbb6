#include "ports/conformance/metrics_suite.hpp"

#include <fmt/format.h>

#include <numeric>

namespace outpost::ports::conformance {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MetricsSuite);

// One a file of cases: referring to it is what makes the linker take the file.
void link_metrics_dimension_cases();
void link_metrics_bucket_cases();

void link_metrics_suite() {
    link_metrics_dimension_cases();
    link_metrics_bucket_cases();
}

namespace {

TimePoint on_day(int day, int hour) {
    return *parse_rfc3339(fmt::format("2000-01-{:02}T{:02}:00:00Z", day, hour));
}

/// The i-th pair of the data set (storage.md §15.6).
Try try_of(const std::string& tenant, std::size_t i, TimePoint time) {
    const bool failed = i % 5 >= 3;
    const char* code = failed ? (i % 2 == 0 ? "500" : "422") : (i % 2 == 0 ? "200" : "201");
    return {.id = fmt::format("{}-a{}", tenant, i),
            .time = time + 1ms,
            .status = failed ? model::AttemptStatus::failed : model::AttemptStatus::success,
            .code = code,
            .manual = i % 10 == 9};
}

}  // namespace

void MetricsSuite::make_january() {
    std::vector<TimePoint> times;
    for (const int day : {3, 7, 11, 22, 28}) {
        for (int hour = 9; hour <= 18; ++hour) times.push_back(on_day(day, hour));
    }
    constexpr std::pair<int, int> kDay15[] = {{10, 25}, {11, 50}, {12, 100}, {13, 50}, {14, 25}};
    for (const auto& [hour, count] : kDay15) {
        for (int i = 0; i < count; ++i) times.push_back(on_day(15, hour) + std::chrono::seconds(i * 3600 / count));
    }
    constexpr std::size_t kBatch = 75;
    for (std::size_t first = 0; first < times.size(); first += kBatch) {
        publish_pairs("m1", first,
                      {times.begin() + static_cast<std::ptrdiff_t>(first),
                       times.begin() + static_cast<std::ptrdiff_t>(first + kBatch)});
        it().advance(20s);
    }
    std::vector<TimePoint> others;
    for (const int day : {5, 10, 15, 22, 27}) others.push_back(on_day(day, 12) + 15min);
    publish_pairs("m2", 0, others);
}

void MetricsSuite::publish_pairs(const std::string& tenant, std::size_t first, const std::vector<TimePoint>& times) {
    std::vector<Acceptance> batch;
    for (std::size_t index = 0; index < times.size(); ++index) {
        const std::size_t i = first + index;
        EventShape shape{.id = EventId(fmt::format("{}-e{}", tenant, i)),
                         .tenant_id = TenantId(tenant),
                         .topic = fmt::format("topic{}", i % 3),
                         .time = times[index]};
        batch.push_back(population().acceptance(std::move(shape), {destination(fmt::format("d{}", i % 2), tenant)}));
    }
    const auto accepted = publish_all(std::move(batch));
    std::vector<std::pair<model::DeliveryKey, Try>> tries;
    for (std::size_t index = 0; index < accepted.size(); ++index) {
        tries.emplace_back(model::DeliveryKey{accepted[index].event, accepted[index].destinations.at(0)},
                           try_of(tenant, first + index, times[index]));
    }
    attempt_all(tries);
}

model::MetricSeries MetricsSuite::ask(model::MetricKind kind, const MetricQuestion& question) {
    it().flush_log();
    model::MetricQuery query{.kind = kind,
                             .window = {*parse_rfc3339(question.start), *parse_rfc3339(question.end)},
                             .granularity = std::nullopt,
                             .dimensions = {},
                             .filters = question.filters};
    if (!question.granularity.empty()) query.granularity = *model::parse_granularity(question.granularity);
    for (const std::string& name : question.dimensions) {
        query.dimensions.push_back(model::find_dimension(kind, name).value());
    }
    auto groups = it().await(it().metrics().count(query, Deadline::never()));
    if (!groups) throw std::runtime_error("count: " + groups.error().describe());
    auto series = model::MetricSeries::make(query, *std::move(groups));
    if (!series) throw std::runtime_error("series: " + series.error().describe());
    return *std::move(series);
}

std::string MetricsSuite::shown(const model::MetricSeries& series) {
    std::string text;
    for (std::size_t index = 0; index < series.size(); ++index) {
        const model::MetricPoint point = series[index];
        if (index > 0) text += ' ';
        if (point.bucket) text += to_rfc3339(*point.bucket) + '/';
        for (const model::MetricValue& value : *point.values) {
            if (&value != point.values->data()) text += ',';
            std::visit([&](const auto& inner) { text += fmt::format("{}", inner); }, value);
        }
        text += fmt::format("={}", point.tally->count);
    }
    return text;
}

double MetricsSuite::value(const model::MetricSeries& series, std::size_t point, model::MetricMeasure measure) {
    const model::MetricPoint at = series[point];
    return std::visit([](auto number) { return static_cast<double>(number); },
                      model::measure(measure, *at.tally, at.seconds));
}

std::vector<std::uint64_t> MetricsSuite::counts(const model::MetricSeries& series) {
    std::vector<std::uint64_t> all;
    for (std::size_t index = 0; index < series.size(); ++index) all.push_back(series[index].tally->count);
    return all;
}

}  // namespace outpost::ports::conformance
