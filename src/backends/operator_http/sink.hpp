// Operator events by HTTP (pipeline.md §12.4).
#pragma once

#include "net/http/client.hpp"
#include "ports/operator_outbox.hpp"

namespace outpost::operator_http {

inline constexpr int kRedirectsMax = 5;
inline constexpr std::size_t kRefusalBytesMax = 512;  ///< of an answer, for the log

struct SinkSettings {
    http::Url url;
    std::string signing_secret;  ///< empty: not signed
    std::string user_agent;
};

/// The headers of one request; public so that the wire is a unit test.
http::Headers headers_of(const SinkSettings& settings, std::string_view body);

/// POST, the envelope as the body, `X-Outpost-Signature: v0=<hex HMAC-SHA256(secret, body)>`. 2xx is success; 307 and
/// 308 are followed, the signature goes along. On the client's shard.
class HttpSink final : public ports::OperatorSink {
public:
    HttpSink(http::Client& client, SinkSettings settings) : client_(client), settings_(std::move(settings)) {}

    Task<Result<void>> send(std::string body, Deadline deadline) override;

private:
    http::Client& client_;
    SinkSettings settings_;
};

}  // namespace outpost::operator_http
