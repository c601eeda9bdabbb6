#include "app/config/suggest.hpp"

#include "app/config/other_names.hpp"
#include "app/config/setting.hpp"

#include <numeric>

namespace outpost::app {
namespace {

constexpr std::size_t kNameBytesMax = 80;  // longer ones are nobody's slip of the finger
constexpr std::size_t kShortName = 9;

/// Names that the docs, the examples or an older release use (config.md §5), and what to say about them.
const std::map<std::string_view, std::string_view>& retired_variables() {
    static const std::map<std::string_view, std::string_view> kTexts = {
        {"PUBLISHMQ_MAX_CONCURRENCY", "did you mean PUBLISH_MAX_CONCURRENCY?"},
        {"DELIVERYMQ_MAX_CONCURRENCY", "did you mean DELIVERY_MAX_CONCURRENCY?"},
        {"IDGEN_DELIVERY_PREFIX", "did you mean IDGEN_ATTEMPT_PREFIX?"},
        {"IDGEN_DELIVERY_EVENT_PREFIX", "did you mean IDGEN_ATTEMPT_PREFIX?"},
        {"ORGANIZATION_NAME", "did you mean PORTAL_ORGANIZATION_NAME?"},
        {"ALERT_CALLBACK_URL", "operator events replaced it in v0.16.0"},
        {"AUDIT_LOG", "it was removed in v1.0.4"},
        {"REDIS_MAX_RETRIES", "no release reads it"},
        {"REDIS_MIN_IDLE_CONNS", "no release reads it"},
        {"REDIS_POOL_SIZE", "no release reads it"},
    };
    return kTexts;
}

const std::map<std::string_view, std::string_view>& retired_paths() {
    static const std::map<std::string_view, std::string_view> kTexts = {
        {"rabbitmq", "did you mean mqs.rabbitmq?"},
        {"mqs.awssqs", "did you mean mqs.aws_sqs?"},
        {"mqs.delivery_retry_limit", "it was removed"},
        {"mqs.log_retry_limit", "it was removed"},
        {"delivery", "did you mean delivery_max_concurrency or delivery_timeout_seconds?"},
        {"mqs.gcp_pubsub.credentials", "did you mean mqs.gcp_pubsub.service_account_credentials?"},
        {"publishmq.gcp_pubsub.credentials", "did you mean publishmq.gcp_pubsub.service_account_credentials?"},
        {"idgen.delivery_prefix", "did you mean idgen.attempt_prefix?"},
        {"publishmq.publishmq", "did you mean publishmq?"},
    };
    return kTexts;
}

const std::vector<std::string>& variables() {
    static const std::vector<std::string> kNames = [] {
        std::vector<std::string> names = other_variables();
        for (const Setting& setting : settings()) names.emplace_back(setting.names.variable);
        return names;
    }();
    return kNames;
}

const std::vector<std::string>& paths() {
    static const std::vector<std::string> kNames = [] {
        std::vector<std::string> names = other_paths();
        for (const Setting& setting : settings()) names.emplace_back(setting.names.path);
        return names;
    }();
    return kNames;
}

/// Set by Docker links and Kubernetes for a service that happens to be called like one of our prefixes.
bool is_service_link(std::string_view name, std::string_view value) {
    return name.ends_with("_SERVICE_HOST") || name.find("_SERVICE_PORT") != std::string_view::npos ||
           name.find("_PORT_") != std::string_view::npos || value.starts_with("tcp://") || value.starts_with("udp://");
}

bool has_our_prefix(std::string_view name) {
    static constexpr std::array<std::string_view, 10> kOurs = {
        "ALERT_",           "DESTINATION_", "DESTINATIONS_", "IDGEN_",   "DELIVERY_",
        "OPERATOR_EVENTS_", "OUTPOST_",     "PORTAL_",       "PUBLISH_", "MQS_"};
    return std::any_of(kOurs.begin(), kOurs.end(), [&](auto prefix) { return name.starts_with(prefix); });
}

std::string not_read(std::string_view name, std::string_view more) {
    return more.empty() ? fmt::format("{} is not read", name) : fmt::format("{} is not read: {}", name, more);
}
std::string did_you_mean(std::string_view name) {
    return name.empty() ? "" : fmt::format("did you mean {}?", name);
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c ^ 0x20);
    return out;
}

/// YAML names differ from the variables here and there: `max_retry_limit` is what many would write.
std::string path_of_variable(std::string_view written) {
    const Setting* setting = find_setting(upper(written), Origin::environment);
    return setting ? std::string(setting->names.path) : std::string();
}

/// The part of `path` up to where nothing known goes on.
std::string_view first_unknown(std::string_view path) {
    for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
        if (!is_section(path.substr(0, dot))) return path.substr(0, dot);
    }
    return path;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
    const std::size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (difference > limit) return limit + 1;
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = std::exchange(last, row);
    }
    return std::min(last[b.size()], limit + 1);
}

std::string nearest(std::string_view name, std::span<const std::string> names) {
    if (name.empty() || name.size() > kNameBytesMax) return {};
    std::size_t limit = name.size() <= kShortName ? 1 : 2;
    std::string best;
    for (const std::string& candidate : names) {
        if (candidate.empty() || candidate.front() != name.front())
            continue;  // the first letter is seldom the wrong one
        const std::size_t distance = edit_distance(name, candidate, limit);
        if (distance > limit || (!best.empty() && distance == limit)) continue;
        best = candidate;
        limit = distance;
    }
    return best;
}

std::optional<std::string> remark_on_variable(std::string_view name, std::string_view value) {
    static constexpr std::string_view kOwnPrefix = "OUTPOST_";
    if (is_service_link(name, value)) return std::nullopt;
    if (const auto found = retired_variables().find(name); found != retired_variables().end())
        return not_read(name, found->second);
    std::string meant = nearest(name, variables());
    if (meant.empty() && !has_our_prefix(name)) return std::nullopt;
    if (meant.empty() && name.starts_with(kOwnPrefix) &&
        find_setting(name.substr(kOwnPrefix.size()), Origin::environment))
        meant = name.substr(kOwnPrefix.size());
    return not_read(name, did_you_mean(meant));
}

std::string remark_on_path(std::string_view path) {
    const std::string_view unknown = first_unknown(path);
    for (const std::string_view written : {path, unknown}) {
        if (const auto found = retired_paths().find(written); found != retired_paths().end())
            return not_read(written, found->second);
    }
    std::string meant = path_of_variable(unknown);
    if (meant.empty()) meant = nearest(unknown, paths());
    return not_read(unknown, did_you_mean(meant));
}

bool is_section(std::string_view path) {
    return std::any_of(paths().begin(), paths().end(), [&](const std::string& known) {
        return known.size() > path.size() && known.starts_with(path) && known[path.size()] == '.';
    });
}

}  // namespace outpost::app
