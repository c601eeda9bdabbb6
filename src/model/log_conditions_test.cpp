#include "model/log_conditions.hpp"

#include <gtest/gtest.h>

namespace outpost::model {
namespace {

using enum AttemptStatus;

bool covers(std::string_view name, AttemptStatus status, std::string_view code) {
    const auto some = CodeClass::parse(name);
    EXPECT_TRUE(some.has_value()) << name;
    return some && some->covers(status, code);
}

TEST(CodeClass, CoversAHundredOfStatusesOrAnErrorClass) {
    EXPECT_TRUE(covers("2xx", success, "204"));
    EXPECT_FALSE(covers("2xx", success, "OK"));
    EXPECT_TRUE(covers("3xx", success, "304"));
    EXPECT_TRUE(covers("5xx", failed, "503"));
    EXPECT_FALSE(covers("5xx", failed, "404"));
    EXPECT_TRUE(covers("success", success, "OK"));
    EXPECT_TRUE(covers("http_4xx", failed, "404"));
    EXPECT_TRUE(covers("connect", failed, "connection_refused"));
    EXPECT_FALSE(covers("connect", failed, "timeout"));
}

TEST(CodeClass, IsNothingElse) {
    for (const std::string_view name : {"", "6xx", "1xx", "4XX", "404", "connection_refused"})
        EXPECT_FALSE(CodeClass::parse(name).has_value()) << name;
}

TEST(AttemptConditions, MustAllFit) {
    const AttemptConditions none;
    EXPECT_TRUE(none.empty());
    EXPECT_TRUE(none.fit(failed, "", true, 7));
    const AttemptConditions some{.codes = {"500", "503"},
                                 .code_classes = {*CodeClass::parse("5xx"), *CodeClass::parse("timeout")},
                                 .manual = false,
                                 .number_min = 2,
                                 .number_max = 3};
    EXPECT_FALSE(some.empty());
    EXPECT_TRUE(some.fit(failed, "503", false, 2));
    EXPECT_TRUE(some.fit(failed, "500", false, 3));
    EXPECT_FALSE(some.fit(failed, "502", false, 2));
    EXPECT_FALSE(some.fit(failed, "timeout", false, 2)) << "the code must fit too";
    EXPECT_FALSE(some.fit(failed, "503", true, 2));
    EXPECT_FALSE(some.fit(failed, "503", false, 1));
    EXPECT_FALSE(some.fit(failed, "503", false, 4));
}

constexpr std::string_view kData =
    R"({"id": "a\u0062c", "n": 1.50, "yes": true, "no": null, "in": {"a.b": 1, "list": [1], "deep": {"x": "1"}}, "n": 2})";

struct DataCase {
    std::string path, value;
    bool fits;
};
class DataAtPath : public testing::TestWithParam<DataCase> {};

TEST_P(DataAtPath, IsComparedAsText) {
    const auto& [path, value, fits] = GetParam();
    EXPECT_EQ((DataCondition{path, {"never", value}}.fit(kData)), fits) << path << "=" << value;
}

INSTANTIATE_TEST_SUITE_P(Paths, DataAtPath,
                         testing::Values(DataCase{"id", "abc", true}, DataCase{"id", "ab", false},
                                         DataCase{"n", "2", true}, DataCase{"n", "1.50", false},
                                         DataCase{"yes", "true", true}, DataCase{"no", "null", true},
                                         DataCase{"in.deep.x", "1", true}, DataCase{"in.deep", "{\"x\": \"1\"}", false},
                                         DataCase{"in.list", "[1]", false}, DataCase{"in.a.b", "1", false},
                                         DataCase{"id.x", "abc", false}, DataCase{"", "abc", false},
                                         DataCase{"in..x", "1", false}, DataCase{"missing", "", false}));

TEST(EventConditions, FindTextInIdTopicOrPayload) {
    const EventConditions of_id{.text = "vt_1", .data = {}};
    EXPECT_TRUE(of_id.fit("evt_1", "user.created", "{}"));
    EXPECT_FALSE(of_id.fit("evt_2", "user.created", "{}"));
    EXPECT_TRUE((EventConditions{.text = "created", .data = {}}.fit("e", "user.created", "{}")));
    EXPECT_FALSE((EventConditions{.text = "Created", .data = {}}.fit("e", "user.created", "{}")));
    EXPECT_TRUE((EventConditions{.text = "\"yes\": true", .data = {}}.fit("e", "t", kData)));
}

TEST(EventConditions, MustAllFit) {
    EXPECT_TRUE(EventConditions{}.empty());
    EXPECT_TRUE(EventConditions{}.fit("e", "t", "{}"));
    const EventConditions both{.text = "abc", .data = {{"yes", {"true"}}, {"n", {"2"}}}};
    EXPECT_TRUE(both.fit("abc", "t", kData));
    EXPECT_FALSE(both.fit("abd", "t", kData));
    EXPECT_FALSE((EventConditions{.text = "", .data = {{"yes", {"true"}}, {"n", {"3"}}}}.fit("e", "t", kData)));
}

}  // namespace
}  // namespace outpost::model
