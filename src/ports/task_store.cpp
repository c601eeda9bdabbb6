#include "ports/task_store.hpp"

namespace outpost::ports {
namespace {

constexpr std::pair<TaskState, std::string_view> kNames[] = {{TaskState::queued, "queued"},
                                                             {TaskState::running, "running"},
                                                             {TaskState::completed, "completed"},
                                                             {TaskState::cancelled, "cancelled"},
                                                             {TaskState::failed, "failed"}};

}  // namespace

std::string_view to_string(TaskState state) {
    for (const auto& [named, name] : kNames) {
        if (named == state) return name;
    }
    return "failed";
}

std::optional<TaskState> parse_task_state(std::string_view text) {
    for (const auto& [state, name] : kNames) {
        if (name == text) return state;
    }
    return std::nullopt;
}

}  // namespace outpost::ports
