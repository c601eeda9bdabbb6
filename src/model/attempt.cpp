#include "model/attempt.hpp"

namespace outpost::model {

std::string_view to_string(AttemptStatus status) {
    return status == AttemptStatus::success ? "success" : "failed";
}

std::string_view to_string(TraceWish wish) {
    switch (wish) {
        case TraceWish::none: return "none";
        case TraceWish::failed: return "failed";
        case TraceWish::all: break;
    }
    return "all";
}

std::optional<TraceWish> parse_trace_wish(std::string_view name) {
    for (const TraceWish wish : {TraceWish::none, TraceWish::failed, TraceWish::all})
        if (name == to_string(wish)) return wish;
    return std::nullopt;
}

bool wants_trace(TraceWish wish, AttemptStatus status) {
    return wish == TraceWish::all || (wish == TraceWish::failed && status == AttemptStatus::failed);
}

}  // namespace outpost::model
