#include "api/health/health.hpp"

namespace outpost::api {
namespace {

struct ScriptedReadiness final : Readiness {
    std::vector<WorkerHealth> workers() const override { return workers_now; }
    std::vector<std::string> reasons() const override { return reasons_now; }
    bool draining() const override { return draining_now; }

    std::vector<WorkerHealth> workers_now{{std::string(kRetryWorker), true}};
    std::vector<std::string> reasons_now;
    bool draining_now = false;
};

// api.md §1.2, case 1.
TEST(Healthz, ListsTheWorkersAndFailsWithOneOfThem) {
    ScriptedReadiness it;
    const auto healthy = healthz_response(it, from_unix_ms(1'704'067'200'120));
    EXPECT_EQ(healthy.status, 200);
    EXPECT_EQ(healthy.body, R"({"status":"healthy","timestamp":"2024-01-01T00:00:00.12Z","workers":)"
                            R"({"http-server":{"status":"healthy"},"retrymq-consumer":{"status":"healthy"}}})");
    it.workers_now.push_back({std::string(kLogWorker), false});
    const auto failed = healthz_response(it, from_unix_ms(1'704'067'200'120));
    EXPECT_EQ(failed.status, 503);
    EXPECT_TRUE(failed.body.starts_with(R"({"status":"failed")"));
    EXPECT_TRUE(failed.body.contains(R"("logmq-consumer":{"status":"failed"})"));
}

TEST(Healthz, StaysHealthyWhileDraining) {
    ScriptedReadiness it;
    it.draining_now = true;
    it.reasons_now = {"disk full"};
    EXPECT_EQ(healthz_response(it, {}).status, 200);
}

// Decision D11.
TEST(Readyz, SaysWhyItIsNotReady) {
    ScriptedReadiness it;
    EXPECT_EQ(readyz_response(it).status, 200);
    EXPECT_EQ(readyz_response(it).body, R"({"status":"ready"})");
    it.reasons_now = {"disk full since 10:00"};
    EXPECT_EQ(readyz_response(it).status, 503);
    it.draining_now = true;
    EXPECT_EQ(readyz_response(it).body, R"({"status":"not_ready","reasons":["draining","disk full since 10:00"]})");
}

}  // namespace
}  // namespace outpost::api
