// POST /publish (api.md §9).
#pragma once

#include "api/routes/call.hpp"
#include "api/routes/pipeline_calls.hpp"

namespace outpost::api {

class PublishRoutes {
public:
    PublishRoutes(PublishCall publish, std::vector<std::string> topics)
        : publish_(std::move(publish)), topics_(std::move(topics)) {}

    /// 202 once the event is durable. 503 when it could not be stored: nothing was promised, repeating is safe.
    Task<http::ServerResponse> publish(Call call);

private:
    PublishCall publish_;
    std::vector<std::string> topics_;  ///< configured ones; empty = any
};

}  // namespace outpost::api
