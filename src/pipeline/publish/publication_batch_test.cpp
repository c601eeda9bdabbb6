#include "pipeline/publish/publication_batch.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace outpost::pipeline {
namespace {

auto parse(std::string body, const std::vector<std::string>& topics = {}) {
    return parse_publication_batch(Bytes(std::move(body)), topics);
}

std::string batch_of(std::size_t count) {
    std::string body = R"({"events":[)";
    for (std::size_t i = 0; i < count; ++i) {
        body += fmt::format(R"({}{{"tenant_id":"t1","data":{{"n":{}}}}})", i == 0 ? "" : ",", i);
    }
    return body + "]}";
}

// Decisions A12, B1.
TEST(PublicationBatch, KeepsEachDataByteForByteAndTheOrder) {
    const std::string first = "{ \"zebra\":1e999,\t\"a\" : \"]},{\\ud800\" }";
    const std::string second = "{\n}";
    const auto batch = parse(R"( {"other":[1],"Events":[ {"id":"a","tenant_id":"t1","data":)" + first +
                             R"(} , {"tenant_id":"t2","data":)" + second + "}\n]} trailing");
    ASSERT_TRUE(batch.has_value()) << batch.error().message;
    ASSERT_EQ(batch->size(), 2U);
    EXPECT_EQ(batch->at(0)->id, EventId("a"));
    EXPECT_EQ(batch->at(0)->data.view(), first);
    EXPECT_EQ(batch->at(1)->tenant_id, TenantId("t2"));
    EXPECT_EQ(batch->at(1)->data.view(), second);
}

TEST(PublicationBatch, AWrongEventHurtsNoOther) {
    const auto batch = parse(R"({"events":[{},7,null,{"tenant_id":"t1","topic":"x","data":{}},
        {"tenant_id":"t1","topic":"nope","data":{}},{"tenant_id":"t1","topic":"x","data":[]},
        {"tenant_id":"t1","topic":"x","data":{},"time":"yesterday"}]})",
                             {"x"});
    ASSERT_TRUE(batch.has_value()) << batch.error().message;
    ASSERT_EQ(batch->size(), 7U);
    const PublicationRejection incomplete{"validation error", {"tenant_id is required", "data is required"}};
    EXPECT_EQ(batch->at(0).error(), incomplete);
    EXPECT_EQ(batch->at(1).error(), (PublicationRejection{"invalid JSON", {}}));
    EXPECT_EQ(batch->at(2).error(), incomplete);
    EXPECT_TRUE(batch->at(3).has_value());
    EXPECT_EQ(batch->at(4).error(), (PublicationRejection{"validation error", {"topic is invalid"}}));
    EXPECT_EQ(batch->at(5).error(), (PublicationRejection{"data must be a valid JSON object", {}}));
    EXPECT_TRUE(batch->at(6).error().message.starts_with("parsing time"));
}

TEST(PublicationBatch, NamesWhatIsWrongWithTheWhole) {
    struct Case {
        std::string body, message;
        std::vector<std::string> data;
    };
    const Case cases[] = {
        {"", "invalid JSON", {}},
        {"[]", "invalid JSON", {}},
        {"7", "invalid JSON", {}},
        {R"({"events":[{]})", "invalid JSON", {}},
        {R"({"events":[{}])", "invalid JSON", {}},
        {R"({"events":[{},]})", "invalid JSON", {}},
        {"{\"events\":[{\"tenant_id\":\"\xff\"}]}", "invalid JSON", {}},
        {"{}", "validation error", {"events is required"}},
        {"null", "validation error", {"events is required"}},
        {R"({"events":[{}],"events":null})", "validation error", {"events is required"}},
        {R"({"events":{"id":"e1"}})", "validation error", {"events must be an array"}},
        {R"({"events":"[]"})", "validation error", {"events must be an array"}},
        {R"({"events":[ ]})", "validation error", {"events must not be empty"}},
        {batch_of(kPublicationBatchMax + 1), "validation error", {"events must be at most 1000"}},
    };
    for (const Case& it : cases) {
        const auto batch = parse(it.body);
        ASSERT_FALSE(batch.has_value()) << it.body.substr(0, 80);
        EXPECT_EQ(batch.error().message, it.message) << it.body.substr(0, 80);
        EXPECT_EQ(batch.error().data, it.data) << it.body.substr(0, 80);
    }
}

TEST(PublicationBatch, TakesUpToItsLimit) {
    const auto batch = parse(batch_of(kPublicationBatchMax));
    ASSERT_TRUE(batch.has_value());
    ASSERT_EQ(batch->size(), kPublicationBatchMax);
    EXPECT_EQ(batch->back()->data.view(), R"({"n":999})");
}

// One delivery that waits for days must not hold the whole request in memory.
TEST(PublicationBatch, AnEventKeepsOnlyItsOwnBytes) {
    const Bytes body(batch_of(2));
    const auto batch = parse_publication_batch(body, {});
    ASSERT_TRUE(batch.has_value());
    const char* const at = batch->at(0)->data.view().data();
    EXPECT_TRUE(at < body.view().data() || at >= body.view().data() + body.size());
}

}  // namespace
}  // namespace outpost::pipeline
