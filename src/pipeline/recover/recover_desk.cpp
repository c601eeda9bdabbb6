#include "pipeline/recover/recover_desk.hpp"

#include "pipeline/match/tenant_views.hpp"

namespace outpost::pipeline {

RecoverDesk::RecoverDesk(TenantViews& views, ports::LogReader& log, ports::TaskStore& tasks, Clock& clock,
                         TaskNews news)
    : views_(views),
      scanner_(views, log, clock),
      tasks_(tasks),
      clock_(clock),
      news_(std::move(news)),
      ids_(IdType::uuidv7, "task_", clock) {}

Task<std::expected<void, RecoverRefusal>> RecoverDesk::check(TenantId tenant, DestinationId destination,
                                                             Deadline deadline) {
    const auto view = co_await views_.get(std::move(tenant), deadline);
    if (!view) co_return std::unexpected(RecoverRefusal::unavailable);
    if (!(*view)->view->exists) co_return std::unexpected(RecoverRefusal::tenant_not_found);
    if (destination.empty()) co_return std::expected<void, RecoverRefusal>{};
    const CompiledTenant::Entry* entry = (*view)->find(destination);
    if (entry == nullptr) co_return std::unexpected(RecoverRefusal::destination_not_found);
    if (entry->destination->destination.disabled_at) co_return std::unexpected(RecoverRefusal::destination_disabled);
    co_return std::expected<void, RecoverRefusal>{};
}

void RecoverDesk::fix_times(RecoverRequest& request) const {
    const TimePoint now = clock_.now();
    request.until = std::min(request.until, now);
    if (request.mode == RecoverMode::listed) request.since = request.until = now;
}

Task<std::expected<ports::TaskRecord, RecoverRefusal>> RecoverDesk::start(RecoverRequest request, Deadline deadline) {
    fix_times(request);
    CO_TRY_VOID(co_await check(request.tenant, request.destination, deadline));
    ports::TaskRecord task;
    task.id = ports::TaskId(ids_.next());
    task.type = request.type;
    task.tenant_id = request.tenant;
    task.created_at = clock_.now();
    task.parameters = to_parameters(request);
    task.work = to_work(request);
    const auto created = co_await tasks_.create(task, deadline);
    if (!created) {
        const bool limited = created.error().code() == Errc::limited;
        co_return std::unexpected(limited ? RecoverRefusal::too_many_tasks : RecoverRefusal::unavailable);
    }
    news_.created();
    co_return task;
}

Task<std::expected<Estimate, RecoverRefusal>> RecoverDesk::estimate(RecoverRequest request, Deadline deadline) {
    fix_times(request);
    CO_TRY_VOID(co_await check(request.tenant, request.destination, deadline));
    auto shared = std::make_shared<const RecoverRequest>(std::move(request));
    const auto estimate = co_await scanner_.estimate(std::move(shared), deadline);
    if (!estimate) co_return std::unexpected(RecoverRefusal::unavailable);
    co_return *estimate;
}

Task<Result<std::vector<ports::TaskRecord>>> RecoverDesk::list(ports::TaskQuery query, Deadline deadline) {
    return tasks_.list(std::move(query), deadline);
}

Task<Result<ports::TaskRecord>> RecoverDesk::find(std::optional<TenantId> scope, ports::TaskId id, Deadline deadline) {
    return tasks_.find(std::move(scope), std::move(id), deadline);
}

Task<Result<ports::TaskRecord>> RecoverDesk::cancel(std::optional<TenantId> scope, ports::TaskId id,
                                                    Deadline deadline) {
    CO_TRY(ports::TaskRecord task, co_await tasks_.cancel(std::move(scope), id, clock_.now(), deadline));
    news_.cancelled(std::move(id));
    co_return task;
}

}  // namespace outpost::pipeline
