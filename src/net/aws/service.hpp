// Calls one service of AWS, or what speaks like it, in the name of one pair of keys.
#pragma once

#include "base/clock.hpp"
#include "net/aws/service_error.hpp"
#include "net/aws/signer.hpp"
#include "net/failure.hpp"
#include "net/http/client.hpp"

#include <expected>
#include <optional>
#include <random>
#include <string>

namespace outpost::aws {

inline constexpr int kTriesMax = 3;  ///< of one call, within its deadline (destinations.md §5)
inline constexpr std::size_t kAnswerBytesMax = 64 * 1024;

/// Why a call came to nothing.
struct CallFailure {
    std::optional<ServiceError> service;  ///< what the service answered; none: it could not be talked to
    net::FailureKind transport = net::FailureKind::network_error;  ///< says why, when there is no answer
    /// In the form of AWS's own libraries: "operation error SQS: SendMessage, https response error StatusCode: 403,
    /// RequestID: …, InvalidClientTokenId: …". Names no address and holds no secret: fit for the tenant.
    std::string text;
};

struct ServiceSettings {
    std::string name;  ///< as error texts have it: "SQS"
    Scope scope;
    Credentials credentials;
    /// Before the second try; doubled before the third. Each is lengthened by up to a half, so that calls which were
    /// throttled together do not come back together.
    MonotonicTime::duration pause = std::chrono::milliseconds(100);
};

/// On one shard; calls overlap. Client and clock outlive it; it outlives its calls.
class Service {
public:
    Service(http::Client& client, Clock& clock, ServiceSettings settings);

    /// Signs and sends, and gives back an answer of success. Throttling, 5xx and connections that broke are tried
    /// again while the deadline leaves room for the pause; time-outs and what could not be connected to are not. When
    /// the service finds our clock wrong and tells its own time, the call is signed again with that, once, and later
    /// ones with the same correction.
    /// @param request  unsigned
    /// @param time  now, as far as signatures go
    Task<std::expected<http::ClientResponse, CallFailure>> call(std::string operation, http::ClientRequest request,
                                                                TimePoint time, Deadline deadline);

    /// `request` as call() sends it first.
    http::ClientRequest signed_request(http::ClientRequest request, TimePoint time) const;

private:
    MonotonicTime::duration lengthened(MonotonicTime::duration pause);
    CallFailure failed(std::string_view operation, net::FailureKind kind) const;
    CallFailure failed(std::string_view operation, ServiceError error) const;

    http::Client& client_;
    Clock& clock_;
    ServiceSettings settings_;
    std::minstd_rand jitter_;
    Milliseconds correction_{0};  ///< the service's clock minus ours, as far as it matters
};

}  // namespace outpost::aws
