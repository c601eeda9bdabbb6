// A listener that remembers which tenants it was told of.
#pragma once

#include "ports/tenant_store.hpp"

#include <algorithm>
#include <thread>
#include <vector>

namespace outpost::ports::conformance {

class RecordingListener final : public TenantListener {
public:
    /// Fails the test when it is called on another thread.
    void tenant_changed(const TenantId& tenant) override;

    std::size_t count(const TenantId& tenant) const {
        return static_cast<std::size_t>(std::ranges::count(told_, tenant));
    }

private:
    std::thread::id thread_ = std::this_thread::get_id();
    std::vector<TenantId> told_;
};

}  // namespace outpost::ports::conformance
