#include "manage/metrics/metrics.hpp"

#include "base/manual_clock.hpp"
#include "manage/fakes/run_task.hpp"

#include <gtest/gtest.h>

namespace outpost::manage {
namespace {

constexpr std::string_view kTooBroad = "query too broad: try fewer dimensions, more filters, or a shorter time range";

/// Remembers what it was asked and answers what it was told to, after a while.
struct ScriptedReader final : ports::MetricsReader {
    explicit ScriptedReader(ManualClock& with) : clock(with) {}
    Task<Result<model::MetricGroups>> count(model::MetricQuery query, Deadline deadline) override {
        asked = std::move(query);
        until = deadline;
        clock.advance(42ms);
        co_return answer;
    }
    ManualClock& clock;
    Result<model::MetricGroups> answer = model::MetricGroups{};
    std::optional<model::MetricQuery> asked;
    Deadline until;
};

struct MetricsTest : testing::Test {
    Granted<MetricReport> report(std::optional<TenantId> scope, model::MetricQuery query,
                                 Deadline deadline = Deadline::never()) {
        return fakes::run_task(context, metrics.report(std::move(scope), std::move(query), deadline));
    }
    model::MetricQuery query(std::string_view granularity, MonotonicTime::duration length) {
        model::MetricQuery asked;
        const TimePoint start = *parse_rfc3339("2024-01-01T00:00:00Z");
        asked.window = {start, start + std::chrono::duration_cast<Milliseconds>(length)};
        if (!granularity.empty()) asked.granularity = *model::parse_granularity(granularity);
        return asked;
    }

    boost::asio::io_context context;
    ManualClock clock;
    ScriptedReader reader{clock};
    Metrics metrics{reader, clock};
};

TEST_F(MetricsTest, TenantsCannotAskByTenant) {
    const TenantId own("t1");
    EXPECT_TRUE(Metrics::check_dimensions(own, {"topic"}).has_value());
    EXPECT_TRUE(Metrics::check_dimensions(std::nullopt, {"tenant_id"}).has_value());
    const auto refused = Metrics::check_dimensions(own, {"bogus", "tenant_id"});
    EXPECT_EQ(refused.error(),
              (Refusal{RefusalKind::denied, "tenant_id dimension is not allowed for tenant-scoped requests", {}}));
}

TEST_F(MetricsTest, ConfinesATenantToItsOwnRows) {
    EXPECT_TRUE(report(TenantId("t1"), query("", 1h)).has_value());
    EXPECT_EQ(reader.asked->filters.tenants, std::vector{TenantId("t1")});
    model::MetricQuery own = query("", 1h);
    own.filters.tenants = {TenantId("t1")};
    EXPECT_TRUE(report(TenantId("t1"), own).has_value());
    reader.asked.reset();
    model::MetricQuery other = query("", 1h);
    other.filters.tenants = {TenantId("t1"), TenantId("t2")};
    EXPECT_EQ(report(TenantId("t1"), other).error(),
              (Refusal{RefusalKind::denied, "filters[tenant_id] does not match authenticated tenant", {}}));
    EXPECT_FALSE(reader.asked.has_value());
    EXPECT_TRUE(report(std::nullopt, other).has_value());
    EXPECT_EQ(reader.asked->filters.tenants.size(), 2U);
}

TEST_F(MetricsTest, RefusesTooManyBucketsWithoutAskingTheStore) {  // api.md §19 case 150
    EXPECT_EQ(report(std::nullopt, query("1s", 48h)).error(),
              (Refusal{RefusalKind::limited, std::string(kTooBroad), {}}));
    EXPECT_FALSE(reader.asked.has_value());
}

TEST_F(MetricsTest, CallsWhatTheStoreCannotGroupTooBroad) {
    for (const Errc code : {Errc::limited, Errc::timeout}) {
        reader.answer = fail(code, "inner text");
        EXPECT_EQ(report(std::nullopt, query("", 1h)).error().message, kTooBroad);
    }
    reader.answer = fail(Errc::unavailable, "inner text");
    EXPECT_EQ(report(std::nullopt, query("", 1h)).error().kind, RefusalKind::unavailable);
}

TEST_F(MetricsTest, BoundsTheTimeOfAQueryAndMeasuresIt) {
    const MonotonicTime now = clock.monotonic();
    EXPECT_EQ(report(std::nullopt, query("1h", 3h))->took, 42ms);
    EXPECT_EQ(reader.until.at(), now + 30s);
    const MonotonicTime soon = clock.monotonic() + 5s;
    EXPECT_EQ(report(std::nullopt, query("1h", 3h), Deadline(soon))->series.size(), 3U);
    EXPECT_EQ(reader.until.at(), soon);
}

}  // namespace
}  // namespace outpost::manage
