// Recovery and bulk retry over HTTP (portal.md §15a N4).
#include "api/api_fixture.hpp"

namespace outpost::api {
namespace {

constexpr const char* kRecover = "/tenants/t1/destinations/d1/recover";

struct TasksConformance : ApiTest {
    TasksConformance() {
        settle_attempt(accept_event("t1", "e1"), "a1", 1, model::AttemptStatus::failed);
        settle_attempt(accept_event("t1", "e2"), "a2", 1, model::AttemptStatus::success);
        clock.advance(1s);
    }
    std::string started() {
        const Reply reply = post(kRecover, R"({"since":"2023-12-31"})");
        EXPECT_EQ(reply.status, 202) << reply.body;
        return reply.text("/id");
    }
};

TEST_F(TasksConformance, StartsATaskAndShowsIt) {
    const Reply reply = post(kRecover, R"({"since":"2023-12-31","codes":["500"],"pace_per_second":20})");
    EXPECT_EQ(reply.status, 202);
    EXPECT_EQ(reply.text("/type"), "recover");
    EXPECT_EQ(reply.text("/tenant_id"), "t1");
    EXPECT_EQ(reply.text("/state"), "queued");
    EXPECT_EQ(reply.at("/started_at"), "null");
    EXPECT_EQ(reply.at("/total"), "null");
    EXPECT_EQ(reply.at("/done"), "0");
    EXPECT_EQ(reply.at("/pace_per_second"), "20");
    EXPECT_EQ(reply.text("/parameters/destination_id"), "d1");
    EXPECT_EQ(reply.text("/parameters/since"), "2023-12-31T00:00:00Z");
    EXPECT_EQ(reply.at("/error"), "absent");
    EXPECT_EQ(task_news, std::vector<std::string>{"created"});
    EXPECT_EQ(get("/tasks/" + reply.text("/id")).body, reply.body);
    EXPECT_EQ(get("/tasks").body, R"({"models":[)" + reply.body + "]}");
}

TEST_F(TasksConformance, EstimatesForADryRun) {
    const Reply reply = post(kRecover, R"({"since":"2023-12-31","dry_run":true})");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, R"({"estimate":1,"estimate_exact":true,"already_delivered":0})");
    const Reply listed = post("/retry/bulk",
                              R"({"tenant_id":"t1","dry_run":true,"deliveries":[
                                {"event_id":"e1","destination_id":"d1"},{"event_id":"e2","destination_id":"d1"}]})");
    EXPECT_EQ(listed.body, R"({"estimate":2,"estimate_exact":true,"already_delivered":1})");
    EXPECT_EQ(get("/tasks").body, R"({"models":[]})") << "nothing was started";
    EXPECT_TRUE(task_news.empty());
}

TEST_F(TasksConformance, RetriesInBulkWithinOneTenant) {
    const std::string body = R"("deliveries":[{"event_id":"e1","destination_id":"d1"}]})";
    const Reply reply = post("/retry/bulk", R"({"tenant_id":"t1",)" + body);
    EXPECT_EQ(reply.status, 202);
    EXPECT_EQ(reply.text("/type"), "bulk_retry");
    EXPECT_EQ(reply.at("/parameters/deliveries"), "1");
    EXPECT_EQ(call("POST", "/retry/bulk", token("t1"), "{" + body).status, 202);
    EXPECT_EQ(call("POST", "/retry/bulk", token("t2"), R"({"tenant_id":"t1",)" + body).status, 403);
    EXPECT_EQ(post("/retry/bulk", R"({"tenant_id":"ghost",)" + body).message(), "tenant not found");
    EXPECT_EQ(post("/retry/bulk", "{" + body).at("/data"), R"(["tenant_id is required"])");
    const Reply filtered =
        post("/retry/bulk", R"({"tenant_id":"t1","filter":{"destination_id":"d9","since":"2023-12-31"}})");
    EXPECT_EQ(filtered.status, 404);
    EXPECT_EQ(filtered.message(), "destination not found");
}

