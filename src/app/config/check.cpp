#include "app/config/check.hpp"

#include "api/cors/cors.hpp"
#include "net/egress/policy.hpp"
#include "net/http/url.hpp"

#include <boost/asio/ip/address.hpp>

namespace outpost::app {
namespace {

constexpr std::size_t kDeploymentIdBytesMax = 64;
constexpr std::size_t kConcurrencyAdvised = 64;  // decision B13
constexpr std::string_view kNoEffectYet = "comes with a later version and has no effect yet";

using Lines = std::vector<std::string>;

std::string joined(const std::set<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

std::set<std::string> names_of(const Remarks& remarks, Fate fate) {
    const auto found = remarks.others.find(fate);
    return found == remarks.others.end() ? std::set<std::string>() : found->second;
}

bool is_role(const std::string& service) {
    return service == "api" || service == "delivery" || service == "log";
}

void check_service(const std::optional<std::string>& flag, Config& config, Lines& lines) {
    const auto known = [](const std::string& name) { return name.empty() || name == "all" || is_role(name); };
    const std::string from_flag = flag.value_or("");
    if (!known(config.service) || !known(from_flag)) {
        lines.emplace_back("config validation error: invalid service type");
    } else if (!config.service.empty() && !from_flag.empty() && config.service != from_flag) {
        lines.emplace_back("config validation error: service type mismatch");
    } else if (config.service.empty()) {
        config.service = from_flag;
    }
}

/// Until brokered mode exists (decision D1), what chooses it is refused, or ignored when the operator says so.
void check_mode(const Remarks& remarks, Config& config, Lines& lines) {
    std::set<std::string> reasons = names_of(remarks, Fate::brokered);
    if (is_role(config.service)) reasons.insert("SERVICE=" + config.service);
    if (config.mode == "embedded") {
        if (!reasons.empty())
            config.warnings.push_back(fmt::format("{}: ignored, because OUTPOST_MODE is embedded", joined(reasons)));
        return;
    }
    if (config.mode == "brokered") reasons.insert("OUTPOST_MODE=brokered");
    if (!config.mode.empty() && config.mode != "brokered")
        lines.push_back(fmt::format("OUTPOST_MODE: {:?} is neither embedded nor brokered", config.mode));
    if (!reasons.empty())
        lines.push_back(
            fmt::format("brokered mode (Redis, a SQL store and a message queue, one process a role) is not in this "
                        "version of Outpost, and it was asked for by: {}; unset them, or set OUTPOST_MODE=embedded to "
                        "keep everything in DATA_DIR",
                        joined(reasons)));
}

/// As lenient as the reference's URL parser: only what can't be one at all (config.md §2 rule 8).
bool may_be_url(std::string_view url) {
    if (url.starts_with(':')) return false;
    for (std::size_t at = 0; at < url.size(); ++at) {
        const auto byte = static_cast<unsigned char>(url[at]);
        if (byte < 0x20 || byte == 0x7F) return false;
        const bool escape_is_whole = at + 2 < url.size() &&
                                     std::isxdigit(static_cast<unsigned char>(url[at + 1])) != 0 &&
                                     std::isxdigit(static_cast<unsigned char>(url[at + 2])) != 0;
        if (byte == '%' && !escape_is_whole) return false;
    }
    const std::size_t host_at = url.find("://");
    if (host_at == std::string_view::npos) return true;
    std::string_view host = url.substr(host_at + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    return host.find(' ') == std::string_view::npos;
}

bool is_deployment_id(std::string_view id) {
    return id.size() <= kDeploymentIdBytesMax && std::all_of(id.begin(), id.end(), [](unsigned char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                      c == '-';
           });
}

void check_retries(const Config& config, Lines& lines) {
    for (std::size_t index = 0; index < config.retry_schedule.size(); ++index) {
        const auto delay = config.retry_schedule[index].count();
        if (delay >= 1) continue;
        lines.push_back(
            fmt::format("config validation error: retry_schedule entries must be at least 1 second, got {} "
                        "at index {}",
                        delay, index));
    }
    if (config.retry_schedule.empty() && config.retry_interval < std::chrono::seconds(1))
        lines.push_back(fmt::format("config validation error: retry_interval_seconds must be at least 1, got {}",
                                    config.retry_interval.count()));
}

void check_api(const Config& config, Lines& lines) {
    boost::system::error_code no_address;
    boost::asio::ip::make_address(config.api_host, no_address);
    if (no_address) lines.push_back(fmt::format("API_HOST: {:?} is not an IP address", config.api_host));
    if (const auto cors = api::Cors::make(config.api_cors_origins); !cors)
        lines.push_back(fmt::format("API_CORS_ORIGINS: {}", cors.error().text()));
    const std::string& mode = config.gin_mode;
    if (!mode.empty() && mode != "debug" && mode != "release" && mode != "test")
        lines.push_back(fmt::format("gin mode unknown: {} (available mode: debug release test)", mode));
}

void check_destinations(Config& config, Lines& lines) {
    auto webhook = webhook::resolve_settings(config.webhook);
    if (webhook) config.warnings.insert(config.warnings.end(), webhook->warnings.begin(), webhook->warnings.end());
    else lines.push_back(webhook.error().describe());
    const std::string& source = config.destinations.eventbridge_source;
    if (source.empty() || source.starts_with("aws."))
        lines.push_back(
            fmt::format("DESTINATIONS_EVENTBRIDGE_SOURCE: {:?} is refused by EventBridge: it may not be "
                        "empty or start with \"aws.\"",
                        source));
    for (const auto& [variable, url] :
         {std::pair("DESTINATIONS_HOOKDECK_API_URL", &config.destinations.hookdeck_api_url),
          std::pair("DESTINATIONS_HOOKDECK_EVENTS_URL", &config.destinations.hookdeck_events_url)})
        if (const auto parsed = http::parse_url(*url); !parsed)
            lines.push_back(fmt::format("{}: {}", variable, parsed.error().text()));
    const auto mode = egress::parse_mode(config.egress_mode);
    if (!mode)
        lines.push_back(fmt::format("DESTINATIONS_EGRESS_MODE: {:?} is not block-metadata, public-only or open",
                                    config.egress_mode));
    const egress::Settings settings{
        .mode = mode.value_or(egress::Mode::block_metadata), .allow = config.egress_allow, .deny = config.egress_deny};
    if (auto policy = egress::Policy::make(settings); !policy) lines.push_back(policy.error().describe());
}

/// One sink there is: by HTTP. It comes first in the reference too (pipeline.md §12.4).
void check_operator_events(const Remarks& remarks, Config& config, Lines& lines) {
    const OperatorEventsConfig& events = config.operator_events;
    const std::set<std::string> queues = names_of(remarks, Fate::operator_queue);
    if (!queues.empty() && events.http_url.empty()) {
        lines.push_back(
            fmt::format("operator events go to an HTTP sink alone in this version of Outpost: unset {}, and "
                        "set OPERATOR_EVENTS_HTTP_URL",
                        joined(queues)));
    } else if (!queues.empty()) {
        config.warnings.push_back(
            fmt::format("{}: ignored, operator events go to OPERATOR_EVENTS_HTTP_URL", joined(queues)));
    } else if (events.http_url.empty() && !events.topics.empty()) {
        config.warnings.emplace_back(
            "opevents: topics are configured but no sink is set; operator events will be "
            "dropped");
    }
    if (events.http_url.empty()) return;
    if (const auto url = http::parse_url(events.http_url); !url)
        lines.push_back(fmt::format("OPERATOR_EVENTS_HTTP_URL: {}", url.error().text()));
    if (events.topics.empty())
        config.warnings.emplace_back(
            "OPERATOR_EVENTS_HTTP_URL: nothing is sent there while OPERATOR_EVENTS_TOPICS is "
            "empty; * stands for every topic");
}

void warn_of_effects(Config& config) {
    Lines& warnings = config.warnings;
    const std::size_t concurrency = config.delivery_max_concurrency;
    if (concurrency > 0 && concurrency < kConcurrencyAdvised)
        warnings.push_back(
            fmt::format("DELIVERY_MAX_CONCURRENCY={0}: no more than {0} deliveries are sent at once, so a "
                        "few slow destinations hold up all the others; unset it for an automatic limit",
                        concurrency));
    if (config.api_allow_open)
        warnings.emplace_back("API_ALLOW_OPEN: no key is asked for; whoever reaches the API is an administrator");
    if (config.api_allow_open && config.api_rate_limit_per_minute > 0)
        warnings.emplace_back("API_RATE_LIMIT_PER_MINUTE: with API_ALLOW_OPEN all callers together have one allowance");
    if (config.destinations_metadata_path != Config{}.destinations_metadata_path)
        warnings.push_back(fmt::format("DESTINATIONS_METADATA_PATH: {}", kNoEffectYet));
    if (!config.portal.proxy_url.empty()) warnings.push_back(fmt::format("PORTAL_PROXY_URL: {}", kNoEffectYet));
    if (config.topics == std::vector<std::string>{"*"})
        warnings.emplace_back("TOPICS=*: the only topic is then called \"*\"; unset TOPICS to accept any topic");
    if (config.publish_idempotency_window.count() == 0)
        warnings.emplace_back(
            "PUBLISH_IDEMPOTENCY_KEY_TTL=0: event ids are remembered for ever, so no file of the log is ever removed: "
            "LOG_RETENTION_DAYS, LOG_RETENTION_BYTES and the care for free space have no effect, and the disk fills");
}

void warn_of_names(const Remarks& remarks, Config& config) {
    Lines& warnings = config.warnings;
    warnings.insert(warnings.end(), remarks.aliases.begin(), remarks.aliases.end());
    const auto say = [&](Fate fate, std::string_view text) {
        if (const auto names = names_of(remarks, fate); !names.empty())
            warnings.push_back(fmt::format("{}: {}", joined(names), text));
    };
    say(Fate::ignored, "accepted and ignored, they have no counterpart in embedded mode");
    say(Fate::observability, "observability comes later; nothing is exported yet");
    say(Fate::later, kNoEffectYet);
}

}  // namespace

void check_config(const std::optional<std::string>& service_flag, const Remarks& remarks, ConfigReport& report) {
    Config& config = report.config;
    Lines& lines = report.invalid.lines;
    const Lines refused = std::exchange(lines, {});  // values out of their range: after the contract's own rules
    check_service(service_flag, config, lines);
    check_mode(remarks, config, lines);
    if (const auto names = names_of(remarks, Fate::publish_queue); !names.empty())
        lines.push_back(
            fmt::format("publishing from queues comes with a later version of Outpost: unset {}", joined(names)));
    if (!may_be_url(config.portal.proxy_url)) lines.emplace_back("config validation error: invalid portal proxy url");
    if (!is_deployment_id(config.deployment_id))
        lines.emplace_back(
            "config validation error: deployment_id must contain only alphanumeric characters, hyphens, "
            "and underscores (max 64 characters)");
    check_retries(config, lines);
    lines.insert(lines.end(), refused.begin(), refused.end());
    check_api(config, lines);
    check_destinations(config, lines);
    check_operator_events(remarks, config, lines);
    warn_of_names(remarks, config);
    warn_of_effects(config);
    Lines& unknown_go_to = config.config_strict ? lines : config.warnings;
    for (const std::string& line : remarks.unknown)
        unknown_go_to.push_back(config.config_strict ? line + " (CONFIG_STRICT)" : line);
}

}  // namespace outpost::app
