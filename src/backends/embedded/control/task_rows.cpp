#include "backends/embedded/control/task_rows.hpp"

#include <fmt/format.h>

namespace outpost::embedded {
namespace {

using ports::TaskProgress;
using ports::TaskRecord;
using ports::TaskState;

constexpr std::string_view kColumns =
    "id, type, tenant, state, created_at, started_at, finished_at, total, done, failed, skipped, cursor, parameters,"
    " error";

std::unexpected<Error> no_task() {
    return fail(Errc::not_found, "task not found");
}

std::optional<TimePoint> time_at(const Statement& row, int column) {
    const auto ms = row.optional_integer(column);
    return ms ? std::optional(from_unix_ms(*ms)) : std::nullopt;
}

std::uint64_t count_at(const Statement& row, int column) {
    return static_cast<std::uint64_t>(row.integer(column));
}

Result<TaskRecord> read_row(const Statement& row) {
    const auto state = ports::parse_task_state(row.text(3));
    if (!state) return fail(Errc::corrupt, fmt::format("task {} has the state '{}'", row.text(0), row.text(3)));
    TaskRecord task{.id = ports::TaskId(row.text(0)),
                    .type = std::string(row.text(1)),
                    .tenant_id = TenantId(row.text(2)),
                    .state = *state,
                    .created_at = from_unix_ms(row.integer(4)),
                    .started_at = time_at(row, 5),
                    .finished_at = time_at(row, 6),
                    .progress = {.total = std::nullopt,
                                 .done = count_at(row, 8),
                                 .failed = count_at(row, 9),
                                 .skipped = count_at(row, 10),
                                 .cursor = std::string(row.text(11))},
                    .parameters = std::string(row.text(12)),
                    .work = std::string(row.text(14)),
                    .error = std::string(row.text(13))};
    if (!row.is_null(7)) task.progress.total = count_at(row, 7);
    return task;
}

std::optional<std::int64_t> to_column(const std::optional<std::uint64_t>& count) {
    return count ? std::optional(static_cast<std::int64_t>(*count)) : std::nullopt;
}

}  // namespace

Result<std::vector<TaskRecord>> TaskRows::select(std::string_view tail, const std::vector<std::string>& texts,
                                                 bool work) {
    TRY(Statement rows,
        control_.prepare(fmt::format("SELECT {}, {} FROM tasks {}", kColumns, work ? "work" : "''", tail)));
    for (std::size_t i = 0; i < texts.size(); ++i) rows.bind(static_cast<int>(i) + 1, texts[i]);
    std::vector<TaskRecord> found;
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return found;
        TRY(TaskRecord task, read_row(rows));
        found.push_back(std::move(task));
    }
}

Result<void> TaskRows::forget(const TenantId& tenant, TimePoint now) {
    TRY(Statement old, control_.prepare("DELETE FROM tasks WHERE finished_at IS NOT NULL AND finished_at < ?"));
    old.bind(1, unix_ms(now - ports::kFinishedTasksKept));
    TRY_VOID(old.run());
    TRY(Statement many, control_.prepare("DELETE FROM tasks WHERE number IN (SELECT number FROM tasks WHERE tenant = ?1"
                                         " AND finished_at IS NOT NULL ORDER BY number DESC LIMIT -1 OFFSET ?2)"));
    many.bind(1, tenant.value).bind(2, static_cast<std::int64_t>(ports::kFinishedTasksPerTenantMax));
    return many.run();
}

Result<bool> TaskRows::is_taken(const ports::TaskId& id) {
    TRY(Statement same, control_.prepare("SELECT 1 FROM tasks WHERE id = ?"));
    same.bind(1, id.value);
    return same.step();
}

Result<void> TaskRows::check_room(const TenantId& tenant) {
    TRY(Statement count, control_.prepare("SELECT count(*) FROM tasks WHERE tenant = ? AND finished_at IS NULL"));
    count.bind(1, tenant.value);
    TRY_VOID(count.step());
    if (static_cast<std::size_t>(count.integer(0)) < ports::kUnfinishedTasksPerTenantMax) return {};
    return fail(Errc::limited, "too many unfinished tasks");
}

Result<void> TaskRows::insert(const TaskRecord& task) {
    TRY(Statement row,
        control_.prepare("INSERT INTO tasks (id, type, tenant, state, created_at, total, done, failed, skipped, cursor,"
                         " parameters, work, error) VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, '')"));
    row.bind(1, task.id.value).bind(2, task.type).bind(3, task.tenant_id.value).bind(4, unix_ms(task.created_at));
    row.bind(5, to_column(task.progress.total)).bind(6, static_cast<std::int64_t>(task.progress.done));
    row.bind(7, static_cast<std::int64_t>(task.progress.failed));
    row.bind(8, static_cast<std::int64_t>(task.progress.skipped));
    row.bind(9, task.progress.cursor).bind(10, task.parameters).bind(11, task.work);
    return row.run();
}

