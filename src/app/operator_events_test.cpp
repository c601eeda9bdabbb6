#include "app/operator_events.hpp"

#include "ports/operator_outbox.hpp"

#include <gtest/gtest.h>

namespace outpost::app {
namespace {

Config with_sink() {
    Config config;
    config.operator_events.http_url = "http://sink";
    return config;
}

TEST(WatchSettings, AreTheContractsDefaults) {  // config.md §3.9
    const embedded::WatchSettings settings = watch_settings(Config());
    EXPECT_EQ(settings.rules.limit, 100U);
    EXPECT_FALSE(settings.rules.auto_disable);
    EXPECT_FALSE(settings.rules.disable_on_gone);
    EXPECT_TRUE(settings.topics.empty());
    EXPECT_TRUE(settings.effects);
}

TEST(WatchSettings, WantTheTopicsThatAreListedAndExist) {  // pipeline.md §12.1
    Config config = with_sink();
    config.operator_events.topics = {"attempt.failed", "attempt.unknown"};
    EXPECT_EQ(watch_settings(config).topics, (std::set<std::string, std::less<>>{"attempt.failed"}));
    config.operator_events.topics = {"*"};
    EXPECT_EQ(watch_settings(config).topics.size(), ports::kOperatorTopics.size());
    config.operator_events.http_url.clear();
    EXPECT_TRUE(watch_settings(config).topics.empty()) << "nobody would send them";
}

TEST(WatchSettings, EnterNoWindowForAlertsThatNobodyGets) {  // pipeline.md §22 W26
    Config config = with_sink();
    EXPECT_EQ(watch_settings(config).rules.exhausted_window, std::nullopt);
    config.operator_events.topics = {std::string(ports::kTopicExhausted)};
    EXPECT_EQ(watch_settings(config).rules.exhausted_window, std::chrono::hours(1));
    config.alert.exhausted_window_seconds.value.reset();
    EXPECT_EQ(watch_settings(config).rules.exhausted_window, std::nullopt);
}

TEST(WatchSettings, TakeTheRetriesOfTheScheduleWhenThereIsOne) {
    Config config;
    EXPECT_EQ(watch_settings(config).rules.retries_max, 10U);
    config.retry_schedule = {std::chrono::seconds(1), std::chrono::seconds(2)};
    EXPECT_EQ(watch_settings(config).rules.retries_max, 2U);
    config.alert.failure_count.value.reset();
    EXPECT_EQ(watch_settings(config).rules.limit, std::nullopt);
}

}  // namespace
}  // namespace outpost::app
