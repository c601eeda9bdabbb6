// Recovery and bulk retry as tasks in the background (portal.md §15a N4).
#pragma once

#include "api/routes/call.hpp"
#include "api/routes/tasks_input.hpp"
#include "pipeline/recover/recover_desk.hpp"

namespace outpost::api {

class TaskRoutes {
public:
    TaskRoutes(pipeline::RecoverDesk& desk, const Clock& clock) : desk_(desk), clock_(clock) {}

    /// POST …/destinations/{destination_id}/recover. 202 with the task; with `dry_run` 200 with an estimate. 422 naming
    /// the wrong member; 404; 400 for a disabled destination; 429 when the tenant has too many unfinished tasks.
    Task<http::ServerResponse> recover(Call call);
    /// POST /retry/bulk: the same for a list of deliveries, or a filter over a tenant's.
    Task<http::ServerResponse> bulk_retry(Call call);
    /// GET /tasks: `{"models":[…]}`, newest first, at most ports::kTasksListedMax. A token's own; all for the API key,
    /// or those of `tenant_id`.
    Task<http::ServerResponse> list(Call call);
    /// GET /tasks/{task_id}. Another tenant's is 404.
    Task<http::ServerResponse> get(Call call);
    /// POST /tasks/{task_id}/cancel. 200 with the task, also when it has ended.
    Task<http::ServerResponse> cancel(Call call);

private:
    Task<http::ServerResponse> answer(RecoverCommand command, Call call);

    pipeline::RecoverDesk& desk_;
    const Clock& clock_;
};

}  // namespace outpost::api
