// One destination type: its rules (provider) and its sending (publisher) (destinations.md §1).
#pragma once

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "base/task.hpp"
#include "model/attempt.hpp"
#include "model/delivery.hpp"
#include "model/destination.hpp"
#include "model/destination_type.hpp"

#include <expected>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace outpost::ports {

/// One wrong field: ("config.url", "required"). The API prints "config.url is required" (destinations.md §1.5).
struct FieldProblem {
    std::string field;
    std::string rule;

    bool operator==(const FieldProblem&) const = default;
};

/// Why a destination can't be stored: field problems, or else one text.
struct Rejection {
    std::vector<FieldProblem> problems;
    std::string text;
};

enum class Role { admin, tenant };

/// What preprocessing may look at besides the destination itself.
struct PreprocessContext {
    Role role = Role::admin;
    TimePoint now;
    const model::Destination* stored = nullptr;  ///< on PATCH: what is stored; null on create
    model::StringMap sent_credentials;           ///< the credentials member of the request, before merging
};

/// What a person recognises a destination by.
struct Target {
    std::string text;
    std::string url;  ///< empty = none
};

/// A request as people may look at it: secrets in it are masked.
struct RequestPreview {
    std::string method;
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;  ///< in the order in which they are sent
    std::string body;
};

/// Sends to one version of one destination. On its shard; calls overlap.
class Publisher {
public:
    virtual ~Publisher() = default;

    /// One attempt. @param attempt_time  the instant that signatures and the `timestamp` metadata carry
    /// @return the outcome, success or failure alike; an Error means that *we* could not try (B11): the delivery is
    /// postponed and no attempt is spent. Honours `deadline` (code `timeout`) and cancellation.
    virtual Task<Result<model::Outcome>> send(model::Delivery delivery, TimePoint attempt_time, Deadline deadline) = 0;

    /// The first request that send() makes for this event at this instant (portal.md §15a N2), without what the
    /// connection adds (Host, Content-Length). None for types that make no HTTP requests, and when none can be made.
    virtual std::optional<RequestPreview> preview(const model::Event& event, TimePoint attempt_time) const {
        (void)event;
        (void)attempt_time;
        return std::nullopt;
    }
};

/// The rules of one type. One instance a shard, used on that shard only.
class DestinationProvider {
public:
    virtual ~DestinationProvider() = default;

    /// Fields, texts, icon (destinations.md §1.2).
    virtual const model::DestinationType& type() const = 0;
    /// Type-specific checks, run after the generic ones of model/destination_type passed.
    virtual std::expected<void, Rejection> validate(const model::Destination& destination) const = 0;
    /// Fills defaults, makes and rotates secrets, checks what depends on the role (destinations.md §1.6 step 3).
    virtual std::expected<void, Rejection> preprocess(model::Destination& destination,
                                                      const PreprocessContext& context) const = 0;
    /// Asks others about it, after validation and before it is stored. May change it.
    /// @param stored  on PATCH: what is stored, so that nobody is asked about what did not change; none on create
    virtual Task<std::expected<model::Destination, Rejection>> verify(model::Destination destination,
                                                                      std::optional<model::Destination> stored,
                                                                      Deadline deadline) const {
        (void)stored;
        (void)deadline;
        co_return destination;
    }
    virtual Target target(const model::Destination& destination) const = 0;
    /// The destination as clients may see it: sensitive values masked (destinations.md §1.7).
    virtual model::Destination display(const model::Destination& destination, TimePoint now) const = 0;
    /// A publisher for this version. @return invalid when the stored configuration can't work: a failed attempt `ERR`
    virtual Result<std::unique_ptr<Publisher>> open(std::shared_ptr<const model::StoredDestination> destination) = 0;
};

}  // namespace outpost::ports
