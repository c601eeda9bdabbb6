#include "destinations/aws_sqs/config.hpp"

#include "destinations/aws/account.hpp"
#include "net/aws/regions.hpp"

namespace outpost::aws_sqs {
namespace {

constexpr const char* kDefaultRegion = "us-east-1";  // emulators take any

std::string region_of(const model::Destination& destination, const http::Url& queue) {
    if (auto region = aws::region_of_queue_host(queue.host)) return *std::move(region);
    const std::string& chosen = aws::value_of(destination.config, "region");
    return chosen.empty() ? kDefaultRegion : chosen;
}

}  // namespace

std::optional<QueueConfig> parse_config(const model::Destination& destination) {
    const auto queue = aws::url_of(destination, "queue_url");
    if (!queue || aws::check_endpoint(destination)) return std::nullopt;
    http::Url root = *queue;
    root.target = "/";
    if (auto endpoint = aws::url_of(destination, "endpoint")) root = *std::move(endpoint);
    const std::string_view path = std::string_view(queue->target).substr(0, queue->target.find('?'));
    return QueueConfig{.queue_url = aws::value_of(destination.config, "queue_url"),
                       .root = aws::root_of(std::move(root)),
                       .region = region_of(destination, *queue),
                       .is_fifo = path.ends_with(".fifo")};
}

std::string console_url(const std::string& queue_url) {
    if (!queue_url.contains(".amazonaws.com/") || !queue_url.contains("sqs.")) return {};
    const auto queue = http::parse_url(queue_url);
    if (!queue || !queue->host.starts_with("sqs.")) return {};
    const std::string_view rest = std::string_view(queue->host).substr(4);
    const auto dot = rest.find('.');
    if (dot == std::string_view::npos) return {};
    const std::string_view region = rest.substr(0, dot);
    return fmt::format("https://{0}.console.aws.amazon.com/sqs/v3/home?region={0}#/queues/{1}", region,
                       aws::uri_encode(queue_url, false));
}

}  // namespace outpost::aws_sqs
