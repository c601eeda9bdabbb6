// What the rest of the program tells the health routes about itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace outpost::api {

/// Names that clients of the reference look for in `workers` (api.md §1.2). `http-server` is added by the API itself.
inline constexpr std::string_view kRetryWorker = "retrymq-consumer";
inline constexpr std::string_view kPublishWorker = "publishmq-consumer";
inline constexpr std::string_view kDeliveryWorker = "deliverymq-consumer";
inline constexpr std::string_view kLogWorker = "logmq-consumer";

struct WorkerHealth {
    std::string name;
    bool healthy = true;
};

/// Implemented by src/app. Called on any shard, for each probe; must be cheap and never block.
class Readiness {
public:
    virtual ~Readiness() = default;

    /// The workers of this process that have been started.
    virtual std::vector<WorkerHealth> workers() const = 0;
    /// Why requests can't be served now; empty = ready. Short texts for operators, nothing secret: anyone may read
    /// them.
    virtual std::vector<std::string> reasons() const = 0;
    /// The process has been asked to stop (decisions D11, D13).
    virtual bool draining() const = 0;
};

}  // namespace outpost::api
