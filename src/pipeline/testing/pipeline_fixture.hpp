// The whole pipeline in memory, with one destination that does what a test says (style.md §9).
#pragma once

#include "pipeline/testing/process_fixture.hpp"
#include "pipeline/testing/stage_fixture.hpp"
#include "ports/fakes/faulty_ledger.hpp"
#include "ports/fakes/memory_world.hpp"
#include "ports/fakes/scripted_destination.hpp"

namespace outpost::pipeline::testing {

/// What a test says of an event; the rest does not matter.
struct EventShape {
    std::string id;  ///< empty: made by the server
    std::string tenant = "t1";
    std::string destination;  ///< forces one
    bool eligible_for_retry = true;
    std::string data = "{}";
};

/// What a test says of a destination.
struct DestinationShape {
    std::vector<std::string> topics = {"*"};
    std::string filter;
    std::string tenant = "t1";
    model::StringMap config = {};
};

/// Tenant `t1` with one destination `d1` for every topic; default retry policy without jitter. Two shards on one
/// thread. Everything that looks at results first runs what is under way; time moves by `clock.advance` alone.
class PipelineFixture {
public:
    explicit PipelineFixture(ProcessSettings settings = {});
    ~PipelineFixture();
    PipelineFixture(const PipelineFixture&) = delete;
    PipelineFixture& operator=(const PipelineFixture&) = delete;

    /// Time as a test sees it: advancing stops at every moment at which someone wants to wake.
    struct Time {
        Stage& stage;
        void advance(MonotonicTime::duration by) { stage.advance(by); }
        void jump(Milliseconds by) { stage.clock().jump(by); }
        TimePoint now() const { return stage.clock().now(); }
    };

    // What happens outside.
    PublishReceipt publish(std::string topic, EventShape shape = {});
    Result<PublishReceipt> try_publish(std::string topic, EventShape shape = {});
    std::expected<void, RetryRefusal> retry(const EventId& event, const std::string& destination = "d1",
                                            std::optional<TenantId> scope = std::nullopt);
    /// The same without waiting for the answer.
    std::shared_ptr<std::optional<std::expected<void, RetryRefusal>>> start_retry(
        const EventId& event, Deadline deadline = Deadline::never());
    Result<void> cancel(const EventId& event, const std::string& destination = "d1");
    model::DestinationKey create_destination(const std::string& id, DestinationShape shape = {});
    void delete_destination(const std::string& id, const std::string& tenant = "t1");
    void set_disabled(const std::string& id, bool disabled, const std::string& tenant = "t1");
    /// Any change: the next attempt uses a new version.
    void touch(const std::string& id, const std::string& tenant = "t1");

    // What became of it.
    std::size_t attempts() { return recorded().size(); }
    /// In the order in which they were settled.
    const std::vector<ports::fakes::MemoryAttempt>& recorded();
    /// Of one event and destination, by number.
    std::vector<model::Attempt> attempts_of(const EventId& event, const std::string& destination = "d1");
    const std::vector<ports::fakes::Sent>& sent();
    const std::vector<ports::Decision>& decisions();
    std::size_t open();
    model::DeliveryKey key_of(const EventId& event, const std::string& destination = "d1");

    Stage stage;
    Time clock{stage};
    ports::fakes::DestinationScript destination;
    ports::fakes::MemoryWorld world{stage.clock(), stage.shards()};
    ports::fakes::FaultyLedger ledger{world.ledger, stage.clock()};
    std::vector<std::unique_ptr<ports::fakes::ScriptedDestination>> providers;
    std::unique_ptr<Process> process;

private:
    model::StoredDestination stored(const std::string& id, const std::string& tenant);
    void update(const std::string& id, const std::string& tenant,
                const std::function<void(model::Destination&)>& change);
};

}  // namespace outpost::pipeline::testing
