#include "backends/embedded/engine/engine_impl.hpp"

#include "backends/embedded/read/backlog_reads.hpp"

namespace outpost::embedded {
namespace {

/// The DestinationHealth port over the reader pool: what looks at health takes nothing from the control thread.
/// Contract: ports/destination_health.hpp.
class EmbeddedDestinationHealth final : public ports::DestinationHealth {
public:
    explicit EmbeddedDestinationHealth(Engine::Impl& engine) : engine_(engine) {}

    Task<Result<std::vector<ports::Backlog>>> backlogs(std::vector<model::DestinationKey> destinations,
                                                       Deadline deadline) override {
        ASSERT(!destinations.empty() && destinations.size() <= ports::kBacklogsMax);
        auto read = [destinations = std::move(destinations)](ReadSession& session) {
            return read_backlogs(session, destinations);
        };
        return engine_.readers.run<std::vector<ports::Backlog>>(std::move(read), deadline);
    }

private:
    Engine::Impl& engine_;
};

}  // namespace

std::unique_ptr<ports::DestinationHealth> make_destination_health(Engine::Impl& engine) {
    return std::make_unique<EmbeddedDestinationHealth>(engine);
}

}  // namespace outpost::embedded
