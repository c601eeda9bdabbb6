#include "api/health/health.hpp"

#include "api/envelope/envelope.hpp"
#include "base/json_writer.hpp"

namespace outpost::api {
namespace {

void write_worker(JsonWriter& out, std::string_view name, bool healthy) {
    out.key(name);
    out.begin_object();
    out.member("status", healthy ? "healthy" : "failed");
    out.end_object();
}

}  // namespace

http::ServerResponse healthz_response(const Readiness& readiness, TimePoint now) {
    const std::vector<WorkerHealth> workers = readiness.workers();
    const bool healthy = std::ranges::all_of(workers, &WorkerHealth::healthy);
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.member("status", healthy ? "healthy" : "failed");
    out.member("timestamp", now);
    out.key("workers");
    out.begin_object();
    write_worker(out, "http-server", true);
    for (const WorkerHealth& worker : workers) write_worker(out, worker.name, worker.healthy);
    out.end_object();
    out.end_object();
    return json_response(healthy ? 200 : 503, std::move(body));
}

http::ServerResponse livez_response() {
    return json_response(200, R"({"status":"alive"})");
}

http::ServerResponse readyz_response(const Readiness& readiness) {
    std::vector<std::string> reasons = readiness.reasons();
    if (readiness.draining()) reasons.insert(reasons.begin(), "draining");
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.member("status", reasons.empty() ? "ready" : "not_ready");
    if (!reasons.empty()) {
        out.key("reasons");
        out.begin_array();
        for (const std::string& reason : reasons) out.value(reason);
        out.end_array();
    }
    out.end_object();
    return json_response(reasons.empty() ? 200 : 503, std::move(body));
}

}  // namespace outpost::api
