#include "pipeline/test_delivery/test_delivery.hpp"

#include "pipeline/match/tenant_views.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

namespace outpost::pipeline {
namespace {

bool is_plain(const std::string& topic) {
    return !topic.contains('*');
}

}  // namespace

std::optional<std::string> test_topic(const std::string& asked, const std::vector<std::string>& of_destination,
                                      const std::vector<std::string>& configured) {
    if (!asked.empty()) {
        const auto names = [&](const std::vector<std::string>& topics) {
            return std::ranges::find(topics, asked) != topics.end();
        };
        if (configured.empty() || names(configured) || (is_plain(asked) && names(of_destination))) return asked;
        return std::nullopt;
    }
    const auto plain = std::ranges::find_if(of_destination, is_plain);
    if (plain != of_destination.end()) return *plain;
    return configured.empty() ? std::string(kTestTopic) : configured.front();
}

model::EventPtr TestDelivery::make_event(TestRequest request, std::string topic) const {
    const TimePoint now = clock_.now();
    model::Event event{.id = EventId(std::string(kTestEventPrefix) + event_ids_.next()),
                       .tenant_id = std::move(request.tenant),
                       .topic = std::move(topic),
                       .time = now,
                       .received = now,
                       .eligible_for_retry = false,
                       .metadata = std::move(request.metadata),
                       .data = request.data.empty() ? Bytes(std::string(kTestData)) : std::move(request.data)};
    event.metadata.insert_or_assign(std::string(kTestMark), "true");
    return std::make_shared<const model::Event>(std::move(event));
}

Task<std::expected<TestReport, TestRefusal>> TestDelivery::test(TestRequest request, Deadline deadline) {
    using Kind = TestRefusal::Kind;
    auto tenant = co_await views_.get(request.tenant, deadline);
    if (!tenant) co_return std::unexpected(TestRefusal{Kind::unavailable, std::chrono::seconds(0)});
    const CompiledTenant::Entry* entry = (*tenant)->find(request.destination);
    if (entry == nullptr) co_return std::unexpected(TestRefusal{Kind::destination_not_found, std::chrono::seconds(0)});
    const auto destination = entry->destination;
    auto topic = test_topic(request.topic, destination->destination.topics, topics_.configured);
    if (!topic) co_return std::unexpected(TestRefusal{Kind::topic_invalid, std::chrono::seconds(0)});
    model::EventPtr event = make_event(std::move(request), std::move(*topic));
    const std::size_t shard = shards_.owner_of(destination->key.destination);
    // Not cancelled with its caller, as a retry is not (redeliver.cpp). The delivery timeout bounds it.
    auto uncancelled =
        boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(), boost::asio::use_awaitable);
    co_return co_await boost::asio::co_spawn(shards_.executor(shard),
                                             senders_[shard]->send(destination, std::move(event)), uncancelled);
}

}  // namespace outpost::pipeline
