#include "app/config/suggest.hpp"

namespace outpost::app {
namespace {

TEST(EditDistance, CountsSlipsOfTheFinger) {
    struct Case {
        const char* a;
        const char* b;
        std::size_t distance;
    };
    for (const Case& it : {Case{"abc", "abc", 0}, Case{"abc", "abd", 1}, Case{"abc", "ab", 1}, Case{"ab", "xab", 1},
                           Case{"abcd", "acbd", 1}, Case{"API_PROT", "API_PORT", 1}, Case{"abc", "xyz", 3},
                           Case{"abcdef", "uvwxyz", 4}, Case{"a", "abcdefgh", 4}, Case{"", "", 0}, Case{"", "ab", 2}}) {
        EXPECT_EQ(edit_distance(it.a, it.b, 3), it.distance) << it.a << " " << it.b;
        EXPECT_EQ(edit_distance(it.b, it.a, 3), it.distance) << it.b << " " << it.a;
    }
}

TEST(Remark, OnVariablesThatLookLikeOurs) {  // decision D8, config.md §5
    const std::map<std::string, std::string> kRemarks = {
        {"API_PROT", "API_PROT is not read: did you mean API_PORT?"},
        {"TOPIC", "TOPIC is not read: did you mean TOPICS?"},
        {"DESTINATIONS_WEBHOK_MODE", "DESTINATIONS_WEBHOK_MODE is not read: did you mean DESTINATIONS_WEBHOOK_MODE?"},
        {"REDIS_HOTS", "REDIS_HOTS is not read: did you mean REDIS_HOST?"},
        {"PORTAL_SOMETHING_ELSE", "PORTAL_SOMETHING_ELSE is not read"},
        {"OUTPOST_API_KEY", "OUTPOST_API_KEY is not read: did you mean API_KEY?"},
        {"DELIVERYMQ_MAX_CONCURRENCY",
         "DELIVERYMQ_MAX_CONCURRENCY is not read: did you mean DELIVERY_MAX_CONCURRENCY?"},
        {"ALERT_CALLBACK_URL", "ALERT_CALLBACK_URL is not read: operator events replaced it in v0.16.0"},
    };
    for (const auto& [name, remark] : kRemarks) EXPECT_EQ(remark_on_variable(name, "x"), remark);
}

TEST(Remark, LeavesOtherPeoplesVariablesAlone) {
    for (const char* name :
         {"PATH", "HOME", "LANG", "PORT", "HOSTNAME", "SHELL", "SERVICE_URL", "DATABASE_URL", "PGHOST", "POSTGRES_USER",
          "KUBERNETES_SERVICE_HOST", "LOGNAME", "AWS_REGION", "GOOGLE_CLOUD_PROJECT", "PORTAL_SERVICE_HOST",
          "OUTPOST_PORT_3333_TCP_ADDR", "OUTPOST_SERVICE_PORT_HTTP"})
        EXPECT_EQ(remark_on_variable(name, "x"), std::nullopt) << name;
    EXPECT_EQ(remark_on_variable("OUTPOST_PORT", "tcp://10.0.0.1:3333"), std::nullopt);
    EXPECT_EQ(remark_on_variable("API_KEYS" + std::string(100, 'S'), "x"), std::nullopt);
}

TEST(Remark, OnEveryUnknownPath) {
    const std::map<std::string, std::string> kRemarks = {
        {"topcis", "topcis is not read: did you mean topics?"},
        {"max_retry_limit", "max_retry_limit is not read: did you mean retry_max_limit?"},
        {"portal_brand_color", "portal_brand_color is not read: did you mean portal.brand_color?"},
        {"rabbitmq.server_url", "rabbitmq is not read: did you mean mqs.rabbitmq?"},
        {"mqs.awssqs.region", "mqs.awssqs is not read: did you mean mqs.aws_sqs?"},
        {"mqs.delivery_retry_limit", "mqs.delivery_retry_limit is not read: it was removed"},
        {"delivery.max_concurrency",
         "delivery is not read: did you mean delivery_max_concurrency or delivery_timeout_seconds?"},
        {"destinations.webhook.mod", "destinations.webhook.mod is not read: did you mean destinations.webhook.mode?"},
        {"whatever.else.there.is", "whatever is not read"},
    };
    for (const auto& [path, remark] : kRemarks) EXPECT_EQ(remark_on_path(path), remark);
}

TEST(Section, IsWhatKnownPathsGoThrough) {
    for (const char* path : {"destinations", "destinations.webhook", "redis", "mqs.rabbitmq"})
        EXPECT_TRUE(is_section(path));
    for (const char* path : {"topics", "postgres", "destination", "redis.host", ""})
        EXPECT_FALSE(is_section(path)) << path;
}

}  // namespace
}  // namespace outpost::app
