#include "pipeline/publish/publication.hpp"

#include "base/json.hpp"

namespace outpost::pipeline {
namespace {

using Topics = std::vector<std::string>;

std::expected<Publication, PublicationRejection> parse(std::string_view body, const Topics& topics = {}) {
    return parse_publication(Bytes(std::string(body)), topics);
}

const PublicationRejection kInvalidJson{"invalid JSON", {}};

TEST(Publication, TakesEveryMember) {
    const auto result = parse(R"({"id":"e1","tenant_id":"t1","destination_id":"d1","topic":"user.created",
        "eligible_for_retry":false,"time":"2024-01-01T02:00:00.1239+02:00","metadata":{"k":"v","":"x"},"data":{"u":1}})");
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->id, EventId("e1"));
    EXPECT_EQ(result->tenant_id, TenantId("t1"));
    EXPECT_EQ(result->destination_id, DestinationId("d1"));
    EXPECT_EQ(result->topic, "user.created");
    EXPECT_FALSE(result->eligible_for_retry);
    EXPECT_EQ(result->time, from_unix_ms(1704067200123));
    EXPECT_EQ(result->metadata, (model::StringMap{{"", "x"}, {"k", "v"}}));
    EXPECT_EQ(result->data.view(), R"({"u":1})");
}

TEST(Publication, HasDefaults) {
    for (const std::string_view body :
         {R"({"tenant_id":"t1","data":{}})",
          R"({"tenant_id":"t1","data":{},"id":null,"destination_id":null,"topic":null,"eligible_for_retry":null,
              "time":null,"metadata":null})",
          R"({"tenant_id":"t1","data":{},"time":"0001-01-01T00:00:00Z"})",
          R"({"tenant_id":"t1","data":{},"time":"0001-01-01T00:00:00.000+00:00"})"}) {
        const auto result = parse(body);
        ASSERT_TRUE(result.has_value()) << body;
        EXPECT_TRUE(result->id.empty());
        EXPECT_TRUE(result->destination_id.empty());
        EXPECT_EQ(result->topic, "");
        EXPECT_TRUE(result->eligible_for_retry);
        EXPECT_EQ(result->time, std::nullopt);
        EXPECT_TRUE(result->metadata.empty());
    }
}

TEST(Publication, KeepsDataByteForByte) {  // decision B1, hard case T-70
    const std::string data = "{ \"zebra\":1e999,\t\"alpha\" : 9007199254740993,\"a\":\"\\ud800<&\",\n\"a\":1.0 }";
    const auto result = parse(R"({"tenant_id":"t1","data":  )" + data + "  , \"topic\":\"x\"} trailing");
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->data.view(), data);
}

TEST(Publication, DataSharesTheStorageOfTheBody) {
    const Bytes body(R"({"tenant_id":"t1","data":{"u":1}})");
    const auto result = parse_publication(body, {});
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->data.view().data(), body.view().data() + body.view().find(R"({"u")"));
}

TEST(Publication, MemberNamesMatchInAnyCaseAndTheLastWins) {  // api.md §1
    const auto result = parse(R"({"Tenant_ID":"t0","TOPIC":"a","data":[1],"tenant_id":"t1","Data":{"n":2},"topic":"b",
        "metadata":{"a":"1"},"METADATA":{"b":"1","b":"2"},"id":"x","ID":null,"t\u006fpic":"c","unknown":[{}]})");
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->tenant_id, TenantId("t1"));
    EXPECT_EQ(result->topic, "c");
    EXPECT_EQ(result->data.view(), R"({"n":2})");
    EXPECT_EQ(result->metadata, (model::StringMap{{"b", "2"}}));
    EXPECT_TRUE(result->id.empty());
}

struct Row {
    std::string body;
    PublicationRejection rejection;
};

PublicationRejection missing(Topics fields) {
    return {"validation error", std::move(fields)};
}

