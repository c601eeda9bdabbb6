#include "net/aws/regions.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

namespace outpost::aws {
namespace {

struct Partition {
    std::string_view prefix;  ///< of its regions
    std::string_view domain;
};

// Longer prefixes first.
constexpr std::array<Partition, 6> kPartitions = {{{"us-isob-", "sc2s.sgov.gov"},
                                                   {"us-isof-", "csp.hci.ic.gov"},
                                                   {"eu-isoe-", "cloud.adc-e.uk"},
                                                   {"us-iso-", "c2s.ic.gov"},
                                                   {"eusc-", "amazonaws.eu"},
                                                   {"cn-", "amazonaws.com.cn"}}};
constexpr std::string_view kDomain = "amazonaws.com";
constexpr std::string_view kDualStackDomain = "api.aws";

bool is_below(std::string_view host, std::string_view domain) {
    return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.';
}

bool is_of_aws(std::string_view host) {
    return is_below(host, kDomain) || is_below(host, kDualStackDomain) ||
           std::ranges::any_of(kPartitions, [&](const Partition& one) { return is_below(host, one.domain); });
}

std::vector<std::string_view> labels_of(std::string_view host) {
    std::vector<std::string_view> labels;
    while (true) {
        const auto dot = host.find('.');
        labels.push_back(host.substr(0, dot));
        if (dot == std::string_view::npos) return labels;
        host.remove_prefix(dot + 1);
    }
}

}  // namespace

std::string_view domain_of(std::string_view region) {
    const auto found =
        std::ranges::find_if(kPartitions, [&](const Partition& one) { return region.starts_with(one.prefix); });
    return found == kPartitions.end() ? kDomain : found->domain;
}

std::string host_of(std::string_view service, std::string_view region) {
    return fmt::format("{}.{}.{}", service, region, domain_of(region));
}

std::optional<std::string> region_of_queue_host(std::string_view host) {
    if (!is_of_aws(host)) return std::nullopt;
    const std::vector<std::string_view> labels = labels_of(host);
    if (labels[0] == "queue") return "us-east-1";
    if (labels[1] == "queue") return std::string(labels[0]);
    for (std::size_t i = 0; i + 1 < labels.size(); ++i) {
        if (labels[i] == "sqs" || labels[i] == "sqs-fips") return std::string(labels[i + 1]);
    }
    return std::nullopt;
}

}  // namespace outpost::aws
