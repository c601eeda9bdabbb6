#include "api/api_fixture.hpp"

namespace outpost::api {

Task<Result<pipeline::PublishReceipt>> ScriptedPipeline::publish(pipeline::Publication publication, Deadline) {
    published = std::move(publication);
    co_return receipt;
}

Task<Result<pipeline::PublishReceipts>> ScriptedPipeline::publish_batch(std::vector<pipeline::Publication> publications,
                                                                        Deadline) {
    published_batch = std::move(publications);
    co_return receipts;
}

Task<std::expected<void, pipeline::RetryRefusal>> ScriptedPipeline::retry(std::optional<TenantId> scope, EventId event,
                                                                          DestinationId destination, Deadline) {
    retry_asked = fmt::format("{} {} {}", scope ? scope->value : "-", event.value, destination.value);
    co_return retried;
}

Task<std::expected<void, pipeline::CancelRefusal>> ScriptedPipeline::cancel(TenantId tenant, EventId event,
                                                                            DestinationId destination, Deadline) {
    cancel_asked = fmt::format("{} {} {}", tenant.value, event.value, destination.value);
    co_return cancelled;
}

Task<std::expected<pipeline::TestReport, pipeline::TestRefusal>> ScriptedPipeline::test(pipeline::TestRequest request,
                                                                                        Deadline) {
    test_asked = std::move(request);
    co_return tested;
}

std::string Reply::at(std::string_view pointer) const {
    const auto value = parse_json(body);
    if (!value) return "no JSON: " + body;
    boost::system::error_code error;
    const json::value* found = value->find_pointer(pointer, error);
    return found == nullptr ? "absent" : to_json(*found);
}

std::string Reply::text(std::string_view pointer) const {
    const std::string value = at(pointer);
    return value.size() >= 2 && value.front() == '"' ? parse_json(value)->get_string().c_str() : value;
}

ApiTest::ApiTest() {
    settings.api_key = "K";
    settings.jwt_secret = "jwt secret";
    settings.topics.configured = {"user.created", "user.updated", "user.deleted"};
    world.tenants.subscribe(0, views);
    rebuild();
    EXPECT_EQ(put("/tenants/t1").status, 201);
    EXPECT_EQ(put("/tenants/t2").status, 201);
    EXPECT_EQ(post("/tenants/t1/destinations",
                   R"({"id":"d1","type":"webhook","topics":"*","config":{"url":"https://e.com/h"}})")
                  .status,
              201);
}

ApiTest::~ApiTest() {
    struct Stop {
        static Task<bool> ledger(ports::fakes::MemoryLedger& it) {
            co_await it.stop();
            co_return true;
        }
    };
    run(Stop::ledger(world.ledger));
}

std::string ApiTest::token(std::string_view tenant) const {
    return "Bearer " + sign_token({std::string(tenant), clock.now(), ""}, "jwt secret");
}

Reply ApiTest::call_root(http::ServerRequest request, std::string_view target) {
    const std::size_t query = target.find('?');
    request.path = target.substr(0, query);
    if (query != std::string_view::npos) request.query = target.substr(query + 1);
    http::ServerResponse response = run(api->handle(std::move(request)));
    return {response.status, std::move(response.headers), std::move(response.body)};
}

Reply ApiTest::call(std::string_view method, std::string_view target, std::string_view authorization,
                    std::string body) {
    http::ServerRequest request;
    request.method = method;
    request.headers.add("Host", "outpost.example:3333");
    if (!authorization.empty()) request.headers.add("Authorization", std::string(authorization));
    request.body = Bytes(std::move(body));
    return call_root(std::move(request), "/api/v1" + std::string(target));
}

void ApiTest::rebuild() {
    destinations.emplace(world.tenants, catalog, clock, ids, manage::DestinationRules{settings.topics, 3});
    api.emplace(
        settings,
        ApiServices{
            world.tenants,
            tenants,
            *destinations,
            inspect,
            metrics,
            filters,
            health,
            recover,
            catalog,
            {.one = [this](pipeline::Publication publication,
                           Deadline deadline) { return pipeline.publish(std::move(publication), deadline); },
             .batch = [this](std::vector<pipeline::Publication> publications,
                             Deadline deadline) { return pipeline.publish_batch(std::move(publications), deadline); }},
            [this](std::optional<TenantId> scope, EventId event, DestinationId destination, Deadline deadline) {
                return pipeline.retry(std::move(scope), std::move(event), std::move(destination), deadline);
            },
            [this](TenantId tenant, EventId event, DestinationId destination, Deadline deadline) {
                return pipeline.cancel(std::move(tenant), std::move(event), std::move(destination), deadline);
            },
            [this](pipeline::TestRequest request, Deadline deadline) {
                return pipeline.test(std::move(request), deadline);
            },
            readiness,
            clock,
            rate_limiter});
}

ports::Accepted ApiTest::accept_event(std::string_view tenant, std::string_view id, std::string_view topic) {
    const auto view = run(world.tenants.view(TenantId(tenant), Deadline::never()));
    model::Event event;
    event.id = EventId(id);
    event.tenant_id = TenantId(tenant);
    event.topic = topic;
    event.time = event.received = clock.now();
    event.data = Bytes(R"({ "zebra":1, "alpha":2 })");
    ports::Acceptance acceptance;
    acceptance.event = std::make_shared<const model::Event>(std::move(event));
    acceptance.tenant = (*view)->number;
    for (const auto& stored : (*view)->destinations) acceptance.destinations.push_back(stored->key);
    return run(world.ledger.accept({std::move(acceptance)}, Deadline::never()))->front();
}

void ApiTest::settle_attempt(const ports::Accepted& accepted, std::string_view id, std::uint32_t number,
                             model::AttemptStatus status) {
    ports::Settlement settlement;
    settlement.key = {accepted.event, accepted.destinations.front()};
    settlement.event = world.truth.find_event(accepted.event)->event;
    settlement.attempt.id = AttemptId(id);
    settlement.attempt.number = number;
    settlement.attempt.status = status;
    settlement.attempt.time = clock.now();
    settlement.attempt.code = status == model::AttemptStatus::success ? "200" : "500";
    settlement.attempt.response_data = R"({"status":200,"body":"ok"})";
    settlement.attempt.destination_type = "webhook";
    EXPECT_TRUE(run(world.ledger.settle({std::move(settlement)}, Deadline::never())).has_value());
}

}  // namespace outpost::api
