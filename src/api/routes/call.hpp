// A request that was let in, as route handlers get it.
#pragma once

#include "api/auth/authenticator.hpp"
#include "api/query/query.hpp"
#include "api/router/router.hpp"
#include "base/task.hpp"
#include "manage/destinations/destinations.hpp"
#include "net/http/server.hpp"

#include <functional>

namespace outpost::api {

struct Call {
    http::ServerRequest request;
    PathParameters parameters;
    Query query;
    Caller caller;
    Deadline deadline;

    /// The tenant of the path; empty for routes without one.
    TenantId tenant() const { return TenantId(parameters.get("tenant_id")); }
    manage::DestinationAddress destination() const {
        return {tenant(), DestinationId(parameters.get("destination_id"))};
    }
};

/// Answers a call. On the shard of its Api; several run at once.
using Endpoint = std::function<Task<http::ServerResponse>(Call)>;

/// A member function of a group of routes as an endpoint. The group outlives it.
template <class Group>
Endpoint endpoint(Group& group, Task<http::ServerResponse> (Group::*member)(Call)) {
    return [&group, member](Call call) { return (group.*member)(std::move(call)); };
}

}  // namespace outpost::api
