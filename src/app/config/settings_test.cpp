#include "app/config/setting.hpp"

#include "app/config/load_fixture.hpp"
#include "app/config/other_names.hpp"

#include <set>

namespace outpost::app {
namespace {

/// A value that differs from the default, by what kind of text the setting takes.
std::string other_value(const Setting& setting) {
    const std::string_view name = setting.names.variable;
    if (name == "OUTPOST_MODE") return "embedded";
    if (name == "SERVICE") return "all";
    if (name == "LOG_LEVEL") return "debug";
    if (name == "IDGEN_TYPE") return "nanoid";
    if (name == "DELIVERY_RECORD_REQUESTS") return "all";
    const ShownValue shown = setting.show(Config{});
    if (const bool* flag = std::get_if<bool>(&shown)) return *flag ? "false" : "true";
    if (const auto* number = std::get_if<std::int64_t>(&shown)) return std::to_string(*number + 7);
    return name == "RETRY_SCHEDULE" ? "7,8" : "other";
}

TEST(Settings, EachHasNamesOfItsOwn) {
    std::set<std::string_view> variables, paths, shown;
    for (const Setting& setting : settings()) {
        const Setting::Names& names = setting.names;
        EXPECT_TRUE(variables.insert(names.variable).second) << names.variable;
        EXPECT_TRUE(paths.insert(names.path).second) << names.path;
        if (!names.shown_as.empty()) EXPECT_TRUE(shown.insert(names.shown_as).second) << names.shown_as;
        EXPECT_EQ(fate_of(names.variable, Origin::environment), std::nullopt) << names.variable;
        EXPECT_EQ(fate_of(names.path, Origin::yaml), std::nullopt) << names.path;
    }
}

/// Catches a line of the table that writes another line's field.
TEST(Settings, EachChangesItsOwnFieldAndNoOther) {
    for (const Setting& one : settings()) {
        Config config;
        const RawValue value{.name = std::string(one.names.variable), .text = other_value(one)};
        const auto assigned = one.assign(config, value, one.number);
        ASSERT_TRUE(assigned.has_value()) << assigned.error().text();
        for (const Setting& other : settings())
            EXPECT_EQ(other.show(config) != other.show(Config{}), &other == &one)
                << one.names.variable << " and " << other.names.variable;
    }
}

TEST(Settings, DefaultsAreWithinTheirRanges) {
    for (const Setting& setting : settings()) {
        const ShownValue shown = setting.show(Config{});
        const auto* number = std::get_if<std::int64_t>(&shown);
        if (!number) continue;
        EXPECT_GE(*number, setting.number.min) << setting.names.variable;
        EXPECT_LE(*number, setting.number.max) << setting.names.variable;
    }
}

struct Range {
    const char* variable;
    std::int64_t least, most;
};

class Ranges : public LoadFixture, public testing::WithParamInterface<Range> {};

TEST_P(Ranges, AreChecked) {
    const Range& it = GetParam();
    const auto with = [&](std::int64_t number) { return problems({{it.variable, std::to_string(number)}}); };
    EXPECT_EQ(with(it.least), Lines());
    EXPECT_EQ(with(it.most), Lines());
    const auto refusal = [&](std::int64_t number) {
        return Lines{fmt::format("{}: must be {} to {}, got {}", it.variable, it.least, it.most, number)};
    };
    EXPECT_EQ(with(it.most + 1), refusal(it.most + 1));
    if (it.least != 1 || std::string_view(it.variable) == "SHUTDOWN_TIMEOUT_SECONDS")
        EXPECT_EQ(with(it.least - 1), refusal(it.least - 1));
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, Ranges,
    testing::Values(Range{"API_PORT", 0, 65535}, Range{"MAX_DESTINATIONS_PER_TENANT", 1, 65536},
                    Range{"DELIVERY_TIMEOUT_SECONDS", 1, 86400}, Range{"SHUTDOWN_TIMEOUT_SECONDS", 1, 86400},
                    Range{"DELIVERY_MAX_CONCURRENCY", 0, 1000000}, Range{"API_RATE_LIMIT_PER_MINUTE", 0, 1000000},
                    Range{"API_MAX_CONNECTIONS", 0, 1000000}, Range{"LOG_RETENTION_DAYS", 0, 36500},
                    Range{"PUBLISH_MAX_BODY_BYTES", 1, 67108864}));

using Retention = LoadFixture;

TEST_F(Retention, KeepsThirtyDaysOfAnySizeByDefault) {  // decision D14
    EXPECT_EQ(load({}).log_retention_days, 30u);
    EXPECT_EQ(load({}).log_retention_bytes, 0u);
    EXPECT_EQ(load({{"LOG_RETENTION_BYTES", "500000000000"}}).log_retention_bytes, 500'000'000'000u);
    EXPECT_EQ(only_problem({{"LOG_RETENTION_BYTES", "-1"}}),
              "LOG_RETENTION_BYTES: must be 0 to 9223372036854775807, got -1");
    EXPECT_EQ(only_problem({{"LOG_RETENTION_BYTES", "9223372036854775808"}}),
              "LOG_RETENTION_BYTES: \"9223372036854775808\" does not fit in 64 bits");
}

using SmallNumbers = LoadFixture;

TEST_F(SmallNumbers, MeanWhatTheReferenceMakesOfThem) {  // config.md §2, "Not checked at all"
    EXPECT_EQ(load({{"MAX_DESTINATIONS_PER_TENANT", "0"}}).max_destinations_per_tenant, 20u);
    EXPECT_EQ(load({{"MAX_DESTINATIONS_PER_TENANT", "-1"}}).max_destinations_per_tenant, 20u);
    EXPECT_EQ(load({{"DELIVERY_TIMEOUT_SECONDS", "0"}}).delivery_timeout, std::chrono::seconds(5));
    EXPECT_EQ(only_problem({{"DELIVERY_TIMEOUT_SECONDS", "-1"}}),
              "DELIVERY_TIMEOUT_SECONDS: must be 1 to 86400, got -1");
    EXPECT_EQ(load({{"MAX_RETRY_LIMIT", "-3"}}).retry_limit, 0u);
    EXPECT_GT(load({{"PUBLISH_IDEMPOTENCY_KEY_TTL", "0"}}).publish_idempotency_window, std::chrono::years(10));
    EXPECT_EQ(only_problem({{"PUBLISH_IDEMPOTENCY_KEY_TTL", "-1"}}),
              "PUBLISH_IDEMPOTENCY_KEY_TTL: must be 0 to 2147483647, got -1");
}

}  // namespace
}  // namespace outpost::app
