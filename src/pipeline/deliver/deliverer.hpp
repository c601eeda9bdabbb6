// One attempt from the destination's look-up to its durable settlement (pipeline.md §7).
#pragma once

#include "base/id_generator.hpp"
#include "model/retry_policy.hpp"
#include "pipeline/deliver/publishers.hpp"
#include "pipeline/dispatch/dispatcher.hpp"
#include "pipeline/match/tenant_views.hpp"

namespace outpost::pipeline {

struct Finished;

inline constexpr std::size_t kOwnFailuresMax = 65'536;  ///< deliveries whose back-off is remembered

struct DeliverSettings {
    MonotonicTime::duration timeout =
        std::chrono::seconds(5);  ///< DELIVERY_TIMEOUT_SECONDS: the whole attempt, unless the destination says
    model::RetryPolicy retry;
    model::TraceWish record_requests = model::TraceWish::failed;  ///< DELIVERY_RECORD_REQUESTS
};

/// One a shard, on its thread.
class Deliverer final : public DeliveryWorker {
public:
    /// @param random  draws from [0, 1), for jitter
    Deliverer(DeliverSettings settings, TenantViews& views, Publishers publishers, ports::Ledger& ledger, Clock& clock,
              const IdGenerator& attempt_ids, std::function<double()> random)
        : settings_(std::move(settings)),
          views_(views),
          publishers_(std::move(publishers)),
          ledger_(ledger),
          clock_(clock),
          attempt_ids_(attempt_ids),
          random_(std::move(random)) {}

    Task<Worked> work(model::Delivery delivery, InFlight& requests) override;
    std::optional<model::SendLimits> limits_of(const model::Delivery& delivery) const override;

    /// What it sends through: who sends besides the queue uses the same open publishers.
    Publishers& publishers() { return publishers_; }

private:
    Task<Worked> attempt(model::Delivery delivery, InFlight& requests);
    Task<Worked> skip(model::Delivery delivery, const InFlight& requests, std::string reason);
    Task<void> record(Finished finished, const InFlight& requests);
    Task<void> follow(model::DeliveryKey key, InFlight answered, const InFlight& requests);
    Worked give_back(model::Delivery delivery, const InFlight& requests, const Error& error);

    DeliverSettings settings_;
    TenantViews& views_;
    Publishers publishers_;
    ports::Ledger& ledger_;
    Clock& clock_;
    const IdGenerator& attempt_ids_;
    std::function<double()> random_;
    std::unordered_map<model::DeliveryKey, std::uint32_t> own_failures_;  ///< in a row; at most kOwnFailuresMax
};

}  // namespace outpost::pipeline
