#include "api/routes/tasks.hpp"

#include "api/envelope/envelope.hpp"
#include "api/routes/scope.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"

#include <charconv>

namespace outpost::api {
namespace {

constexpr std::string_view kComeBackSeconds = "60";

void write_time(JsonWriter& out, std::string_view name, const std::optional<TimePoint>& time) {
    out.key(name);
    if (time) out.value(*time);
    else out.null();
}

/// Everything is always there but `error`: null is what is not known.
void write_task(JsonWriter& out, const ports::TaskRecord& task) {
    const ports::TaskProgress& progress = task.progress;
    out.begin_object();
    out.member("id", task.id.value);
    out.member("type", task.type);
    out.member("tenant_id", task.tenant_id.value);
    out.member("state", ports::to_string(task.state));
    out.member("created_at", task.created_at);
    write_time(out, "started_at", task.started_at);
    write_time(out, "finished_at", task.finished_at);
    out.key("total");
    if (progress.total) out.value(*progress.total);
    else out.null();
    out.member("done", progress.done);
    out.member("failed", progress.failed);
    out.member("skipped", progress.skipped);
    const auto request = pipeline::read_request(task.type, task.tenant_id, task.parameters, "");
    out.member("pace_per_second", request ? request->pace_per_second : pipeline::kPaceDefault);
    out.raw_member("parameters", task.parameters);
    if (!task.error.empty()) out.member("error", task.error);
    out.end_object();
}

http::ServerResponse task_response(int status, const ports::TaskRecord& task) {
    std::string body;
    JsonWriter out(body);
    write_task(out, task);
    return json_response(status, std::move(body));
}

http::ServerResponse estimate_response(const pipeline::Estimate& estimate) {
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.member("estimate", estimate.redeliver);
    out.member("estimate_exact", estimate.exact);
    out.member("already_delivered", estimate.delivered);
    out.end_object();
    return json_response(200, std::move(body));
}

http::ServerResponse refused(pipeline::RecoverRefusal refusal) {
    using enum pipeline::RecoverRefusal;
    switch (refusal) {
        case tenant_not_found: return error_response(404, "tenant not found");
        case destination_not_found: return error_response(404, "destination not found");
        case destination_disabled:
            return error_response(400, "Destination is disabled", "error", "destination_disabled");
        case too_many_tasks: {
            auto response = error_response(429, "too many unfinished tasks, wait for one to end or cancel one");
            response.headers.add("Retry-After", std::string(kComeBackSeconds));
            return response;
        }
        case unavailable: break;
    }
    return error_response(503, "the task could not be stored, try again");
}

std::size_t limit_of(const Query& query) {
    const std::string_view text = query.find("limit").value_or("");
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && limit > 0 ? std::min(limit, ports::kTasksListedMax) : ports::kTasksListedMax;
}

ports::TaskId task_id_of(const Call& call) {
    return ports::TaskId(call.parameters.get("task_id"));
}

}  // namespace

Task<http::ServerResponse> TaskRoutes::recover(Call call) {
    auto command = parse_recover(call.request.body.view(), clock_.now());
    if (!command) co_return refusal_response(command.error());
    command->request.tenant = call.tenant();
    command->request.destination = call.destination().id;
    co_return co_await answer(std::move(*command), std::move(call));
}

Task<http::ServerResponse> TaskRoutes::bulk_retry(Call call) {
    auto command = parse_bulk_retry(call.request.body.view(), call.caller.scope(), clock_.now());
    if (!command) co_return refusal_response(command.error());
    co_return co_await answer(std::move(*command), std::move(call));
}

Task<http::ServerResponse> TaskRoutes::answer(RecoverCommand command, Call call) {
    if (command.dry_run) {
        const auto estimate = co_await desk_.estimate(std::move(command.request), call.deadline);
        co_return estimate ? estimate_response(*estimate) : refused(estimate.error());
    }
    const auto task = co_await desk_.start(std::move(command.request), call.deadline);
    if (!task) co_return refused(task.error());
    log::info("task.requested", {{"request_id", call.request.id}, {"task_id", task->id.value}, {"type", task->type}});
    co_return task_response(202, *task);
}

Task<http::ServerResponse> TaskRoutes::list(Call call) {
    auto tenants = listed_tenants(call);
    if (!tenants) co_return std::move(tenants).error();
    ports::TaskQuery query{.tenants = std::move(*tenants), .limit = limit_of(call.query)};
    const auto tasks = co_await desk_.list(std::move(query), call.deadline);
    if (!tasks) co_return refusal_response(manage::to_refusal(tasks.error(), "task not found"));
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.key("models");
    out.begin_array();
    for (const ports::TaskRecord& task : *tasks) write_task(out, task);
    out.end_array();
    out.end_object();
    co_return json_response(200, std::move(body));
}

Task<http::ServerResponse> TaskRoutes::get(Call call) {
    const auto task = co_await desk_.find(single_scope(call), task_id_of(call), call.deadline);
    if (!task) co_return refusal_response(manage::to_refusal(task.error(), "task not found"));
    co_return task_response(200, *task);
}

Task<http::ServerResponse> TaskRoutes::cancel(Call call) {
    const auto task = co_await desk_.cancel(call.caller.scope(), task_id_of(call), call.deadline);
    if (!task) co_return refusal_response(manage::to_refusal(task.error(), "task not found"));
    log::info("task.cancel_requested", {{"request_id", call.request.id}, {"task_id", task->id.value}});
    co_return task_response(200, *task);
}

}  // namespace outpost::api
