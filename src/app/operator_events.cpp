#include "app/operator_events.hpp"

#include "model/retry_policy.hpp"

namespace outpost::app {
namespace {

std::set<std::string, std::less<>> wanted_topics(const Config& config) {
    std::set<std::string, std::less<>> wanted;
    if (config.operator_events.http_url.empty()) return wanted;
    for (const std::string_view topic : ports::kOperatorTopics) {
        const bool listed = std::ranges::any_of(config.operator_events.topics,
                                                [&](const std::string& name) { return name == "*" || name == topic; });
        if (listed) wanted.emplace(topic);
    }
    return wanted;
}

std::string user_agent(const Config& config) {
    return config.webhook.user_agent.empty() ? fmt::format("Outpost/{}", OUTPOST_VERSION) : config.webhook.user_agent;
}

operator_http::SinkSettings sink_settings(const Config& config) {
    return {.url = *http::parse_url(config.operator_events.http_url),  // checked with the configuration
            .signing_secret = config.operator_events.http_signing_secret,
            .user_agent = user_agent(config)};
}

}  // namespace

embedded::WatchSettings watch_settings(const Config& config) {
    const model::RetryPolicy retry{.schedule = config.retry_schedule, .limit = config.retry_limit};
    embedded::WatchSettings settings;
    settings.topics = wanted_topics(config);
    pipeline::AlertRules& rules = settings.rules;
    rules.limit.reset();
    if (config.alert.failure_count.value) rules.limit = static_cast<std::uint32_t>(*config.alert.failure_count.value);
    rules.auto_disable = config.alert.auto_disable;
    rules.disable_on_gone = config.disable_on_gone;
    rules.retries_max = retry.retries_max();
    rules.exhausted_window.reset();
    const auto& window = config.alert.exhausted_window_seconds.value;
    // Nothing of a window is noted for alerts that nobody gets (hookdeck/outpost#1050).
    if (window && settings.topics.contains(ports::kTopicExhausted)) {
        rules.exhausted_window = std::chrono::seconds(*window);
    }
    return settings;
}

OperatorEvents::OperatorEvents(const Parts& parts, Executor executor)
    : policy_(egress::Policy::make({.mode = egress::Mode::open}).value()),
      resolver_(parts.clock, executor, {}),
      dialer_(resolver_, policy_, parts.tls, parts.clock, executor),
      client_(dialer_, parts.clock, executor, {}),
      sink_(client_, sink_settings(parts.config)),
      sender_({.outbox = parts.outbox,
               .sink = sink_,
               .catalog = parts.catalog,
               .clock = parts.clock,
               .deployment_id = parts.config.deployment_id},
              executor) {}

Task<void> OperatorEvents::stop() {
    co_await sender_.stop();
    co_await client_.stop();
    resolver_.close();
}

}  // namespace outpost::app
