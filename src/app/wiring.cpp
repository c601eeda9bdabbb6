#include "app/wiring.hpp"

#include "app/background_tasks.hpp"
#include "app/limits.hpp"
#include "app/operator_events.hpp"
#include "app/secrets.hpp"
#include "app/service_health.hpp"
#include "app/shard_services.hpp"
#include "app/signals.hpp"
#include "app/threads.hpp"
#include "api/envelope/envelope.hpp"
#include "backends/embedded/engine/engine.hpp"
#include "base/log.hpp"
#include "base/test_point.hpp"
#include "net/egress/own_addresses.hpp"
#include "net/tls/context.hpp"

#include <boost/asio/use_future.hpp>

namespace outpost::app {
namespace {

constexpr unsigned kLastSeconds = 5;  // for threads to end, when all is said and done

/// Starts a coroutine on a shard; the main thread waits for it by the future.
std::future<void> start_on(const Executor& executor, Task<void> work) {
    return boost::asio::co_spawn(executor, std::move(work), boost::asio::use_future);
}

api::ApiSettings api_settings(const Config& config) {
    const PortalConfig& portal = config.portal;
    return {.api_key = config.api_key,
            .open_access = config.api_allow_open,
            .jwt_secret = config.api_jwt_secret,
            .deployment_id = config.deployment_id,
            .topics = {.configured = config.topics, .allow_wildcards = config.topics_allow_wildcards},
            .legacy_routes = config.api_legacy_routes,
            .publish_body_bytes_max = config.publish_max_body_bytes,
            .cors = api::Cors::make(config.api_cors_origins).value_or(api::Cors()),  // checked with the configuration
            .portal = {.proxy_url = portal.proxy_url,
                       .referer_url = portal.referer_url,
                       .refresh_url = portal.refresh_url,
                       .favicon_url = portal.favicon_url,
                       .brand_color = portal.brand_color,
                       .logo = portal.logo,
                       .logo_dark = portal.logo_dark,
                       .organization_name = portal.organization_name,
                       .force_theme = portal.force_theme,
                       .disable_outpost_branding = portal.disable_outpost_branding,
                       .enable_destination_filter = portal.enable_destination_filter,
                       .enable_webhook_custom_headers = portal.enable_webhook_custom_headers}};
}

/// Secrets that were not configured are made in the data directory (decisions A14, A15, D3).
Result<void> complete_secrets(Config& config) {
    const auto complete = [&](std::string& secret, const char* file) -> Result<void> {
        if (!secret.empty()) return {};
        TRY(secret, load_or_make_secret(config.data_dir, file));
        return {};
    };
    if (!config.api_allow_open) TRY_VOID(complete(config.api_key, kApiKeyFile));
    TRY_VOID(complete(config.api_jwt_secret, kJwtSecretFile));
    return complete(config.aes_encryption_secret, kSealSecretFile);
}

std::vector<std::string> seal_secrets(const Config& config) {
    std::vector<std::string> secrets = {config.aes_encryption_secret};
    if (!config.aes_encryption_secret_previous.empty()) secrets.push_back(config.aes_encryption_secret_previous);
    return secrets;
}

}  // namespace

class Service::Impl {
public:
    explicit Impl(Config given)
        : config(std::move(given)),
          threads(std::max(2u, std::thread::hardware_concurrency())),
          sealer(seal_secrets(config)),
          event_ids(config.id_type, config.event_id_prefix, clock),
          destination_ids(config.id_type, config.destination_id_prefix, clock),
          attempt_ids(config.id_type, config.attempt_id_prefix, clock),
          api(api_settings(config)) {
        if (config.api_rate_limit_per_minute > 0) rate_limiter.emplace(api::RateRule{config.api_rate_limit_per_minute});
    }

    Result<void> open() {
        TRY(webhook_settings, webhook::resolve_settings(config.webhook));
        config.destinations.user_agent = webhook_settings.user_agent;
        config.destinations.include_millisecond_timestamp = webhook_settings.include_millisecond_timestamp;
        const egress::Settings egress_settings{
            .mode = *egress::parse_mode(config.egress_mode), .allow = config.egress_allow, .deny = config.egress_deny};
        TRY(auto own_addresses, egress::own_addresses());
        TRY(egress, egress::Policy::make(egress_settings, std::move(own_addresses)));
        TRY(boost::asio::ssl::context context, tls::make_client_context());
        tls.emplace(std::move(context));
        embedded::EngineSettings engine_settings{.directory = config.data_dir,
                                                 .idempotency_window = config.publish_idempotency_window,
                                                 .watch = watch_settings(config)};
        engine_settings.retention_age.reset();
        if (config.log_retention_days > 0) engine_settings.retention_age = std::chrono::days(config.log_retention_days);
        if (config.log_retention_bytes > 0) engine_settings.retention_bytes = config.log_retention_bytes;
        if (const auto rows = test_setting("OUTPOST_TEST_SEGMENT_ROWS")) engine_settings.segment_rows_max = *rows;
        TRY(engine, embedded::Engine::open(std::move(engine_settings), sealer, threads.shards(),
                                           threads.engine_executors(), clock));
        health.emplace(engine->ledger());
        build_shards();
        TRY_VOID(listen());
        engine->start();
        tasks->runner().wake();
        if (operator_events) operator_events->sender().wake();
        return {};
    }

