// A person tries a destination out: one delivery of an example event, answered at once (portal.md §15a N2).
#pragma once

#include "base/deadline.hpp"
#include "base/id_generator.hpp"
#include "base/shards.hpp"
#include "model/topics.hpp"
#include "pipeline/test_delivery/test_sender.hpp"

namespace outpost::pipeline {

class TenantViews;

/// Metadata of every test event: webhooks send it as `x-outpost-test: true` (with the configured prefix), other types
/// carry it as they carry metadata. It replaces what the caller gave under that name.
inline constexpr std::string_view kTestMark = "test";
inline constexpr std::string_view kTestEventPrefix = "test_";  ///< of the event's id
inline constexpr std::string_view kTestTopic = "test";         ///< when nothing says what the topic could be
inline constexpr std::string_view kTestData = R"({"message":"This is a test event","test":true})";

struct TestRequest {
    TenantId tenant;
    DestinationId destination;
    std::string topic;  ///< empty: one that the destination takes
    Bytes data;         ///< a JSON object; empty: kTestData
    model::StringMap metadata;
};

/// One a shard; used on that shard only.
class TestDelivery {
public:
    /// @param senders  one a shard, all of them: a test is sent where its destination lives
    TestDelivery(TenantViews& views, model::TopicRules topics, Clock& clock, const IdGenerator& event_ids,
                 const Shards& shards, std::vector<TestSender*> senders)
        : views_(views),
          topics_(std::move(topics)),
          clock_(clock),
          event_ids_(event_ids),
          shards_(shards),
          senders_(std::move(senders)) {}

    /// The destination's filter and topics are not asked: what is tested is whether it can be reached. With TOPICS set,
    /// the topic must be one of them, or one that the destination names.
    /// @param deadline  for looking the destination up; the send has the delivery timeout
    Task<std::expected<TestReport, TestRefusal>> test(TestRequest request, Deadline deadline);

private:
    model::EventPtr make_event(TestRequest request, std::string topic) const;

    TenantViews& views_;
    model::TopicRules topics_;
    Clock& clock_;
    const IdGenerator& event_ids_;
    const Shards& shards_;
    std::vector<TestSender*> senders_;
};

/// The topic of a test: the one that was asked for, else the first that the destination names without a wildcard, else
/// the first configured one, else kTestTopic. Pure. @return none: the one that was asked for is neither configured nor
/// named
std::optional<std::string> test_topic(const std::string& asked, const std::vector<std::string>& of_destination,
                                      const std::vector<std::string>& configured);

}  // namespace outpost::pipeline
