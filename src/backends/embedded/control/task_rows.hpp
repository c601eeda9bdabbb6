// Tasks in control.db: one row each. Control thread only.
#pragma once

#include "backends/embedded/sqlite/database.hpp"
#include "ports/task_store.hpp"

namespace outpost::embedded {

/// Everything as in ports::TaskStore; one transaction a write.
class TaskRows {
public:
    explicit TaskRows(Database& control) : control_(control) {}

    Result<void> create(const ports::TaskRecord& task);
    Result<ports::TaskRecord> find(const std::optional<TenantId>& tenant, const ports::TaskId& id);
    Result<std::vector<ports::TaskRecord>> list(const ports::TaskQuery& query);
    Result<std::vector<ports::TaskRecord>> unfinished();
    Result<ports::TaskRecord> begin(const ports::TaskId& id, TimePoint now);
    Result<ports::TaskState> report(const ports::TaskId& id, const ports::TaskProgress& progress);
    Result<void> finish(const ports::TaskId& id, ports::TaskState state, const ports::TaskProgress& progress,
                        const std::string& error, TimePoint now);
    Result<ports::TaskRecord> cancel(const std::optional<TenantId>& tenant, const ports::TaskId& id, TimePoint now);

private:
    Result<void> forget(const TenantId& tenant, TimePoint now);
    Result<bool> is_taken(const ports::TaskId& id);
    Result<void> check_room(const TenantId& tenant);
    Result<void> insert(const ports::TaskRecord& task);
    Result<void> write_progress(const ports::TaskId& id, const ports::TaskProgress& progress);
    Result<void> end(const ports::TaskId& id, ports::TaskState state, const std::string& error, TimePoint now);
    /// @param tail  what follows FROM tasks; @param work  whether that column is wanted
    Result<std::vector<ports::TaskRecord>> select(std::string_view tail, const std::vector<std::string>& texts,
                                                  bool work);

    Database& control_;
};

}  // namespace outpost::embedded
