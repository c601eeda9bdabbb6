// What the health routes say of this process (decision D11).
#pragma once

#include "api/health/readiness.hpp"
#include "ports/ledger.hpp"

#include <atomic>

namespace outpost::app {

/// Any thread.
class ServiceHealth final : public api::Readiness {
public:
    explicit ServiceHealth(const ports::Ledger& ledger) : ledger_(ledger) {}

    void start_draining() { draining_.store(true, std::memory_order_relaxed); }

    std::vector<api::WorkerHealth> workers() const override {
        // Workers restart themselves (decision D12): their names are there for clients of the reference.
        return {{std::string(api::kRetryWorker), true},
                {std::string(api::kDeliveryWorker), true},
                {std::string(api::kLogWorker), true}};
    }
    std::vector<std::string> reasons() const override {
        if (auto ready = ledger_.ready(); !ready) return {ready.error().describe()};
        return {};
    }
    bool draining() const override { return draining_.load(std::memory_order_relaxed); }

private:
    const ports::Ledger& ledger_;
    std::atomic<bool> draining_ = false;  // set once by the main thread, read by every shard
};

}  // namespace outpost::app