TEST_F(TasksConformance, RefusesWhatCantBeRecovered) {
    EXPECT_EQ(post(kRecover, "{}").status, 422);
    EXPECT_EQ(post("/tenants/t1/destinations/d9/recover", R"({"since":"2023-12-31"})").status, 404);
    EXPECT_EQ(call("POST", kRecover, token("t2"), R"({"since":"2023-12-31"})").status, 403);
    EXPECT_EQ(call("POST", kRecover, "", R"({"since":"2023-12-31"})").status, 401);
    EXPECT_EQ(put("/tenants/t1/destinations/d1/disable").status, 200);
    const Reply disabled = post(kRecover, R"({"since":"2023-12-31"})");
    EXPECT_EQ(disabled.status, 400);
    EXPECT_EQ(disabled.text("/data/error"), "destination_disabled");
    tasks.fail_times(1);
    EXPECT_EQ(put("/tenants/t1/destinations/d1/enable").status, 200);
    EXPECT_EQ(post(kRecover, R"({"since":"2023-12-31"})").status, 503);
}

TEST_F(TasksConformance, RefusesMoreThanATenantsShare) {
    for (std::size_t i = 0; i < ports::kUnfinishedTasksPerTenantMax; ++i) started();
    const Reply reply = post(kRecover, R"({"since":"2023-12-31"})");
    EXPECT_EQ(reply.status, 429);
    EXPECT_EQ(reply.message(), "too many unfinished tasks, wait for one to end or cancel one");
    EXPECT_EQ(reply.headers.find("Retry-After"), "60");
}

TEST_F(TasksConformance, ShowsATenantOnlyItsOwnTasks) {
    const std::string id = started();
    EXPECT_EQ(call("GET", "/tasks/" + id, token("t1")).status, 200);
    EXPECT_EQ(call("GET", "/tasks/" + id, token("t2")).message(), "task not found");
    EXPECT_EQ(call("POST", "/tasks/" + id + "/cancel", token("t2")).status, 404);
    EXPECT_EQ(call("GET", "/tasks", token("t2")).body, R"({"models":[]})");
    EXPECT_EQ(call("GET", "/tasks?tenant_id=t1", token("t2")).status, 403);
    EXPECT_EQ(get("/tasks?tenant_id=t2").body, R"({"models":[]})");
    EXPECT_EQ(get("/tasks?tenant_id=t1").text("/models/0/id"), id);
    EXPECT_EQ(get("/tasks/none").message(), "task not found");
    const std::string second = started();
    EXPECT_EQ(get("/tasks?limit=1").text("/models/0/id"), second);
    EXPECT_EQ(get("/tasks?limit=1").at("/models/1"), "absent");
    EXPECT_EQ(get("/tasks?limit=x").text("/models/1/id"), id);
}

TEST_F(TasksConformance, CancelsATask) {
    const std::string id = started();
    const Reply reply = call("POST", "/tasks/" + id + "/cancel", token("t1"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.text("/state"), "cancelled");
    EXPECT_NE(reply.at("/finished_at"), "null");
    EXPECT_EQ(task_news.back(), "cancelled " + id);
    EXPECT_EQ(post("/tasks/" + id + "/cancel", "").body, reply.body) << "safe to repeat";
    EXPECT_EQ(post("/tasks/none/cancel", "").message(), "task not found");
}

TEST_F(TasksConformance, SaysWhyATaskFailed) {
    const ports::TaskId id(started());
    EXPECT_TRUE(run(tasks.begin(id, clock.now(), Deadline::never())).has_value());
    EXPECT_TRUE(run(tasks.finish(id, ports::TaskState::failed, {.total = 5, .done = 2, .failed = 1, .skipped = 1},
                                 "the destination was deleted", clock.now(), Deadline::never()))
                    .has_value());
    const Reply reply = get("/tasks/" + id.value);
    EXPECT_EQ(reply.text("/state"), "failed");
    EXPECT_EQ(reply.text("/error"), "the destination was deleted");
    EXPECT_EQ(reply.at("/total"), "5");
    EXPECT_EQ(reply.at("/done"), "2");
    EXPECT_EQ(reply.at("/failed"), "1");
    EXPECT_EQ(reply.at("/skipped"), "1");
}

}  // namespace
}  // namespace outpost::api
