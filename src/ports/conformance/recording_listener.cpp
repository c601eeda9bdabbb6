#include "ports/conformance/recording_listener.hpp"

#include <gtest/gtest.h>

namespace outpost::ports::conformance {

void RecordingListener::tenant_changed(const TenantId& tenant) {
    EXPECT_EQ(std::this_thread::get_id(), thread_) << "told outside the shard's thread";
    told_.push_back(tenant);
}

}  // namespace outpost::ports::conformance
