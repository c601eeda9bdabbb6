#include "manage/input/raw_object.hpp"

namespace outpost::manage {
namespace {

TEST(RawObject, KeepsTheTextOfEveryValue) {
    const std::string text = R"( { "a" : 12345678901234567890 , "b":[1, {"x":"]}\"" } ],"c":"q\"}", "d":null } )";
    const auto object = RawObject::parse(text);
    ASSERT_TRUE(object.has_value());
    EXPECT_EQ(object->find("a"), "12345678901234567890");
    EXPECT_EQ(object->find("b"), R"([1, {"x":"]}\"" } ])");
    EXPECT_EQ(object->find("c"), R"("q\"}")");
    EXPECT_EQ(object->find("d"), "null");
    EXPECT_EQ(object->find_present("d"), std::nullopt);
    EXPECT_EQ(object->find("e"), std::nullopt);
}

TEST(RawObject, MatchesNamesInAnyCaseAndTheLastDuplicateWins) {
    const auto object = RawObject::parse(R"({"Tenant_ID":"one","tenant_id":"two","\u0074ENANT_ID":"three"})");
    ASSERT_TRUE(object.has_value());
    EXPECT_EQ(object->members().size(), 3u);
    EXPECT_EQ(object->find_string("tenant_id")->value(), "three");
}

TEST(RawObject, IgnoresWhatFollowsTheFirstValue) {
    EXPECT_EQ(RawObject::parse(R"({"a":1} trailing)")->find("a"), "1");
    EXPECT_TRUE(RawObject::parse("null")->members().empty());
    EXPECT_TRUE(RawObject::parse("{ }")->members().empty());
}

TEST(RawObject, RefusesWhatIsNoObject) {
    const std::string deep = std::string(200, '[') + std::string(200, ']');
    for (std::string_view text :
         {"", " ", "{bad", "[]", "1", "\"x\"", "{\"a\":}", "{\"a\":1", "{\"a\":\"\xff\"}", "{,}"}) {
        EXPECT_FALSE(RawObject::parse(text).has_value()) << text;
    }
    EXPECT_FALSE(RawObject::parse("{\"a\":" + deep + "}").has_value());
}

TEST(RawObject, TellsAStringFromOtherKinds) {
    const auto object = RawObject::parse(R"({"s":"a\u00e9","n":1,"z":null})");
    EXPECT_EQ(object->find_string("s")->value(), "aé");
    EXPECT_FALSE(object->find_string("n").has_value());
    EXPECT_EQ(*object->find_string("z"), std::nullopt);
    EXPECT_EQ(*object->find_string("absent"), std::nullopt);
}

// Decision A3.
TEST(RawObject, AcceptsLoneSurrogatesButNotInNamesOfThings) {
    const auto object = RawObject::parse(R"({"metadata":{"a":"\ud800"},"id":"\ud800"})");
    ASSERT_TRUE(object.has_value());
    EXPECT_EQ(object->find("metadata"), R"({"a":"\ud800"})");
    EXPECT_FALSE(object->find_string("id").has_value());
}

}  // namespace
}  // namespace outpost::manage
