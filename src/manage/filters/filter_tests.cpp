#include "manage/filters/filter_tests.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outpost::manage {
namespace {

constexpr std::size_t kEventsAtOnce = 10;  // in memory: each may be some megabytes

Task<void> let_others_in() {
    const auto executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

/// As a filter is refused when it is stored with a destination.
std::unexpected<Refusal> refuse_filter(const Error& error) {
    return refuse_fields({"filter is invalid: " + error.text()});
}

bool has_destination(const ports::TenantView& view, const DestinationId& id) {
    return std::ranges::any_of(view.destinations, [&](const auto& stored) { return stored->destination.id == id; });
}

}  // namespace

Task<Granted<FilterVerdict>> FilterTests::explain(std::string filter, model::EventPtr event) {
    const auto whole = model::Filter::compile(filter);
    if (!whole) co_return refuse_filter(whole.error());
    const auto clauses = model::explain_filter(filter);
    if (!clauses) co_return refuse_filter(clauses.error());
    const model::FilterInput input(*event);
    FilterVerdict verdict{.matches = whole->matches(input), .clauses = {}};
    for (const model::FilterClause& clause : *clauses) {
        co_await let_others_in();
        verdict.clauses.push_back({clause.path, clause.op, clause.alone.matches(input)});
    }
    co_return verdict;
}

Task<Granted<std::vector<EventMatch>>> FilterTests::newest(std::string filter, NewestEvents which, Deadline deadline) {
    ASSERT(which.count >= 1 && which.count <= kFilterTestEventsMax);
    const auto compiled = model::Filter::compile(filter);
    if (!compiled) co_return refuse_filter(compiled.error());
    const auto view = co_await tenants_.view(which.tenant, deadline);
    if (!view) co_return std::unexpected(to_refusal(view.error(), "tenant not found"));
    if (!(*view)->exists) co_return refuse(RefusalKind::not_found, "tenant not found");
    if (!has_destination(**view, which.destination)) {
        co_return refuse(RefusalKind::not_found, "destination not found");
    }
    ports::EventQuery query;
    query.tenants = {which.tenant};
    std::vector<EventMatch> matches;
    while (matches.size() < which.count) {
        query.page.limit = std::min(kEventsAtOnce, which.count - matches.size());
        const auto page = co_await log_.list_events(query, deadline);
        if (!page) co_return std::unexpected(to_refusal(page.error(), "event not found"));
        for (const ports::EventRecord& record : page->events) {
            co_await let_others_in();
            const model::FilterInput input(*record.event);
            const model::Event& event = *record.event;
            matches.push_back({event.id, event.topic, event.time, compiled->matches(input)});
        }
        if (!page->links.next) break;
        query.page.after = page->links.next;
    }
    co_return matches;
}

}  // namespace outpost::manage
