// One call to AWS an event: what the publishers of all AWS types do alike.
#pragma once

#include "net/aws/service.hpp"
#include "ports/destination.hpp"
#include "ports/destination_context.hpp"

#include <memory>
#include <string>

namespace outpost::aws {

/// What a publisher of one type is made of.
struct PublisherSetup {
    std::shared_ptr<const model::StoredDestination> destination;  // shared: with the cache that opened it
    ServiceSettings service;
    std::string operation;  ///< as error texts have it: "SendMessage"
};

/// For one version of one destination, on its shard. Calls overlap; it outlives them.
class Publisher : public ports::Publisher {
public:
    Task<Result<model::Outcome>> send(model::Delivery delivery, TimePoint attempt_time, Deadline deadline) final;
    /// With the signature and the session token masked.
    std::optional<ports::RequestPreview> preview(const model::Event& event, TimePoint attempt_time) const final;

protected:
    /// A request that is not signed yet, and the name by which the service keeps its content: a key, if there is one.
    struct Prepared {
        http::ClientRequest request;
        std::string name;
    };

    Publisher(const ports::ProviderContext& context, PublisherSetup setup);

    /// @return invalid when the event can't be made into a request, for the operator's log
    virtual Result<Prepared> prepare(const model::Event& event, TimePoint attempt_time) const = 0;
    /// What an answer of success says: a service may refuse in it all the same.
    virtual model::Outcome outcome_of_answer(const http::ClientResponse& answer, const std::string& name) const = 0;

    const model::Destination& destination() const { return setup_.destination->destination; }
    const ports::DestinationSettings& settings() const { return settings_; }
    /// A failure to understand an answer, in the form of other failures.
    model::Outcome strange_answer(std::string_view what) const;

    /// POST / in AWS's JSON protocol. @param version  "1.0"
    http::ClientRequest json_request(const http::Url& root, std::string_view target, std::string_view version,
                                     std::string body) const;

private:
    PublisherSetup setup_;
    const ports::DestinationSettings& settings_;
    Service service_;
};

}  // namespace outpost::aws
