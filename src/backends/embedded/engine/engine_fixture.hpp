// An engine over a folder of the test, all on one thread, that can be ended as a killed process ends.
#pragma once

#include "backends/embedded/engine/engine.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"
#include "backends/embedded/sqlite/database.hpp"
#include "ports/conformance/fixture.hpp"
#include "ports/conformance/population.hpp"

#include <gtest/gtest.h>

namespace outpost::embedded::fakes {

class EngineWorld final : public ports::conformance::Fixture {
public:
    explicit EngineWorld(std::filesystem::path directory, std::size_t segment_rows_max = 512 * 1024)
        : directory_(std::move(directory)), segment_rows_max_(segment_rows_max) {}
    ~EngineWorld() override { close(); }

    Result<void> open(const std::vector<std::string>& secrets = {"a secret of the test"}) {
        const Executor here = io().get_executor();
        EngineExecutors executors{.log = here, .control = here, .sealer = here, .readers = {here, here}};
        sealer_.emplace(secrets);
        EngineSettings settings{.directory = directory_, .segment_rows_max = segment_rows_max_};
        adjust(settings);
        TRY(engine_, Engine::open(std::move(settings), *sealer_, shards(), std::move(executors), clock()));
        subscribe_sinks(engine_->ledger());
        engine_->start();
        run();
        return {};
    }
    void must_open() {
        const auto opened = open();
        if (!opened) throw std::runtime_error(opened.error().describe());
    }
    void close() {
        if (engine_ == nullptr) return;
        run();
        const auto closing = [](Engine* engine) -> Task<bool> {
            co_await engine->close();
            co_return true;
        };
        await(closing(engine_.get()));
        engine_.reset();  // at once: nothing that was posted may refer to it any more
        run();
        forget_held();
    }

    /// What is different from the defaults, at every open().
    std::function<void(EngineSettings&)> adjust = [](EngineSettings&) {};

    ports::Ledger& ledger() override { return engine_->ledger(); }
    ports::LogReader& log() override { return engine_->log(); }
    ports::MetricsReader& metrics() override { return engine_->metrics(); }
    ports::TenantStore& tenants() override { return engine_->tenants(); }
    ports::DestinationHealth& destination_health() override { return engine_->destination_health(); }
    ports::OperatorOutbox& outbox() { return engine_->outbox(); }

private:
    std::filesystem::path directory_;
    std::size_t segment_rows_max_;
    std::optional<Sealer> sealer_;
    std::unique_ptr<Engine> engine_;
};

/// What tests do with an engine.
class EngineTest : public testing::Test {
protected:
    explicit EngineTest(std::size_t segment_rows_max = 512 * 1024)
        : segment_rows_max_(segment_rows_max), world(new_world(directory)) {}

    std::unique_ptr<EngineWorld> new_world(const std::filesystem::path& at) {
        return std::make_unique<EngineWorld>(at, segment_rows_max_);
    }
    ports::Ledger& ledger() { return world->ledger(); }
    model::DestinationKey destination(const std::string& id = "d1", const std::string& tenant = "t1") {
        return population.at(world.get()).destination(DestinationId(id), TenantId(tenant));
    }
    void open() {
        world->must_open();
        population.try_emplace(world.get(), *world);
    }

    Result<std::vector<ports::Accepted>> try_accept(const std::string& id, std::vector<model::DestinationKey> to,
                                                    const std::string& tenant = "t1") {
        std::vector<ports::Acceptance> batch;
        batch.push_back(
            population.at(world.get()).acceptance({.id = EventId(id), .tenant_id = TenantId(tenant)}, std::move(to)));
        return world->await(ledger().accept(std::move(batch), Deadline::never()));
    }
    model::DeliveryKey accept(const std::string& id, const model::DestinationKey& to) {
        const auto accepted = try_accept(id, {to});
        if (!accepted) throw std::runtime_error(accepted.error().describe());
        world->run();
        return {accepted->front().event, to};
    }
    ports::Settlement settlement_of(const model::DeliveryKey& key,
                                    std::optional<Milliseconds> retry_in = std::nullopt) {
        const model::Delivery& held = world->sink_of(key.destination).held(key);
        ports::Settlement settlement{.key = key,
                                     .event = held.event,
                                     .attempt = {.id = AttemptId(fmt::format("a{}", ++last_attempt)),
                                                 .number = held.attempts_settled + 1,
                                                 .manual = held.manual,
                                                 .time = world->clock().now(),
                                                 .code = "200",
                                                 .destination_type = "webhook"}};
        if (retry_in) settlement.next_due = world->clock().now() + *retry_in;
        return settlement;
    }
    Result<void> try_settle(ports::Settlement settlement) {
        const std::size_t shard = world->shards().owner_of(settlement.key.destination.destination);
        world->sink_of(settlement.key.destination).release_settled(settlement.key, settlement.attempt.number);
        std::vector<ports::Settlement> batch(1, std::move(settlement));
        return world->await(ledger().settle(std::move(batch), Deadline::never()), shard);
    }
    void settle(const model::DeliveryKey& key, std::optional<Milliseconds> retry_in = std::nullopt) {
        const auto settled = try_settle(settlement_of(key, retry_in));
        EXPECT_TRUE(settled.has_value()) << settled.error().describe();
        world->run();
    }
    Task<Result<void>> deciding(const model::DeliveryKey& key, ports::DecisionKind kind) {
        std::vector<ports::Decision> decisions;
        decisions.push_back({.key = key, .kind = kind, .time = world->clock().now(), .reason = "requested"});
        return ledger().decide(std::move(decisions), Deadline::never());
    }
    void decide(const model::DeliveryKey& key, ports::DecisionKind kind) {
        const auto decided = world->await(deciding(key, kind), world->shards().owner_of(key.destination.destination));
        EXPECT_TRUE(decided.has_value()) << decided.error().describe();
        world->run();
    }
    bool is_held(const model::DeliveryKey& key) { return world->sink_of(key.destination).holds(key); }
    bool is_stored(const std::string& event_id) {
        return world->await(world->log().find_event(std::nullopt, EventId(event_id), Deadline::never())).has_value();
    }
    std::optional<std::int64_t> ask(const std::filesystem::path& file, std::string_view sql) {
        auto database = Database::open(file, OpenMode::read_only);
        const auto answer = database->query_integer(sql);
        EXPECT_TRUE(answer.has_value()) << answer.error().describe();
        return answer.value_or(std::nullopt);
    }

    std::size_t segment_rows_max_;
    ScratchFolder folder;
    std::filesystem::path directory = folder / "data";
    std::unique_ptr<EngineWorld> world;
    std::map<EngineWorld*, ports::conformance::Population> population;
    std::size_t last_attempt = 0;
};

}  // namespace outpost::embedded::fakes
