// Paths and query strings (api.md §1.1, §4). First line: a path; the rest: a query.
#include "api/query/list_query.hpp"
#include "api/router/percent.hpp"
#include "api/router/router.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"

namespace outpost::fuzz {

void query_fuzz(std::string_view input);

namespace {

void check_page(const model::PageRequest& page, std::size_t limit_max) {
    ASSERT(page.limit >= 1 && page.limit <= limit_max);
    ASSERT(!page.after || !page.before);
}

void check_path(std::string_view raw) {
    static constexpr std::array<std::string_view, 1> kReserved = {"events"};
    static const api::Router router({{"GET", "/tenants/{tenant_id}/destinations/{id}", {}},
                                     {"GET", "/tenants/{tenant_id}", {}},
                                     {"GET", "/{tenant_id}/portal", kReserved}});
    const auto path = api::decode_path(raw);
    if (!path) return;
    ASSERT(is_utf8(*path) && path->find('\0') == std::string::npos);
    const api::RouteMatch match = router.match("GET", *path);
    if (const auto* matched = std::get_if<api::Matched>(&match)) {
        ASSERT(matched->route < 3);
        for (const std::string_view name : {"tenant_id", "id"}) {
            const std::string_view value = matched->parameters.get(name);
            ASSERT(matched->parameters.has(name) == !value.empty() && !value.contains('/'));
            ASSERT(matched->route != 2 || value != "events");
        }
    }
}

}  // namespace

void query_fuzz(std::string_view bytes) {
    Input input(bytes);
    check_path(input.line());
    const auto query = api::Query::parse(input.rest());
    if (!query) return;
    for (const auto kind : {model::CursorKind::event, model::CursorKind::attempt}) {
        if (const auto list = api::parse_log_list(*query, kind)) check_page(list->page, 1000);
        else ASSERT(list.error().status == 400 || list.error().status == 422);
    }
    if (const auto page = api::parse_tenant_list(*query)) check_page(*page, 100);
    else ASSERT(page.error().status == 400 || page.error().status == 422);
    for (const std::string_view name : {"topic", "id", "tenant_id", ""}) {
        const auto values = query->array(name);
        ASSERT(values.size() <= api::kQueryParametersMax);
        if (const auto filled = query->find_filled(name)) ASSERT(!filled->empty() && !values.empty());
    }
}

}  // namespace outpost::fuzz
