#include "api/query/list_query.hpp"

namespace outpost::api {
namespace {

std::string log_error(std::string_view query) {
    const auto parsed = parse_log_list(*Query::parse(query), model::CursorKind::event);
    return parsed ? "ok" : parsed.error().body;
}
std::string tenant_error(std::string_view query) {
    const auto parsed = parse_tenant_list(*Query::parse(query));
    return parsed ? "ok" : parsed.error().body;
}

// Case 118.
TEST(LogList, BringsTheLimitIntoRange) {
    struct Case {
        std::string_view query;
        std::size_t limit;
    };
    constexpr Case kCases[] = {{"", 100},         {"limit=3", 3},   {"limit=1000", 1000}, {"limit=5000", 1000},
                               {"limit=-1", 100}, {"limit=0", 100}, {"limit=x", 100},     {"limit=3x", 100},
                               {"limit=", 100},   {"limit=%2B7", 7}};
    for (const Case& it : kCases) {
        EXPECT_EQ(parse_log_list(*Query::parse(it.query), model::CursorKind::event)->page.limit, it.limit) << it.query;
    }
}

// Cases 122–127 and the check order of api.md §3.5.
TEST(LogList, RefusesTheFirstWrongParameter) {
    EXPECT_EQ(log_error("dir=asc&order_by=time&time[gte]=2024-01-01&time[lt]=2024-01-01T00:00:00%2B02:00"), "ok");
    EXPECT_EQ(log_error("time=nonsense&time[other]=x&time[gte]="), "ok");
    EXPECT_EQ(log_error("next=a&prev=b&dir=up"),
              R"({"status":400,"message":"cannot specify both 'next' and 'prev' cursors"})");
    EXPECT_EQ(log_error("dir=up&order_by=id"),
              R"({"status":422,"message":"validation error","data":{"query.dir":"must be 'asc' or 'desc'"}})");
    EXPECT_EQ(log_error("order_by=id&time[any]=x"),
              R"({"status":422,"message":"validation error","data":{"query.order_by":"must be one of: [time]"}})");
    EXPECT_EQ(log_error("time[any]=x"),
              R"({"status":400,"message":"operator 'any' is not supported, use 'gte', 'lte', 'gt', or 'lt'"})");
    EXPECT_TRUE(log_error("time[gte]=01/02/2024").contains(R"("data":{"query.time[gte]":"invalid format, expected)"));
    EXPECT_TRUE(log_error("time[lt]=2024-01-01T00:00:00").contains("query.time[lt]"));
    EXPECT_EQ(log_error("next=!!!"), R"({"status":400,"message":"invalid cursor"})");
}

TEST(LogList, KeepsDatesCursorsAndDirection) {
    const model::Position position{from_unix_ms(1'704'067'200'000), "evt_1"};
    const std::string cursor = model::encode_cursor(model::CursorKind::event, position);
    const auto list = parse_log_list(*Query::parse("dir=asc&time[gte]=2024-01-01&time[lt]=2024-01-02&next=" + cursor),
                                     model::CursorKind::event);
    ASSERT_TRUE(list.has_value());
    EXPECT_EQ(list->page.direction, model::Direction::ascending);
    EXPECT_EQ(list->page.after, position);
    EXPECT_EQ(list->page.before, std::nullopt);
    EXPECT_EQ(list->time.at_or_after, from_unix_ms(1'704'067'200'000));
    EXPECT_EQ(list->time.before, from_unix_ms(1'704'153'600'000));
}

// The reference has no bound on years.
TEST(LogList, TakesTimesOfAnyYear) {
    const auto list = parse_log_list(*Query::parse("time[gte]=0001-01-01T00:00:00Z&time[gt]=0001-01-01&"
                                                   "time[lte]=9999-12-31T23:59:59Z&time[lt]=9999-12-31"),
                                     model::CursorKind::event);
    ASSERT_TRUE(list.has_value());
    for (const auto& early : {list->time.at_or_after, list->time.after}) EXPECT_LT(early, from_unix_ms(0));
    for (const auto& late : {list->time.at_or_before, list->time.before})
        EXPECT_EQ(late, *parse_rfc3339("2261-12-31T23:59:59.999Z") + 1ms);
}

// Case 127.
TEST(LogList, RefusesTheCursorOfAnotherList) {
    const std::string cursor = model::encode_cursor(model::CursorKind::attempt, {from_unix_ms(1), "a"});
    EXPECT_EQ(log_error("next=" + cursor), R"({"status":400,"message":"invalid cursor"})");
}

// Cases 42–46.
TEST(TenantList, RefusesTheFirstWrongParameter) {
    EXPECT_EQ(tenant_error("limit=100&dir=asc&order_by=ignored"), "ok");
    EXPECT_EQ(tenant_error("limit=x&next=a&prev=b"),
              R"({"status":400,"message":"cannot specify both 'next' and 'prev' cursors"})");
    EXPECT_TRUE(tenant_error("dir=up&limit=x").contains("query.dir"));
    EXPECT_EQ(tenant_error("limit=x"), R"({"status":400,"message":"invalid limit: must be an integer"})");
    EXPECT_EQ(tenant_error("limit=0"), R"({"status":400,"message":"invalid limit: must be between 1 and 100"})");
    EXPECT_EQ(tenant_error("limit=101&next=!!!"),
              R"({"status":400,"message":"invalid limit: must be between 1 and 100"})");
    EXPECT_TRUE(tenant_error("next=!!!").contains("invalid cursor"));
}

TEST(TenantList, DefaultsToTwentyNewestFirst) {
    const auto page = parse_tenant_list(Query());
    EXPECT_EQ(page->limit, 20u);
    EXPECT_EQ(page->direction, model::Direction::descending);
}

}  // namespace
}  // namespace outpost::api
