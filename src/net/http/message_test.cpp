#include "net/http/message.hpp"

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

std::string joined(const Headers& headers) {
    std::string all;
    for (const auto& [name, value] : headers) all += name + "=" + value + ";";
    return all;
}

TEST(Headers, AreFoundWhateverTheirCaseAndTheFirstWins) {
    const Headers headers{{"X-One", "1"}, {"x-one", "2"}};
    EXPECT_EQ(headers.find("X-ONE"), "1");
    EXPECT_FALSE(headers.find("X-On").has_value());
}

TEST(Headers, SettingReplacesAllOfThatNameInTheFirstOnesPlace) {
    Headers headers{{"A", "1"}, {"b", "2"}, {"B", "3"}, {"C", "4"}, {"b", "5"}};
    headers.set("B", "6");
    EXPECT_EQ(joined(headers), "A=1;B=6;C=4;");
    headers.set("D", "7");
    EXPECT_EQ(joined(headers), "A=1;B=6;C=4;D=7;");
}

TEST(Headers, AddingKeepsWhatIsThere) {
    Headers headers{{"A", "1"}};
    headers.add("a", "2");
    EXPECT_EQ(joined(headers), "A=1;a=2;");
    EXPECT_EQ(headers.size(), 2u);
}

TEST(Headers, RemovingTakesEveryFieldOfThatName) {
    Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
    headers.remove("a");
    EXPECT_EQ(joined(headers), "B=2;");
}

TEST(EqualIgnoringCase, FoldsAsciiLettersOnly) {
    EXPECT_TRUE(equal_ignoring_case("Content-Type", "cONTENT-tYPE"));
    EXPECT_FALSE(equal_ignoring_case("a", "ab"));
    EXPECT_FALSE(equal_ignoring_case("[", "{"));
    EXPECT_FALSE(equal_ignoring_case("\xC4", "\xE4"));
}

}  // namespace
}  // namespace outpost::http
