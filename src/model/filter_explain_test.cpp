#include "model/filter_explain.hpp"

#include <gtest/gtest.h>

namespace outpost::model {
namespace {

const TimePoint kTime = *parse_rfc3339("2024-06-01T08:23:36.500Z");

/// "path operator yes|no" of each condition.
std::vector<std::string> explained(std::string_view filter,
                                   std::string_view data = R"({"amount":7,"tags":["a","b"]})") {
    Event event;
    event.id = EventId("evt_1");
    event.topic = "order.paid";
    event.time = kTime;
    event.metadata = {{"source", "shop"}};
    event.data = Bytes(std::string(data));
    const FilterInput input(event);
    const auto clauses = explain_filter(filter);
    if (!clauses) return {clauses.error().text()};
    std::vector<std::string> lines;
    for (const FilterClause& clause : *clauses) {
        lines.push_back(fmt::format("{} {} {}", clause.path, clause.op, clause.alone.matches(input) ? "yes" : "no"));
    }
    return lines;
}
using Lines = std::vector<std::string>;

TEST(FilterExplain, NamesEachConditionAndWhetherItHolds) {  // portal.md §15a N8
    const struct {
        std::string_view filter;
        Lines expected;
    } rows[] = {
        {"{}", {}},
        {"", {}},
        {R"({"topic":"order.paid"})", {"topic $eq yes"}},
        {R"({"topic":"order.sent","metadata":{"source":"shop"}})", {"topic $eq no", "metadata.source $eq yes"}},
        {R"({"data":{"amount":{"$gt":5,"$lt":6}}})", {"data.amount $gt yes", "data.amount $lt no"}},
        {R"({"data":{"tags":["a","c"]}})", {"data.tags contains no"}},
        {R"({"data":{"tags":{"$in":"b"}}})", {"data.tags $in yes"}},
        {R"({"data":{"nothing":{"$exist":false}}})", {"data.nothing $exist yes"}},
        {R"({"data":{}})", {"data exists yes"}},
        {R"({"data":{"amount":{}}})", {"data.amount exists no"}},
        {R"({"time":{"$gte":"2024-06-01T08:23:36Z"}})", {"time $gte yes"}},
    };
    for (const auto& row : rows) EXPECT_EQ(explained(row.filter), row.expected) << row.filter;
}

TEST(FilterExplain, ShowsLogicAndWhatIsInsideIt) {
    EXPECT_EQ(explained(R"({"$or":[{"topic":"x"},{"data":{"amount":7}}]})"),
              (Lines{" $or yes", "$or[0].topic $eq no", "$or[1].data.amount $eq yes"}));
    EXPECT_EQ(explained(R"({"data":{"amount":{"$not":{"$gt":5}}}})"),
              (Lines{"data.amount $not no", "data.amount.$not $gt yes"}));
    EXPECT_EQ(explained(R"({"data":{"$and":[{"amount":7},{"amount":{"$or":[1,7]}}]}})"),
              (Lines{"data $and yes", "data.$and[0].amount $eq yes", "data.$and[1].amount $or yes",
                     "data.$and[1].amount.$or[0] $eq no", "data.$and[1].amount.$or[1] $eq yes"}));
    // A value can't be the whole document.
    EXPECT_EQ(explained(R"({"$not":5})"), (Lines{" $not yes", "$not $eq no"}));
}

TEST(FilterExplain, AnOperatorsNameAtTheRootIsAField) {  // pipeline.md §6.4
    EXPECT_EQ(explained(R"({"$eq":1})"), Lines{"$eq $eq no"});
}

TEST(FilterExplain, KeepsWhatWasWritten) {
    EXPECT_EQ(explained(R"({"data":{"name":"a<b & \ud800"}})", R"({"name":"a<b & \ud800"})"),
              Lines{"data.name $eq yes"});
}

TEST(FilterExplain, RefusesWhatCantBeCompiledOrIsTooLong) {
    EXPECT_EQ(explained(R"({"data":{"a":{"$near":1}}})"), Lines{"filter at data.a: unknown operator $near"});
    EXPECT_EQ(explained("[1]"), Lines{"filter must be a JSON object"});
    EXPECT_EQ(explained(fmt::format(R"({{"topic":"{}"}})", std::string(kExplainedFilterBytesMax, 'x'))),
              Lines{"filter: more than 65536 bytes"});
}

TEST(FilterExplain, ListsABoundedNumberOfConditions) {
    std::string filter = R"({"$or":[)";
    for (int i = 0; i < 400; ++i) filter += fmt::format(R"({}{{"topic":"t{}"}})", i == 0 ? "" : ",", i);
    EXPECT_EQ(explained(filter + "]}").size(), kExplainedClausesMax);
}

}  // namespace
}  // namespace outpost::model
