#include "base/id_generator.hpp"

#include "base/manual_clock.hpp"

#include <regex>
#include <set>

namespace outpost {
namespace {

TEST(IdGenerator, KnowsItsTypesByName) {
    EXPECT_EQ(parse_id_type("uuidv4"), IdType::uuidv4);
    EXPECT_EQ(parse_id_type("uuidv7"), IdType::uuidv7);
    EXPECT_EQ(parse_id_type("nanoid"), IdType::nanoid);
    EXPECT_EQ(parse_id_type("UUIDv4"), std::nullopt);
    EXPECT_EQ(parse_id_type(""), std::nullopt);
}

struct Form {
    IdType type;
    const char* pattern;
};

class IdForm : public testing::TestWithParam<Form> {};

TEST_P(IdForm, HasThePrefixAndIsNew) {  // api.md §5.1
    const ManualClock clock;
    const IdGenerator ids(GetParam().type, "evt_", clock);
    const std::regex pattern(GetParam().pattern);
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string id = ids.next();
        ASSERT_TRUE(std::regex_match(id, pattern)) << id;
        ASSERT_TRUE(seen.insert(id).second) << id;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Each, IdForm,
    testing::Values(Form{IdType::uuidv4, "evt_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"},
                    Form{IdType::uuidv7, "evt_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"},
                    Form{IdType::nanoid, "evt_[0-9A-Za-z]{26}"}));

TEST(IdGenerator, Uuidv7StartsWithTheTime) {
    ManualClock clock(from_unix_ms(0x0123456789AB));
    const IdGenerator ids(IdType::uuidv7, "", clock);
    const std::string first = ids.next();
    EXPECT_EQ(first.substr(0, 13), "01234567-89ab");
    clock.advance(1ms);
    EXPECT_LT(first, ids.next());
}

}  // namespace
}  // namespace outpost
