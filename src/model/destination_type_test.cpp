#include "model/destination_type.hpp"

namespace outpost::model {
namespace {

constexpr std::string_view kMetadata = R"({
  "type": "sample",
  "config_fields": [
    {"type": "text", "label": "URL", "description": "Where", "key": "url", "required": true,
     "pattern": "^https?:\\/\\/[^\\s]+$"},
    {"type": "number", "label": "Count", "description": "How many", "key": "count", "min": 1, "max": 9},
    {"type": "text", "label": "Name", "key": "name", "minlength": 2, "maxlength": 4, "default": "abc"},
    {"type": "select", "label": "Mode", "key": "mode", "options": [{"label": "A", "value": "a"}]}
  ],
  "credential_fields": [
    {"type": "text", "label": "Key", "key": "key", "required": true, "sensitive": true}
  ],
  "label": "Sample", "description": "For tests",
  "setup_link": {"href": "https://example.com", "cta": "Go"}
})";

DestinationType sample() {
    auto type = parse_destination_type(kMetadata, "# How\n", "<svg/>");
    EXPECT_TRUE(type.has_value());
    return *std::move(type);
}

using Problems = std::vector<std::pair<std::string, std::string>>;

TEST(DestinationType, IsReadFromItsFiles) {
    const DestinationType type = sample();
    EXPECT_EQ(type.type, "sample");
    EXPECT_EQ(type.label, "Sample");
    EXPECT_EQ(type.description, "For tests");
    EXPECT_EQ(type.instructions, "# How\n");
    EXPECT_EQ(type.icon, "<svg/>");
    ASSERT_EQ(type.config_fields.size(), 4u);
    EXPECT_TRUE(type.config_fields[0].required);
    EXPECT_EQ(type.config_fields[0].pattern, "^https?:\\/\\/[^\\s]+$");
    EXPECT_EQ(type.config_fields[1].max, 9);
    EXPECT_EQ(type.config_fields[2].min_length, 2);
    EXPECT_EQ(type.config_fields[2].default_value, "abc");
    EXPECT_EQ(type.config_fields[3].options.front().value, "a");
    EXPECT_TRUE(type.credential_fields.front().sensitive);
    EXPECT_EQ(type.setup_link->cta, "Go");
}

TEST(DestinationType, NamesWhatIsWrongInItsMetadata) {
    const auto error = [](std::string_view metadata) {
        const auto type = parse_destination_type(metadata, "", "");
        return type ? std::string("no error") : type.error().text();
    };
    EXPECT_EQ(error("{"), "invalid JSON");
    EXPECT_EQ(error("[]"), "destination type: an object is missing or of a wrong kind");
    EXPECT_EQ(error("{}"), "destination type: type is missing");
    EXPECT_EQ(error(R"({"type": 1})"), "destination type: type is missing or of a wrong kind");
    EXPECT_EQ(error(R"({"type": "x", "config_fields": [{"type": "text"}]})"),
              "destination type: a field needs type and key");
    EXPECT_EQ(error(R"({"type": "x", "config_fields": [{"type": "text", "key": "k", "pattern": "("}]})"),
              "destination type: the pattern of k is no regular expression");
}

struct Case {
    StringMap config;
    StringMap credentials;
    Problems problems;
};

class FieldCheck : public testing::TestWithParam<Case> {};

// destinations.md §1.5: all failures are collected, config first, in the order of the metadata.
TEST_P(FieldCheck, CollectsEveryProblem) {
    EXPECT_EQ(check_fields(sample(), GetParam().config, GetParam().credentials), GetParam().problems);
}

const StringMap kKey = {{"key", "k"}};

INSTANTIATE_TEST_SUITE_P(
    Values, FieldCheck,
    testing::Values(Case{{{"url", "https://example.com/a"}}, kKey, {}},
                    Case{{}, {}, {{"config.url", "required"}, {"credentials.key", "required"}}},
                    Case{{{"url", ""}}, kKey, {{"config.url", "required"}}},
                    Case{{{"url", "ftp://x"}}, kKey, {{"config.url", "pattern"}}},
                    Case{{{"url", "https://a b"}}, kKey, {{"config.url", "pattern"}}},
                    Case{{{"url", "https://a\n"}}, kKey, {{"config.url", "pattern"}}},
                    Case{{{"url", "x\nhttps://a"}}, kKey, {{"config.url", "pattern"}}},
                    Case{{{"url", "http://x"}, {"count", "x"}}, kKey, {{"config.count", "type"}}},
                    Case{{{"url", "http://x"}, {"count", "1.0"}}, kKey, {{"config.count", "type"}}},
                    Case{{{"url", "http://x"}, {"count", "0"}}, kKey, {{"config.count", "min"}}},
                    Case{{{"url", "http://x"}, {"count", "10"}}, kKey, {{"config.count", "max"}}},
                    Case{{{"url", "http://x"}, {"count", "+9"}}, kKey, {}},
                    Case{{{"url", "http://x"}, {"name", "a"}}, kKey, {{"config.name", "minlength"}}},
                    Case{{{"url", "http://x"}, {"name", "abcde"}}, kKey, {{"config.name", "maxlength"}}},
                    // Options of a select are not checked generically.
                    Case{{{"url", "http://x"}, {"mode", "z"}}, kKey, {}},
                    Case{{{"url", "http://x"}, {"unknown", "z"}}, kKey, {}}));

TEST(DestinationType, ChecksAValueOfAMegabyteWithoutHarm) {
    const StringMap config = {{"url", "https://" + std::string(1'000'000, 'a')}};
    EXPECT_TRUE(check_fields(sample(), config, kKey).empty());
}

// destinations.md §1.7
TEST(Mask, ShowsFourCharactersOfALongValue) {
    EXPECT_EQ(mask(""), "");
    EXPECT_EQ(mask("abc123"), "******");
    EXPECT_EQ(mask("123456789"), "*********");
    EXPECT_EQ(mask("1234567890"), "1234******");
}

TEST(Mask, CoversSensitiveFieldsOnly) {
    const StringMap values = {{"key", "1234567890"}, {"session", "1234567890"}};
    const StringMap expected = {{"key", "1234******"}, {"session", "1234567890"}};
    EXPECT_EQ(mask_sensitive(sample().credential_fields, values), expected);
}

}  // namespace
}  // namespace outpost::model
