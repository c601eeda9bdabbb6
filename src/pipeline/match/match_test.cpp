#include "pipeline/match/match.hpp"

#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

struct Row {
    std::string id;
    std::vector<std::string> topics = {"*"};
    std::string filter;
    bool disabled = false;
    bool broken = false;
};

/// Destinations numbered from 1 in this order.
CompiledTenant a_tenant(const std::vector<Row>& rows) {
    CompiledTenant tenant;
    std::uint32_t number = 0;
    for (const Row& row : rows) {
        auto stored = std::make_shared<model::StoredDestination>();
        stored->destination.id = DestinationId(row.id);
        stored->destination.topics = row.topics;
        if (row.disabled) stored->destination.disabled_at = from_unix_ms(1);
        stored->key = {.tenant = 1, .destination = ++number, .incarnation = 0};
        CompiledTenant::Entry entry{.destination = stored, .filter = {}, .filter_broken = row.broken};
        if (!row.filter.empty()) entry.filter = *model::Filter::compile(row.filter);
        tenant.entries.push_back(std::move(entry));
    }
    return tenant;
}

model::Event an_event(std::string topic, std::string data = "{}") {
    model::Event event;
    event.id = EventId("e1");
    event.topic = std::move(topic);
    event.data = Bytes(std::move(data));
    return event;
}

std::vector<std::string> ids(const std::vector<const CompiledTenant::Entry*>& matched) {
    std::vector<std::string> all;
    for (const auto* entry : matched) all.push_back(entry->destination->destination.id.value);
    return all;
}

using Ids = std::vector<std::string>;

TEST(Match, PicksTheEnabledOnesWhoseTopicAndFilterFitInOrder) {  // pipeline.md §4.2 step 2
    const CompiledTenant tenant = a_tenant({
        {.id = "all"},
        {.id = "users", .topics = {"user.created", "user.deleted"}},
        {.id = "orders", .topics = {"order.paid"}},
        {.id = "off", .disabled = true},
        {.id = "gold", .filter = R"({"data":{"tier":"gold"}})"},
        {.id = "broken", .broken = true},
    });
    const auto matched = [&](const model::Event& event) { return ids(match(tenant, event, {}, false)); };
    EXPECT_EQ(matched(an_event("user.created")), (Ids{"all", "users"}));
    EXPECT_EQ(matched(an_event("order.paid", R"({"tier":"gold"})")), (Ids{"all", "orders", "gold"}));
    EXPECT_EQ(matched(an_event("other")), (Ids{"all"}));
    EXPECT_EQ(matched(an_event("")), (Ids{"all", "users", "orders"})) << "no topic: topics are not looked at";
}

TEST(Match, AForcedDestinationMustStillFit) {  // the reference's docs say that its topic is bypassed; its code does not
    const CompiledTenant tenant = a_tenant({{.id = "a"},
                                            {.id = "users", .topics = {"user.created"}},
                                            {.id = "off", .disabled = true},
                                            {.id = "gold", .filter = R"({"data":{"tier":"gold"}})"}});
    const auto forced = [&](const char* id) {
        return ids(match(tenant, an_event("order.paid"), DestinationId(id), false));
    };
    EXPECT_EQ(forced("a"), (Ids{"a"}));
    EXPECT_EQ(forced("users"), Ids{});
    EXPECT_EQ(forced("off"), Ids{});
    EXPECT_EQ(forced("gold"), Ids{});
    EXPECT_EQ(forced("unknown"), Ids{});
}

TEST(Match, PatternsCountOnlyWhenTheyAreAllowed) {  // decision B22
    const CompiledTenant tenant = a_tenant({{.id = "pattern", .topics = {"user.*"}}});
    EXPECT_EQ(ids(match(tenant, an_event("user.created"), {}, true)), (Ids{"pattern"}));
    EXPECT_EQ(ids(match(tenant, an_event("user.created"), {}, false)), Ids{});
}

TEST(Match, AManualRetryLooksAtTopicAndFilterAlone) {  // pipeline.md §9: that it is disabled is told by another text
    const CompiledTenant tenant = a_tenant({{.id = "off", .topics = {"user.created"}, .disabled = true}});
    EXPECT_TRUE(matches(tenant.entries[0], an_event("user.created"), false));
    EXPECT_FALSE(matches(tenant.entries[0], an_event("order.paid"), false));
}

TEST(CompiledTenant, FindsByNumberAndById) {
    const CompiledTenant tenant = a_tenant({{.id = "a"}, {.id = "b"}});
    EXPECT_EQ(tenant.find(2U), &tenant.entries[1]);
    EXPECT_EQ(tenant.find(3U), nullptr);
    EXPECT_EQ(tenant.find(DestinationId("a")), &tenant.entries[0]);
    EXPECT_EQ(tenant.find(DestinationId("c")), nullptr);
}

}  // namespace
}  // namespace outpost::pipeline
