// POST /publish (api.md §9), and many at once (decision A12).
#pragma once

#include "api/routes/call.hpp"
#include "api/routes/pipeline_calls.hpp"

namespace outpost::api {

class PublishRoutes {
public:
    PublishRoutes(PublishCalls publish, std::vector<std::string> topics)
        : publish_(std::move(publish)), topics_(std::move(topics)) {}

    /// 202 once the event is durable. 503 when it could not be stored: nothing was promised, repeating is safe.
    Task<http::ServerResponse> publish(Call call);

    /// `{"events":[…]}`, each as publish takes it. Answers `{"results":[…]}` in the same order: each what publish would
    /// have answered, with its `status`. 202 when every event is stored, or a duplicate of one that is; 207 when some
    /// are not; 422 when the whole is wrong; 503 when nothing could be stored.
    Task<http::ServerResponse> publish_batch(Call call);

private:
    PublishCalls publish_;
    std::vector<std::string> topics_;  ///< configured ones; empty = any
};

}  // namespace outpost::api
