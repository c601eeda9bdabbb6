// An Api over stores in memory, called without a network. For the tests of this folder.
#pragma once

#include "api/api.hpp"
#include "api/auth/jwt.hpp"
#include "base/json.hpp"
#include "base/manual_clock.hpp"
#include "manage/destinations/destinations.hpp"
#include "manage/fakes/fake_type.hpp"
#include "manage/fakes/run_task.hpp"
#include "manage/filters/filter_tests.hpp"
#include "manage/inspect/inspect.hpp"
#include "manage/metrics/metrics.hpp"
#include "manage/tenants/tenants.hpp"
#include "pipeline/match/tenant_views.hpp"
#include "pipeline/recover/recover_desk.hpp"
#include "pipeline/watch/health.hpp"
#include "ports/fakes/memory_health.hpp"
#include "ports/fakes/memory_task_store.hpp"
#include "ports/fakes/memory_world.hpp"

#include <gtest/gtest.h>

namespace outpost::api {

struct ScriptedReadiness final : Readiness {
    std::vector<WorkerHealth> workers() const override { return {{std::string(kRetryWorker), true}}; }
    std::vector<std::string> reasons() const override { return reasons_now; }
    bool draining() const override { return false; }
    std::vector<std::string> reasons_now;
};

/// Answers of the pipeline, and what it was asked.
struct ScriptedPipeline {
    Result<pipeline::PublishReceipt> receipt = pipeline::PublishReceipt{EventId("e1"), false, {DestinationId("d1")}};
    std::expected<void, pipeline::RetryRefusal> retried;
    std::optional<pipeline::Publication> published;
    Result<pipeline::PublishReceipts> receipts;
    std::vector<pipeline::Publication> published_batch;
    std::string retry_asked;  ///< "tenant event destination"; "-" for no scope
    std::expected<void, pipeline::CancelRefusal> cancelled;
    std::string cancel_asked;  ///< "tenant event destination"
    std::expected<pipeline::TestReport, pipeline::TestRefusal> tested;
    std::optional<pipeline::TestRequest> test_asked;

    Task<Result<pipeline::PublishReceipt>> publish(pipeline::Publication publication, Deadline);
    Task<Result<pipeline::PublishReceipts>> publish_batch(std::vector<pipeline::Publication> publications, Deadline);
    Task<std::expected<void, pipeline::RetryRefusal>> retry(std::optional<TenantId> scope, EventId event,
                                                            DestinationId destination, Deadline);
    Task<std::expected<void, pipeline::CancelRefusal>> cancel(TenantId tenant, EventId event, DestinationId destination,
                                                              Deadline);
    Task<std::expected<pipeline::TestReport, pipeline::TestRefusal>> test(pipeline::TestRequest request, Deadline);
};

/// A response with its JSON at hand.
struct Reply {
    int status = 0;
    http::Headers headers;
    std::string body;

    /// The value at a JSON pointer, compact; "absent" when there is none.
    std::string at(std::string_view pointer) const;
    /// The same for a string, without its quotes.
    std::string text(std::string_view pointer) const;
    std::string message() const { return text("/message"); }
};

/// The setup of api.md §19: key K, TOPICS of three, tenant t1, and d1, a webhook of it on `*`; t2 exists too.
class ApiTest : public testing::Test {
protected:
    ApiTest();
    ~ApiTest() override;

    static std::string key() { return "Bearer K"; }
    std::string token(std::string_view tenant) const;

    /// One request below /api/v1. @param target  path and query. @param authorization  the header; empty = none
    Reply call(std::string_view method, std::string_view target, std::string_view authorization, std::string body = "");
    Reply call_root(http::ServerRequest request, std::string_view target);
    Reply get(std::string_view target) { return call("GET", target, key()); }
    Reply put(std::string_view target, std::string body = "") { return call("PUT", target, key(), std::move(body)); }
    Reply post(std::string_view target, std::string body) { return call("POST", target, key(), std::move(body)); }
    Reply patch(std::string body) { return call("PATCH", "/tenants/t1/destinations/d1", key(), std::move(body)); }

    /// Stores an event for all destinations of its tenant, `data` {"n":1}.
    ports::Accepted accept_event(std::string_view tenant, std::string_view id, std::string_view topic = "user.created");
    /// Settles one attempt of an accepted event at its first destination.
    void settle_attempt(const ports::Accepted& accepted, std::string_view id, std::uint32_t number,
                        model::AttemptStatus status);

    /// A new Api with changed settings over the same stores.
    void rebuild();
    template <class T>
    T run(Task<T> task) {
        return manage::fakes::run_task(context, std::move(task));
    }

    boost::asio::io_context context;
    ManualClock clock{from_unix_ms(1'704'067'200'000)};
    Shards shards{{context.get_executor()}};
    ports::fakes::MemoryWorld world{clock, shards};
    manage::fakes::FakeType webhook{"webhook"};
    manage::fakes::FakeType sqs{"aws_sqs"};
    manage::Catalog catalog{{&webhook, &sqs}};
    IdGenerator ids{IdType::uuidv4, "", clock};
    manage::Tenants tenants{world.tenants, clock};
    manage::Inspect inspect{world.log, world.tenants};
    manage::Metrics metrics{world.metrics, clock};
    manage::FilterTests filters{world.log, world.tenants};
    ports::fakes::MemoryHealth backlogs{world.truth};
    pipeline::Health health{world.tenants, world.log, backlogs, clock};
    pipeline::TenantViews views{world.tenants, false};
    ports::fakes::MemoryTaskStore tasks;
    std::vector<std::string> task_news;  ///< "created", or "cancelled" and the id
    pipeline::RecoverDesk recover{
        views,
        world.log,
        tasks,
        clock,
        {.created = [this] { task_news.emplace_back("created"); },
         .cancelled = [this](const ports::TaskId& id) { task_news.push_back("cancelled " + id.value); }}};
    ScriptedPipeline pipeline;
    ScriptedReadiness readiness;
    ApiSettings settings;
    RateLimiter* rate_limiter = nullptr;  ///< takes effect with rebuild()
    std::optional<manage::Destinations> destinations;
    std::optional<Api> api;
};

}  // namespace outpost::api
