// Operator events from the configuration to the sink (config.md §3.9–3.10).
#pragma once

#include "app/config/config.hpp"
#include "backends/embedded/project/destination_watch.hpp"
#include "backends/operator_http/sink.hpp"
#include "manage/operator_events/sender.hpp"
#include "net/dialer/dialer.hpp"
#include "net/egress/policy.hpp"
#include "net/resolver/resolver.hpp"

namespace outpost::app {

/// What follows from failures, and which operator events are written. Without a sink none is.
embedded::WatchSettings watch_settings(const Config& config);

/// Sends them, on one shard. The sink is the operator's own address: the egress policy of customers' ones is not for
/// it.
class OperatorEvents {
public:
    struct Parts {
        const Config& config;
        ports::OperatorOutbox& outbox;
        const manage::Catalog& catalog;  ///< of the shard that `executor` is
        boost::asio::ssl::context& tls;
        Clock& clock;
    };
    /// There must be a sink: OPERATOR_EVENTS_HTTP_URL, checked.
    OperatorEvents(const Parts& parts, Executor executor);

    manage::OperatorSender& sender() { return sender_; }
    /// On its shard.
    Task<void> stop();

private:
    egress::Policy policy_;
    resolver::Resolver resolver_;
    net::Dialer dialer_;
    http::Client client_;
    operator_http::HttpSink sink_;
    manage::OperatorSender sender_;
};

}  // namespace outpost::app
