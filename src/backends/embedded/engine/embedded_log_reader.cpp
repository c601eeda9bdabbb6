#include "backends/embedded/engine/engine_impl.hpp"

#include "backends/embedded/read/attempt_lists.hpp"
#include "backends/embedded/read/event_lists.hpp"
#include "backends/embedded/read/attempt_reads.hpp"
#include "backends/embedded/read/event_reads.hpp"
#include "backends/embedded/read/outcome_reads.hpp"

namespace outpost::embedded {
namespace {

/// The LogReader port over the reader pool. Contract: ports/log_reader.hpp.
class EmbeddedLogReader final : public ports::LogReader {
public:
    explicit EmbeddedLogReader(Engine::Impl& engine) : engine_(engine) {}

    Task<Result<ports::EventRecord>> find_event(std::optional<TenantId> tenant, EventId id,
                                                Deadline deadline) override {
        auto read = [tenant = std::move(tenant), id = std::move(id)](ReadSession& session) {
            return embedded::find_event(session, tenant, id);
        };
        return engine_.readers.run<ports::EventRecord>(std::move(read), deadline);
    }

    Task<Result<std::vector<ports::DeliveryOutcome>>> outcomes(ports::EventRecord event, Deadline deadline) override {
        auto read = [event = std::move(event)](ReadSession& session) { return find_outcomes(session, event); };
        return engine_.readers.run<std::vector<ports::DeliveryOutcome>>(std::move(read), deadline);
    }

    Task<Result<ports::AttemptRecord>> find_attempt(std::optional<TenantId> tenant, AttemptId id, bool with_event,
                                                    Deadline deadline) override {
        auto read = [tenant = std::move(tenant), id = std::move(id), with_event](ReadSession& session) {
            return embedded::find_attempt(session, tenant, id, with_event);
        };
        return engine_.readers.run<ports::AttemptRecord>(std::move(read), deadline);
    }

    Task<Result<ports::EventPage>> list_events(ports::EventQuery query, Deadline deadline) override {
        auto read = [query = std::move(query)](ReadSession& session) { return embedded::list_events(session, query); };
        return engine_.readers.run<ports::EventPage>(std::move(read), deadline);
    }

    Task<Result<ports::AttemptPage>> list_attempts(ports::AttemptQuery query, Deadline deadline) override {
        auto read = [query = std::move(query)](ReadSession& session) {
            return embedded::list_attempts(session, query);
        };
        return engine_.readers.run<ports::AttemptPage>(std::move(read), deadline);
    }

private:
    Engine::Impl& engine_;
};

}  // namespace

std::unique_ptr<ports::LogReader> make_log_reader(Engine::Impl& engine) {
    return std::make_unique<EmbeddedLogReader>(engine);
}

}  // namespace outpost::embedded
