#include "api/query/log_filters.hpp"

#include <gtest/gtest.h>

namespace outpost::api {
namespace {

std::string attempts_error(std::string_view query) {
    const auto parsed = parse_attempt_conditions(*Query::parse(query));
    return parsed ? "ok" : fmt::format("{} {}", parsed.error().status, parsed.error().body);
}
std::string events_error(std::string_view query) {
    const auto parsed = parse_event_filters(*Query::parse(query));
    return parsed ? "ok" : fmt::format("{} {}", parsed.error().status, parsed.error().body);
}

std::string refused(std::string_view name, std::string_view text) {
    return fmt::format(R"(422 {{"status":422,"message":"validation error","data":{{"query.{}":"{}"}}}})", name, text);
}

// portal.md §15a N5, in the style of api.md §3.5.
TEST(AttemptConditions, AreReadFromTheQuery) {
    EXPECT_TRUE(parse_attempt_conditions(*Query::parse("manual=&attempt_number[gte]=&other=1"))->empty());
    const auto parsed = parse_attempt_conditions(
        *Query::parse("code=500&code=timeout&code_class[]=4xx&code_class[]=dns&manual=true&attempt_number[gt]=1&"
                      "attempt_number%5Blte%5D=5"));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->codes, (std::vector<std::string>{"500", "timeout"}));
    ASSERT_EQ(parsed->code_classes.size(), 2U);
    EXPECT_TRUE(parsed->code_classes[0].covers(model::AttemptStatus::failed, "404"));
    EXPECT_EQ(parsed->manual, true);
    EXPECT_EQ(parsed->number_min, 2U);
    EXPECT_EQ(parsed->number_max, 5U);
}

TEST(AttemptConditions, TakeTheNarrowestBounds) {
    const auto parsed = parse_attempt_conditions(
        *Query::parse("attempt_number[gte]=4&attempt_number[gt]=1&attempt_number[lt]=9&attempt_number[lte]=20"));
    EXPECT_EQ(parsed->number_min, 4U);
    EXPECT_EQ(parsed->number_max, 8U);
    for (const std::string_view none : {"attempt_number[lt]=0", "attempt_number[gt]=4294967295"}) {
        const auto nothing = parse_attempt_conditions(*Query::parse(none));
        EXPECT_FALSE(nothing->fit(model::AttemptStatus::failed, "500", false, 1)) << none;
    }
}

TEST(AttemptConditions, RefuseWhatTheyDoNotKnow) {
    EXPECT_TRUE(attempts_error("code_class=6xx")
                    .starts_with(R"(422 {"status":422,"message":"validation error",)"
                                 R"("data":{"query.code_class":"must be one of: [2xx )"));
    for (const model::ErrorClass known : model::kErrorClasses) {
        EXPECT_EQ(attempts_error(fmt::format("code_class={}", to_string(known))), "ok");
        EXPECT_TRUE(attempts_error("code_class=").contains(to_string(known)));
    }
    EXPECT_EQ(attempts_error("manual=1"), refused("manual", "must be 'true' or 'false'"));
    EXPECT_EQ(attempts_error("attempt_number[lte]=-1"),
              refused("attempt_number[lte]", "must be a whole number from 0 to 4294967295"));
    EXPECT_EQ(attempts_error("attempt_number[gt]=2.5"),
              refused("attempt_number[gt]", "must be a whole number from 0 to 4294967295"));
}

TEST(EventFilters, AreReadFromTheQuery) {
    const auto parsed = parse_event_filters(
        *Query::parse("q=a%20b&outcome=retrying&outcome=pending&data[a.b]=1&data%5Ba.b%5D=2&data[c]="));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->conditions.text, "a b");
    EXPECT_EQ(parsed->outcomes,
              (std::vector<std::optional<ports::OutcomeState>>{ports::OutcomeState::retrying, std::nullopt}));
    ASSERT_EQ(parsed->conditions.data.size(), 2U);
    EXPECT_EQ(parsed->conditions.data[0].path, "a.b");
    EXPECT_EQ(parsed->conditions.data[0].values, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(parsed->conditions.data[1].values, (std::vector<std::string>{""}));
    const auto none = parse_event_filters(*Query::parse("q=&data=1&dat[a]=b&data[=x"));
    EXPECT_TRUE(none->conditions.empty() && none->outcomes.empty());
}

TEST(EventFilters, RefuseWhatTheyDoNotKnow) {
    EXPECT_EQ(events_error("outcome=done"),
              refused("outcome", "must be one of: [delivered retrying failed skipped cancelled parked pending]"));
    EXPECT_EQ(events_error("data[]=1"), refused("data[]", "must name a member of the data, as data[customer.id]"));
    EXPECT_EQ(events_error("data[" + std::string(201, 'a') + "]=1"),
              refused("data", "paths must be at most 200 bytes"));
    std::string many = "q=1";
    for (int i = 0; i < 11; ++i) many += fmt::format("&data[p{}]=1", i);
    EXPECT_EQ(events_error(many), refused("data", "at most 10 paths"));
    std::string longest;  // characters, not bytes
    for (int i = 0; i < 200; ++i) longest += "%C3%A4";
    EXPECT_EQ(events_error("q=" + longest), "ok");
    EXPECT_EQ(events_error("q=x" + longest), refused("q", "must be at most 200 characters"));
}

}  // namespace
}  // namespace outpost::api
