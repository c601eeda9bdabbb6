#include "api/routes/strict_strings.hpp"

#include <gtest/gtest.h>

namespace outpost::api {
namespace {

TEST(StrictStrings, ReadsStringsAndNothingElse) {  // api.md §5.4
    EXPECT_EQ(*parse_strict_strings(R"({"a":"1","b":"\u0041","a":"2"})"), (model::StringMap{{"a", "2"}, {"b", "A"}}));
    EXPECT_EQ(*parse_strict_strings("{}"), model::StringMap{});
    for (const char* wrong : {R"({"a":1})", R"({"a":null})", R"({"a":{}})", "[]", R"("a")", "5"}) {
        EXPECT_FALSE(parse_strict_strings(wrong).has_value()) << wrong;
    }
}

}  // namespace
}  // namespace outpost::api
