// What the API asks of the pipeline: a few calls. As functions, so that tests can answer them as they like.
#pragma once

#include "pipeline/publish/publish.hpp"
#include "pipeline/redeliver/cancel.hpp"
#include "pipeline/redeliver/redeliver.hpp"
#include "pipeline/test_delivery/test_delivery.hpp"

#include <functional>

namespace outpost::api {

struct PublishCalls {
    std::function<Task<Result<pipeline::PublishReceipt>>(pipeline::Publication, Deadline)> one;
    std::function<Task<Result<pipeline::PublishReceipts>>(std::vector<pipeline::Publication>, Deadline)> batch;
};
using RetryCall = std::function<Task<std::expected<void, pipeline::RetryRefusal>>(std::optional<TenantId>, EventId,
                                                                                  DestinationId, Deadline)>;
using CancelCall =
    std::function<Task<std::expected<void, pipeline::CancelRefusal>>(TenantId, EventId, DestinationId, Deadline)>;
using TestCall =
    std::function<Task<std::expected<pipeline::TestReport, pipeline::TestRefusal>>(pipeline::TestRequest, Deadline)>;

/// The real ones. The objects outlive the API.
inline PublishCalls publish_through(pipeline::Publish& publish) {
    return {
        .one = [&publish](pipeline::Publication publication,
                          Deadline deadline) { return publish.publish(std::move(publication), deadline); },
        .batch = [&publish](std::vector<pipeline::Publication> publications,
                            Deadline deadline) { return publish.publish_batch(std::move(publications), deadline); }};
}
inline RetryCall retry_through(pipeline::Redeliver& redeliver) {
    return [&redeliver](std::optional<TenantId> scope, EventId event, DestinationId destination, Deadline deadline) {
        return redeliver.retry(std::move(scope), std::move(event), std::move(destination), deadline);
    };
}
inline CancelCall cancel_through(pipeline::Cancel& cancel) {
    return [&cancel](TenantId tenant, EventId event, DestinationId destination, Deadline deadline) {
        return cancel.cancel(std::move(tenant), std::move(event), std::move(destination), deadline);
    };
}
inline TestCall test_through(pipeline::TestDelivery& tests) {
    return
        [&tests](pipeline::TestRequest request, Deadline deadline) { return tests.test(std::move(request), deadline); };
}

}  // namespace outpost::api
