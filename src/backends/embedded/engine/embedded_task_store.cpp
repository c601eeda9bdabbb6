#include "backends/embedded/engine/engine_impl.hpp"

#include "backends/embedded/control/task_rows.hpp"
#include "backends/embedded/engine/hop.hpp"

namespace outpost::embedded {
namespace {

using ports::TaskId;
using ports::TaskProgress;
using ports::TaskRecord;
using ports::TaskState;

/// The TaskStore port on the control thread, reads too: they are rare, bounded and by an index.
/// Contract: ports/task_store.hpp.
class EmbeddedTaskStore final : public ports::TaskStore {
public:
    explicit EmbeddedTaskStore(Engine::Impl& engine) : engine_(engine), rows_(engine.control) {}

    Task<Result<void>> create(TaskRecord task, Deadline) override {
        return run<void>([this, task = std::move(task)] { return rows_.create(task); });
    }
    Task<Result<TaskRecord>> find(std::optional<TenantId> tenant, TaskId id, Deadline) override {
        return run<TaskRecord>(
            [this, tenant = std::move(tenant), id = std::move(id)] { return rows_.find(tenant, id); });
    }
    Task<Result<std::vector<TaskRecord>>> list(ports::TaskQuery query, Deadline) override {
        return run<std::vector<TaskRecord>>([this, query = std::move(query)] { return rows_.list(query); });
    }
    Task<Result<std::vector<TaskRecord>>> unfinished(Deadline) override {
        return run<std::vector<TaskRecord>>([this] { return rows_.unfinished(); });
    }
    Task<Result<TaskRecord>> begin(TaskId id, TimePoint now, Deadline) override {
        return run<TaskRecord>([this, id = std::move(id), now] { return rows_.begin(id, now); });
    }
    Task<Result<TaskState>> report(TaskId id, TaskProgress progress, Deadline) override {
        return run<TaskState>(
            [this, id = std::move(id), progress = std::move(progress)] { return rows_.report(id, progress); });
    }
    Task<Result<void>> finish(TaskId id, TaskState state, TaskProgress progress, std::string error, TimePoint now,
                              Deadline) override {
        return run<void>([this, id = std::move(id), state, progress = std::move(progress), error = std::move(error),
                          now] { return rows_.finish(id, state, progress, error, now); });
    }
    Task<Result<TaskRecord>> cancel(std::optional<TenantId> tenant, TaskId id, TimePoint now, Deadline) override {
        return run<TaskRecord>(
            [this, tenant = std::move(tenant), id = std::move(id), now] { return rows_.cancel(tenant, id, now); });
    }

private:
    template <class T, class Work>
    Task<Result<T>> run(Work work) {
        return hop<T>(engine_.executors.control, std::move(work));
    }

    Engine::Impl& engine_;
    TaskRows rows_;
};

}  // namespace

std::unique_ptr<ports::TaskStore> make_task_store(Engine::Impl& engine) {
    return std::make_unique<EmbeddedTaskStore>(engine);
}

}  // namespace outpost::embedded
