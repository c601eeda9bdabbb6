#include "manage/inspect/inspect.hpp"

namespace outpost::manage {

namespace {

void include(Includes& includes, std::string_view value) {
    if (value == "event") includes.event = true;
    else if (value == "event.data") includes.event = includes.event_data = true;
    else if (value == "response_data") includes.response_data = true;
    else if (value == "destination") includes.destination = true;
    else if (value == "outcome") includes.outcome = true;
    else if (value == "request") includes.request = true;
    else if (value == "timing") includes.timing = true;
    else if (value == "count") includes.count = true;
}

}  // namespace

Includes parse_includes(const std::vector<std::string>& values) {
    Includes includes;
    for (const std::string_view value : values) {
        // No include has a comma in it, so `include=event,response_data` can only mean both (beyond api.md §4.1).
        std::size_t start = 0;
        while (start <= value.size()) {
            const std::size_t comma = std::min(value.find(',', start), value.size());
            include(includes, value.substr(start, comma - start));
            start = comma + 1;
        }
    }
    return includes;
}

Task<Granted<ports::EventRecord>> Inspect::event(std::optional<TenantId> scope, EventId id, Deadline deadline) {
    auto record = co_await log_.find_event(std::move(scope), std::move(id), deadline);
    if (!record) co_return std::unexpected(to_refusal(record.error(), "event not found"));
    co_return std::move(*record);
}

Task<Granted<std::vector<ports::DeliveryOutcome>>> Inspect::outcomes(ports::EventRecord event, Deadline deadline) {
    auto outcomes = co_await log_.outcomes(std::move(event), deadline);
    if (!outcomes) co_return std::unexpected(to_refusal(outcomes.error(), "event not found"));
    co_return std::move(*outcomes);
}

Task<Granted<ports::EventPage>> Inspect::events(ports::EventQuery query, Deadline deadline) {
    auto page = co_await log_.list_events(std::move(query), deadline);
    if (!page) co_return std::unexpected(to_refusal(page.error(), "event not found"));
    co_return std::move(*page);
}

Task<Granted<InspectedAttempt>> Inspect::attempt(std::optional<TenantId> scope, AttemptId id, Includes includes,
                                                 Deadline deadline) {
    auto record = co_await log_.find_attempt(std::move(scope), std::move(id), includes.event, deadline);
    if (!record) co_return std::unexpected(to_refusal(record.error(), "attempt not found"));
    InspectedPage page;
    page.attempts.push_back({std::move(*record), nullptr});
    if (includes.destination) {
        auto filled = co_await with_destinations(std::move(page), deadline);
        if (!filled) co_return std::unexpected(std::move(filled).error());
        page = std::move(*filled);
    }
    co_return std::move(page.attempts.front());
}

Task<Granted<InspectedPage>> Inspect::attempts(ports::AttemptQuery query, Includes includes, Deadline deadline) {
    query.with_event = includes.event;
    query.with_count = includes.count;
    auto found = co_await log_.list_attempts(std::move(query), deadline);
    if (!found) co_return std::unexpected(to_refusal(found.error(), "attempt not found"));
    InspectedPage page;
    page.links = std::move(found->links);
    page.count = found->count;
    for (ports::AttemptRecord& record : found->attempts) page.attempts.push_back({std::move(record), nullptr});
    if (!includes.destination) co_return page;
    co_return co_await with_destinations(std::move(page), deadline);
}

Task<Granted<InspectedPage>> Inspect::with_destinations(InspectedPage page, Deadline deadline) {
    std::map<TenantId, ports::TenantViewPtr> views;
    for (InspectedAttempt& attempt : page.attempts) {
        ports::TenantViewPtr& view = views[attempt.record.tenant_id];
        if (view == nullptr) {
            auto read = co_await tenants_.view(attempt.record.tenant_id, deadline);
            if (!read) co_return std::unexpected(to_refusal(read.error(), "tenant not found"));
            view = std::move(*read);
        }
        const auto found = std::ranges::find_if(view->destinations, [&](const auto& stored) {
            return stored->destination.id == attempt.record.destination_id;
        });
        if (found != view->destinations.end()) attempt.destination = *found;
    }
    co_return page;
}

}  // namespace outpost::manage
