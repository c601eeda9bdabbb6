#include "destinations/aws_s3/config.hpp"

#include "destinations/aws/account.hpp"
#include "net/aws/signer.hpp"
#include "net/http/message.hpp"

namespace outpost::aws_s3 {
namespace {

constexpr std::array<std::string_view, 13> kStorageClasses = {
    "STANDARD",        "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING",
    "GLACIER",         "DEEP_ARCHIVE",       "OUTPOSTS",    "GLACIER_IR", "SNOW",
    "EXPRESS_ONEZONE", "FSX_OPENZFS",        "FSX_ONTAP"};
constexpr std::size_t kLabelBytesMin = 3;
constexpr std::size_t kLabelBytesMax = 63;

}  // namespace

std::optional<std::string_view> storage_class(std::string_view text) {
    if (text.empty()) return kStorageClasses[0];
    const auto* const found = std::ranges::find_if(
        kStorageClasses, [&](std::string_view one) { return http::equal_ignoring_case(one, text); });
    if (found == kStorageClasses.end()) return std::nullopt;
    return *found;
}

bool is_host_label(std::string_view bucket) {
    if (bucket.size() < kLabelBytesMin || bucket.size() > kLabelBytesMax) return false;
    if (bucket.front() == '-' || bucket.back() == '-') return false;
    return std::ranges::all_of(bucket,
                               [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

std::optional<BucketConfig> parse_config(const model::Destination& destination) {
    if (aws::check_endpoint(destination)) return std::nullopt;
    BucketConfig config{.bucket = aws::value_of(destination.config, "bucket"),
                        .region = aws::value_of(destination.config, "region"),
                        .storage_class = std::string(
                            storage_class(aws::value_of(destination.config, "storage_class")).value_or("STANDARD")),
                        .key = std::nullopt,
                        .root = aws::regional_root(destination, "s3")};
    const bool own_host = aws::value_of(destination.config, "endpoint").empty() && is_host_label(config.bucket);
    if (own_host) config.root.host.insert(0, config.bucket + ".");
    else config.root.target.append(aws::uri_encode(config.bucket, false)).append("/");
    const std::string& text = aws::value_of(destination.config, "key_template");
    if (auto expression = model::JmesPath::parse(text); expression && !text.empty())
        config.key = *std::move(expression);
    return config;
}

}  // namespace outpost::aws_s3