Result<void> TaskRows::create(const TaskRecord& task) {
    TRY(Transaction transaction, Transaction::begin(control_));
    TRY(const bool taken, is_taken(task.id));
    if (taken) return fail(Errc::conflict, "the id is taken");
    TRY_VOID(forget(task.tenant_id, task.created_at));
    TRY_VOID(check_room(task.tenant_id));
    TRY_VOID(insert(task));
    return transaction.commit();
}

Result<TaskRecord> TaskRows::find(const std::optional<TenantId>& tenant, const ports::TaskId& id) {
    TRY(auto found, select("WHERE id = ?", {id.value}, true));
    if (found.empty() || (tenant && found.front().tenant_id != *tenant)) return no_task();
    return std::move(found.front());
}

Result<std::vector<TaskRecord>> TaskRows::list(const ports::TaskQuery& query) {
    std::vector<std::string> texts;
    std::string marks;
    for (const TenantId& tenant : query.tenants) {
        texts.push_back(tenant.value);
        marks += marks.empty() ? "?" : ",?";
    }
    const std::string where = marks.empty() ? "" : fmt::format("WHERE tenant IN ({})", marks);
    const std::size_t limit = std::min(query.limit, ports::kTasksListedMax);
    return select(fmt::format("{} ORDER BY number DESC LIMIT {}", where, limit), texts, false);
}

Result<std::vector<TaskRecord>> TaskRows::unfinished() {
    return select(fmt::format("WHERE finished_at IS NULL ORDER BY number LIMIT {}", ports::kUnfinishedTasksReadMax), {},
                  false);
}

Result<TaskRecord> TaskRows::begin(const ports::TaskId& id, TimePoint now) {
    TRY(Statement row,
        control_.prepare("UPDATE tasks SET state = 'running', started_at = ? WHERE id = ? AND state = 'queued'"));
    row.bind(1, unix_ms(now)).bind(2, id.value);
    TRY_VOID(row.run());
    TRY(TaskRecord task, find(std::nullopt, id));
    if (ports::is_finished(task.state)) return fail(Errc::conflict, "the task has ended");
    return task;
}

Result<void> TaskRows::write_progress(const ports::TaskId& id, const TaskProgress& progress) {
    TRY(Statement row, control_.prepare("UPDATE tasks SET total = ?, done = ?, failed = ?, skipped = ?, cursor = ?"
                                        " WHERE id = ?"));
    row.bind(1, to_column(progress.total)).bind(2, static_cast<std::int64_t>(progress.done));
    row.bind(3, static_cast<std::int64_t>(progress.failed)).bind(4, static_cast<std::int64_t>(progress.skipped));
    row.bind(5, progress.cursor).bind(6, id.value);
    TRY_VOID(row.run());
    if (control_.changes() == 0) return no_task();
    return {};
}

Result<TaskState> TaskRows::report(const ports::TaskId& id, const TaskProgress& progress) {
    TRY_VOID(write_progress(id, progress));
    TRY(const TaskRecord task, find(std::nullopt, id));
    return task.state;
}

Result<void> TaskRows::end(const ports::TaskId& id, TaskState state, const std::string& error, TimePoint now) {
    TRY(Statement row, control_.prepare("UPDATE tasks SET state = ?, error = ?, finished_at = ?, work = ''"
                                        " WHERE id = ? AND finished_at IS NULL"));
    const std::string name(ports::to_string(state));
    row.bind(1, name).bind(2, error).bind(3, unix_ms(now)).bind(4, id.value);
    return row.run();
}

Result<void> TaskRows::finish(const ports::TaskId& id, TaskState state, const TaskProgress& progress,
                              const std::string& error, TimePoint now) {
    TRY(Transaction transaction, Transaction::begin(control_));
    TRY_VOID(write_progress(id, progress));
    TRY_VOID(end(id, state, error, now));
    return transaction.commit();
}

Result<TaskRecord> TaskRows::cancel(const std::optional<TenantId>& tenant, const ports::TaskId& id, TimePoint now) {
    TRY(Transaction transaction, Transaction::begin(control_));
    TRY(const TaskRecord before, find(tenant, id));
    TRY_VOID(end(id, TaskState::cancelled, "", now));
    TRY(TaskRecord after, find(tenant, before.id));
    TRY_VOID(transaction.commit());
    return after;
}

}  // namespace outpost::embedded