TEST(Publication, IsRefusedInTheWordsOfTheContract) {  // api.md §3.2–3.4, §9, cases 94–99, 106
    const PublicationRejection no_object{"data must be a valid JSON object", {}};
    const auto with = [](std::string_view member) {
        return R"({"tenant_id":"t1","topic":"a","data":{},)" + std::string(member) + "}";
    };
    const std::vector<Row> table{
        {"", kInvalidJson},
        {"   ", kInvalidJson},
        {"[]", kInvalidJson},
        {"\"x\"", kInvalidJson},
        {"{", kInvalidJson},
        {R"({"tenant_id":"t1","data":{})", kInvalidJson},
        {"null", missing({"tenant_id is required", "data is required"})},
        {"{}", missing({"tenant_id is required", "data is required"})},
        {R"({"tenant_id":"","data":{}})", missing({"tenant_id is required"})},
        {R"({"tenant_id":null,"data":{}})", missing({"tenant_id is required"})},
        {R"({"tenant_id":"t1"})", missing({"data is required"})},
        {R"({"data":[]})", missing({"tenant_id is required"})},
        {R"({"tenant_id":"t1","data":null})", no_object},
        {R"({"tenant_id":"t1","data":"s"})", no_object},
        {R"({"tenant_id":"t1","data":1})", no_object},
        {R"({"tenant_id":"t1","data":[]})", no_object},
        {R"({"tenant_id":"t1","data":true})", no_object},
        {R"({"tenant_id":"t1","data":{}})", missing({"topic is required"})},
        {R"({"tenant_id":"t1","topic":"","data":{}})", missing({"topic is required"})},
        {R"({"tenant_id":"t1","topic":"nope","data":{}})", missing({"topic is invalid"})},
        {R"({"tenant_id":"t1","topic":"A","data":{}})", missing({"topic is invalid"})},
        {R"({"tenant_id":1,"data":{}})", kInvalidJson},
        {with(R"("id":1)"), kInvalidJson},
        {with(R"("destination_id":["d1"])"), kInvalidJson},
        {with(R"("topic":{})"), kInvalidJson},
        {with(R"("eligible_for_retry":"true")"), kInvalidJson},
        {with(R"("eligible_for_retry":1)"), kInvalidJson},
        {with(R"("metadata":{"n":1})"), kInvalidJson},
        {with(R"("metadata":{"n":null})"), kInvalidJson},
        {with(R"("metadata":{"n":{}})"), kInvalidJson},
        {with(R"("metadata":["n"])"), kInvalidJson},
        {with(R"("metadata":"n")"), kInvalidJson},
        {with(R"("time":1704067200)"), {"Time.UnmarshalJSON: input is not a JSON string", {}}},
        {with(R"("id":"\ud800")"), kInvalidJson},
        {with(R"("destination_id":"\udc00")"), kInvalidJson},
        {with(R"("topic":"a\ud800")"), kInvalidJson},
        {with(R"("tenant_id":"\ud800")"), kInvalidJson},
        {with("\"metadata\":{\"a\":\"\xFF\"}"), kInvalidJson},
        {with("\"unknown\":\"\xC3\""), kInvalidJson},
        {with(R"("time":"yesterday","x":)"), kInvalidJson},    // syntax goes first
        {with(R"("id":1,"time":"yesterday")"), kInvalidJson},  // then the first wrong member
    };
    for (const Row& row : table) {
        const auto result = parse(row.body, {"a", "b"});
        ASSERT_FALSE(result.has_value()) << row.body;
        EXPECT_EQ(result.error(), row.rejection) << row.body << " -> " << result.error().message;
    }
}

TEST(Publication, BadTimesAreToldInTheReferencesWords) {
    for (const std::string_view time :
         {"yesterday", "2024-01-01", "", "0001-01-01T00:00:01Z", "1969-12-31T23:59:59Z"}) {
        const auto result =
            parse(R"({"tenant_id":"t1","data":{},"id":7,"id":null,"time":")" + std::string(time) + "\"}");
        ASSERT_FALSE(result.has_value()) << time;
        EXPECT_EQ(result.error(), kInvalidJson) << "the wrong id stands first";
    }
    for (const std::string_view time :
         {"yesterday", "2024-01-01", "", "0001-01-01T00:00:01Z", "1969-12-31T23:59:59Z"}) {
        const auto result = parse(R"({"tenant_id":"t1","data":{},"time":")" + std::string(time) + "\"}");
        ASSERT_FALSE(result.has_value()) << time;
        EXPECT_TRUE(result.error().message.starts_with("parsing time \"" + std::string(time)))
            << result.error().message;
        EXPECT_TRUE(result.error().data.empty());
    }
}

TEST(Publication, TopicsAreCheckedOnlyWhenConfigured) {
    EXPECT_TRUE(parse(R"({"tenant_id":"t1","data":{}})").has_value());
    EXPECT_TRUE(parse(R"({"tenant_id":"t1","data":{},"topic":"any"})").has_value());
    EXPECT_TRUE(parse(R"({"tenant_id":"t1","data":{},"topic":"b"})", {"a", "b"}).has_value());
    EXPECT_TRUE(parse(R"({"tenant_id":"t1","data":{},"topic":"*"})", {"a", "b"}).has_value());
    // TOPICS="*" is no wildcard (pipeline.md §5).
    EXPECT_FALSE(parse(R"({"tenant_id":"t1","data":{},"topic":"any"})", {"*"}).has_value());
}

TEST(Publication, LoneSurrogatesPassInDataAndMetadata) {  // decision A3
    const auto result = parse(R"({"tenant_id":"t1","metadata":{"k\udc00":"v\ud800"},"data":{"a":"\ud800"}})");
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->metadata, (model::StringMap{{"k\xEF\xBF\xBD", "v\xEF\xBF\xBD"}}));
    EXPECT_EQ(result->data.view(), R"({"a":"\ud800"})");
}

TEST(Publication, NestsToTheLimit) {  // decision A3: 128 with the body itself
    const auto nested = [](std::size_t depth) {
        return R"({"tenant_id":"t1","data":{"a":)" + std::string(depth - 2, '[') + std::string(depth - 2, ']') + "}}";
    };
    EXPECT_TRUE(parse(nested(kJsonDepthMax)).has_value());
    const auto deeper = parse(nested(kJsonDepthMax + 1));
    ASSERT_FALSE(deeper.has_value());
    EXPECT_EQ(deeper.error(), kInvalidJson);
}

}  // namespace
}  // namespace outpost::pipeline
