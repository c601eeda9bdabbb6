// The engine keeps the contract of all its ports; with segments of a few rows too, so that open, finished and sealed
// ones are mixed in every case.
#include "backends/embedded/engine/engine.hpp"
#include "ports/conformance/destination_health_suite.hpp"
#include "ports/conformance/ledger_suite.hpp"
#include "ports/conformance/log_reader_suite.hpp"
#include "ports/conformance/metrics_suite.hpp"
#include "ports/conformance/task_store_suite.hpp"
#include "ports/conformance/tenant_store_suite.hpp"

#include <filesystem>

namespace outpost::ports::conformance {
namespace {

class EngineFixture final : public Fixture {
public:
    explicit EngineFixture(std::size_t segment_rows_max)
        : segment_rows_max_(segment_rows_max), sealer_({"a secret of the test"}) {
        directory_ = std::filesystem::temp_directory_path() / fmt::format("outpost-engine-{}-XXXXXX", ::getpid());
        std::string name = directory_.string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        directory_ = name;
        open();
    }
    ~EngineFixture() override {
        close();
        std::error_code error;
        std::filesystem::remove_all(directory_, error);
    }

    Ledger& ledger() override { return engine_->ledger(); }
    LogReader& log() override { return engine_->log(); }
    MetricsReader& metrics() override { return engine_->metrics(); }
    TenantStore& tenants() override { return engine_->tenants(); }
    DestinationHealth& destination_health() override { return engine_->destination_health(); }
    TaskStore& tasks() override { return engine_->tasks(); }
    bool is_durable() const override { return true; }
    void restart() override {
        close();
        forget_held();
        open();
    }

private:
    void open() {
        const Executor here = io().get_executor();
        embedded::EngineExecutors executors{.log = here, .control = here, .sealer = here, .readers = {here, here}};
        embedded::EngineSettings settings{
            .directory = directory_, .idempotency_window = idempotency_window(), .segment_rows_max = segment_rows_max_};
        auto opened = embedded::Engine::open(std::move(settings), sealer_, shards(), std::move(executors), clock());
        if (!opened) throw std::runtime_error(opened.error().describe());
        engine_ = std::move(*opened);
        subscribe_sinks(engine_->ledger());
        subscribe_listeners(engine_->tenants());
        engine_->start();
    }

    void close() {
        run();
        const auto closing = [](embedded::Engine* engine) -> Task<bool> {
            co_await engine->close();
            co_return true;
        };
        await(closing(engine_.get()));
        run();
        engine_.reset();
    }

    std::size_t segment_rows_max_;
    Sealer sealer_;
    std::filesystem::path directory_;
    std::unique_ptr<embedded::Engine> engine_;
};

template <std::size_t SegmentRowsMax>
std::unique_ptr<Fixture> make_engine() {
    return std::make_unique<EngineFixture>(SegmentRowsMax);
}

const auto kKinds = testing::Values(FixtureKind{"OneSegment", &make_engine<512 * 1024>},
                                    FixtureKind{"SegmentsOfThreeRows", &make_engine<3>});

INSTANTIATE_TEST_SUITE_P(Engine, LedgerSuite, kKinds, FixtureName{});
INSTANTIATE_TEST_SUITE_P(Engine, TenantStoreSuite, kKinds, FixtureName{});
INSTANTIATE_TEST_SUITE_P(Engine, LogReaderSuite, kKinds, FixtureName{});
INSTANTIATE_TEST_SUITE_P(Engine, MetricsSuite, kKinds, FixtureName{});
INSTANTIATE_TEST_SUITE_P(Engine, DestinationHealthSuite, kKinds, FixtureName{});
INSTANTIATE_TEST_SUITE_P(Engine, TaskStoreSuite, kKinds, FixtureName{});

}  // namespace
}  // namespace outpost::ports::conformance
