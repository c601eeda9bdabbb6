#include "backends/embedded/engine/engine_impl.hpp"

#include "backends/embedded/rollup/metric_reads.hpp"

namespace outpost::embedded {
namespace {

/// The MetricsReader port over the reader pool. Contract: ports/metrics_reader.hpp.
class EmbeddedMetricsReader final : public ports::MetricsReader {
public:
    explicit EmbeddedMetricsReader(Engine::Impl& engine) : engine_(engine) {}

    Task<Result<model::MetricGroups>> count(model::MetricQuery query, Deadline deadline) override {
        auto read = [this, query = std::move(query), deadline](ReadSession& session) {
            const auto stop = [this, deadline] { return deadline.passed(engine_.clock); };
            return count_metrics(session, rollup_path(engine_.paths.root), query, stop);
        };
        CO_TRY(MetricsAnswer answer, co_await engine_.readers.run<MetricsAnswer>(std::move(read), deadline));
        if (answer.rollup_damaged) {
            boost::asio::post(engine_.executors.control, [engine = &engine_] { engine->rollup->distrust(); });
        }
        co_return std::move(answer.groups);
    }

private:
    Engine::Impl& engine_;
};

}  // namespace

std::unique_ptr<ports::MetricsReader> make_metrics_reader(Engine::Impl& engine) {
    return std::make_unique<EmbeddedMetricsReader>(engine);
}

}  // namespace outpost::embedded
