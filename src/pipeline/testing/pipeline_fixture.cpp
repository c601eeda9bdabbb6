#include "pipeline/testing/pipeline_fixture.hpp"

namespace outpost::pipeline::testing {
namespace {

constexpr std::size_t kDestinationsMax = 1000;

template <class T>
T value_of(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().describe());
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace

PipelineFixture::PipelineFixture(ProcessSettings settings) {
    std::vector<ProviderMap> maps;
    for (std::size_t shard = 0; shard < stage.shards().size(); ++shard) {
        providers.push_back(std::make_unique<ports::fakes::ScriptedDestination>(destination, stage.clock()));
        maps.push_back({{"scripted", providers.back().get()}});
    }
    const ProcessPorts ports{
        .clock = stage.clock(), .shards = stage.shards(), .ledger = ledger, .tenants = world.tenants, .log = world.log};
    process = std::make_unique<Process>(ports, std::move(settings), std::move(maps));
    create_destination("d1");
}

PipelineFixture::~PipelineFixture() {
    ledger.heal();
    stage.run();
    stage.await(process->stop(Deadline(stage.clock().monotonic())));
    stage.await(world.ledger.stop());
    stage.run();
}

Result<PublishReceipt> PipelineFixture::try_publish(std::string topic, EventShape shape) {
    Publication publication{.id = EventId(std::move(shape.id)),
                            .tenant_id = TenantId(std::move(shape.tenant)),
                            .destination_id = DestinationId(std::move(shape.destination)),
                            .topic = std::move(topic),
                            .eligible_for_retry = shape.eligible_for_retry,
                            .time = std::nullopt,
                            .metadata = {},
                            .data = Bytes(std::move(shape.data))};
    return stage.await(process->publish(0).publish(std::move(publication), Deadline::never()));
}

PublishReceipt PipelineFixture::publish(std::string topic, EventShape shape) {
    return value_of(try_publish(std::move(topic), std::move(shape)));
}

std::expected<void, RetryRefusal> PipelineFixture::retry(const EventId& event, const std::string& destination_id,
                                                         std::optional<TenantId> scope) {
    return stage.await(
        process->redeliver(0).retry(std::move(scope), event, DestinationId(destination_id), Deadline::never()));
}

std::shared_ptr<std::optional<std::expected<void, RetryRefusal>>> PipelineFixture::start_retry(const EventId& event,
                                                                                               Deadline deadline) {
    auto asked = stage.start(process->redeliver(0).retry(std::nullopt, event, DestinationId("d1"), deadline));
    stage.run();
    return asked;
}

Result<void> PipelineFixture::cancel(const EventId& event, const std::string& destination_id) {
    return stage.await(process->cancel(key_of(event, destination_id), Deadline::never()));
}

model::DestinationKey PipelineFixture::create_destination(const std::string& id, DestinationShape shape) {
    const TenantId tenant(shape.tenant);
    value_of(stage.await(world.tenants.upsert_tenant(tenant, {}, clock.now(), Deadline::never())));
    model::Destination created{.id = DestinationId(id),
                               .tenant_id = tenant,
                               .type = "scripted",
                               .topics = std::move(shape.topics),
                               .filter = std::move(shape.filter),
                               .config = std::move(shape.config),
                               .credentials = {},
                               .delivery_metadata = {},
                               .metadata = {},
                               .created_at = clock.now(),
                               .updated_at = clock.now(),
                               .disabled_at = std::nullopt};
    auto creating = world.tenants.create_destination(std::move(created), kDestinationsMax, Deadline::never());
    return value_of(stage.await(std::move(creating))).key;
}

void PipelineFixture::delete_destination(const std::string& id, const std::string& tenant) {
    value_of(stage.await(
        world.tenants.delete_destination(TenantId(tenant), DestinationId(id), clock.now(), Deadline::never())));
}

model::StoredDestination PipelineFixture::stored(const std::string& id, const std::string& tenant) {
    return value_of(stage.await(world.tenants.get_destination(TenantId(tenant), DestinationId(id), Deadline::never())));
}

void PipelineFixture::update(const std::string& id, const std::string& tenant,
                             const std::function<void(model::Destination&)>& change) {
    model::StoredDestination current = stored(id, tenant);
    change(current.destination);
    value_of(stage.await(world.tenants.update_destination(current.destination, current.version, Deadline::never())));
}

void PipelineFixture::set_disabled(const std::string& id, bool disabled, const std::string& tenant) {
    update(id, tenant, [&](model::Destination& changed) {
        changed.disabled_at = disabled ? std::optional(clock.now()) : std::nullopt;
    });
}

void PipelineFixture::touch(const std::string& id, const std::string& tenant) {
    update(id, tenant, [&](model::Destination& changed) { changed.updated_at = clock.now(); });
}

const std::vector<ports::fakes::MemoryAttempt>& PipelineFixture::recorded() {
    stage.run();
    return world.truth.attempts();
}

std::vector<model::Attempt> PipelineFixture::attempts_of(const EventId& event, const std::string& destination_id) {
    const model::DeliveryKey key = key_of(event, destination_id);
    std::vector<model::Attempt> found;
    for (const auto& attempt : recorded()) {
        if (attempt.key == key) found.push_back(attempt.attempt);
    }
    std::ranges::sort(found, {}, &model::Attempt::number);
    return found;
}

const std::vector<ports::fakes::Sent>& PipelineFixture::sent() {
    stage.run();
    return destination.sent();
}

const std::vector<ports::Decision>& PipelineFixture::decisions() {
    stage.run();
    return world.truth.decisions;
}

std::size_t PipelineFixture::open() {
    stage.run();
    return world.truth.open.size();
}

model::DeliveryKey PipelineFixture::key_of(const EventId& event, const std::string& destination_id) {
    const auto record = value_of(stage.await(world.log.find_event(std::nullopt, event, Deadline::never())));
    for (const model::DestinationKey& key : record.matched) {
        if (world.tenants.destination_id(key).value == destination_id) return {record.ref, key};
    }
    throw std::runtime_error("the event did not match " + destination_id);
}

}  // namespace outpost::pipeline::testing