    void build_shards() {
        const Shards& shards = threads.shards();
        const SharedServices shared{.config = config,
                                    .clock = clock,
                                    .shards = shards,
                                    .ledger = engine->ledger(),
                                    .tenants = engine->tenants(),
                                    .log = engine->log(),
                                    .metrics = engine->metrics(),
                                    .destination_health = engine->destination_health(),
                                    .tasks = engine->tasks(),
                                    .egress = egress,
                                    .tls = *tls,
                                    .destinations = config.destinations,
                                    .webhook = webhook_settings,
                                    .event_ids = event_ids,
                                    .destination_ids = destination_ids,
                                    .attempt_ids = attempt_ids,
                                    .readiness = *health,
                                    .api = api,
                                    .rate_limiter = rate_limiter ? &*rate_limiter : nullptr,
                                    .concurrency_max = concurrency_of_shard(config, shards.size())};
        std::vector<pipeline::DeliveryOwner> owners;
        std::vector<pipeline::TestSender*> senders;
        for (std::size_t shard = 0; shard < shards.size(); ++shard) {
            services.push_back(std::make_unique<ShardServices>(shared, shard));
            owners.push_back(services.back()->owner());
            senders.push_back(&services.back()->test_sender());
        }
        tasks.emplace(shared, services.front()->views(), owners);
        for (auto& service : services) service->finish(shared, owners, senders, tasks->runner());
        if (!config.operator_events.http_url.empty()) {
            operator_events.emplace(
                OperatorEvents::Parts{config, engine->outbox(), services.front()->catalog(), *tls, clock},
                shards.executor(0));
        }
    }

    Result<void> listen() {
        http::ServerSettings settings;
        settings.address = config.api_host;
        settings.port = config.api_port;
        settings.connections_max = connections_max(config);
        settings.body_limit = [this](std::string_view method, std::string_view path) {
            return api::body_limit(api, method, path);
        };
        settings.error_body = [](int status, std::string_view message) { return api::error_body(status, message); };
        settings.error_fields = [this](const http::Headers& request, http::Headers& response) {
            api.cors.mark(request.find("Origin"), response);
        };
        std::vector<http::Handler> handlers;
        for (auto& service : services) {
            handlers.push_back(
                [target = &service->api()](http::ServerRequest request) { return target->handle(std::move(request)); });
        }
        server.emplace(threads.shards(), clock, std::move(settings), std::move(handlers));
        return server->start();
    }

    /// Stop intake and begin no more sends → finish those in flight → settle → close (decision D13).
    void drain() {
        health->start_draining();
        const Deadline deadline = Deadline::after(clock, config.shutdown_timeout);
        const Shards& shards = threads.shards();
        start_on(shards.executor(0), tasks->runner().stop()).get();
        if (operator_events) start_on(shards.executor(0), operator_events->stop()).get();
        std::vector<std::future<void>> ends;
        for (std::size_t shard = 0; shard < services.size(); ++shard) {
            ends.push_back(start_on(shards.executor(shard), services[shard]->stop(deadline, clock)));
        }
        ends.push_back(start_on(shards.executor(0), server->stop(deadline)));
        for (std::future<void>& end : ends) end.get();
        start_on(shards.executor(0), engine->close()).get();
    }

    Config config;
    SystemClock clock;
    Threads threads;
    Sealer sealer;
    IdGenerator event_ids, destination_ids, attempt_ids;
    api::ApiSettings api;
    std::optional<api::RateLimiter> rate_limiter;
    webhook::WebhookSettings webhook_settings;
    egress::Policy egress;
    std::optional<boost::asio::ssl::context> tls;
    std::unique_ptr<embedded::Engine> engine;
    std::optional<ServiceHealth> health;
    std::vector<std::unique_ptr<ShardServices>> services;
    std::optional<BackgroundTasks> tasks;
    std::optional<OperatorEvents> operator_events;
    std::optional<http::Server> server;
};

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Service::~Service() {
    // Whatever still waits on a thread must end before the objects it uses.
    impl_->threads.stop();
}

Result<std::unique_ptr<Service>> Service::start(Config config) {
    raise_descriptor_limit();
    TRY_VOID(complete_secrets(config));
    std::unique_ptr<Service> service(new Service(std::make_unique<Impl>(std::move(config))));
    TRY_VOID(service->impl_->open());
    return service;
}

void Service::run_until_signal() {
    wait_for_signal();
    log::info("shutdown signal received");
    impl_->drain();
    log::info("outpost shutdown complete");
    end_within(kLastSeconds);
}

std::uint16_t Service::port() const {
    return impl_->server->port();
}
const std::string& Service::api_key() const {
    return impl_->config.api_key;
}

}  // namespace outpost::app
