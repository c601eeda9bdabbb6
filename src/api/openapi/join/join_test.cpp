#include "api/openapi/join/join.hpp"

#include <gtest/gtest.h>

namespace outpost::api::openapi {
namespace {

std::string joined(const std::vector<Part>& parts) {
    const auto result = join(parts);
    return result ? *result : "refused: " + result.error().text();
}

TEST(Join, MergesMappingsAndKeepsTheOrderOfTheParts) {
    EXPECT_EQ(joined({{"a", "z: {one: 1}\nb: [x, 'y']"}, {"c", "z: {two: 2}\na: text"}}),
              R"({"z":{"one":1,"two":2},"b":["x","y"],"a":"text"})");
}

TEST(Join, RefusesWhatIsSaidTwiceAndWhatIsNoMapping) {
    EXPECT_EQ(joined({{"a", "z: {one: 1}"}, {"b", "z: {one: 1}"}}), "refused: b: /z/one is there already");
    EXPECT_EQ(joined({{"a", "- 1"}}), "refused: a: not a mapping");
    EXPECT_TRUE(joined({{"a", "z: [1"}}).starts_with("refused: a: "));
}

TEST(Join, TakesPlainWordsAsJsonDoesAndQuotedOnesAsText) {
    EXPECT_EQ(joined({{"a",
                       "a: yes\nb: true\nc: 'true'\nd: 1\ne: '1'\nf: -2.5\ng: null\nh: ''\ni: 3.1.0\nj: nan\n"
                       "k: 2026-01-31\nl: {}\nm: []\nn: |\n  1\n"}}),
              R"({"a":"yes","b":true,"c":"true","d":1,"e":"1","f":-2.5E0,"g":null,"h":"","i":"3.1.0","j":"nan",)"
              R"("k":"2026-01-31","l":{},"m":[],"n":"1\n"})");
}

TEST(Join, AddsTheResponsesThatEveryOperationHas) {
    EXPECT_EQ(joined({{"a",
                       "x-every-response: {'500': common}\nx-caller-response: {'401': common}\n"
                       "paths:\n"
                       "  /a:\n"
                       "    parameters: [p]\n"
                       "    get: {responses: {'200': own, '500': own}}\n"
                       "    put: {security: [], responses: {'200': own}}\n"
                       "    post: {security: [{Key: []}], responses: {}}\n"}}),
              R"({"paths":{"/a":{"parameters":["p"],"get":{"responses":{"200":"own","500":"own","401":"common"}},)"
              R"("put":{"security":[],"responses":{"200":"own","500":"common"}},)"
              R"("post":{"security":[{"Key":[]}],"responses":{"500":"common","401":"common"}}}}})");
}

TEST(Join, AddsTheHeadersThatEveryResponseHas) {
    EXPECT_EQ(
        joined({{"a",
                 "x-every-header: {Id: common}\n"
                 "paths: {/a: {get: {responses: {'200': {headers: {Id: own, Tag: own}}, '404': {$ref: r}}}}}\n"
                 "components: {responses: {R: {description: d}}}"}}),
        R"({"paths":{"/a":{"get":{"responses":{"200":{"headers":{"Id":"own","Tag":"own"}},"404":{"$ref":"r"}}}}},)"
        R"("components":{"responses":{"R":{"description":"d","headers":{"Id":"common"}}}}})");
}

TEST(Join, FollowsAliasesWithinAPart) {
    EXPECT_EQ(joined({{"a", "a: &it {x: 1}\nb: [*it]"}}), R"({"a":{"x":1},"b":[{"x":1}]})");
}

}  // namespace
}  // namespace outpost::api::openapi
