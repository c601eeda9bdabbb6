#include "api/routes/tenants.hpp"

#include "api/envelope/envelope.hpp"
#include "api/query/list_query.hpp"
#include "api/views/views.hpp"

namespace outpost::api {
namespace {

http::ServerResponse tenant_response(int status, const ports::TenantRecord& record) {
    std::string body;
    JsonWriter out(body);
    write_tenant(out, record);
    return json_response(status, std::move(body));
}

http::ServerResponse page_response(const ports::TenantPage& page, const model::PageRequest& request) {
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.key("models");
    out.begin_array();
    for (const ports::TenantRecord& record : page.tenants) write_tenant(out, record);
    out.end_array();
    write_pagination(out, {"created_at", model::CursorKind::tenant, request, page.links});
    out.member("count", page.count);
    out.end_object();
    return json_response(200, std::move(body));
}

}  // namespace

Task<http::ServerResponse> TenantRoutes::list(Call call) {
    if (call.caller.role == ports::Role::tenant) {  // its own one, whatever was asked for (api.md §7.4)
        ports::TenantPage own;
        own.tenants.push_back(*call.caller.record);
        own.count = 1;
        model::PageRequest defaults;
        defaults.limit = 20;
        co_return page_response(own, defaults);
    }
    auto page = parse_tenant_list(call.query);
    if (!page) co_return std::move(page).error();
    ports::TenantQuery query;
    for (std::string& id : call.query.array("id")) query.ids.emplace_back(std::move(id));
    query.page = *page;
    const auto found = co_await tenants_.list(std::move(query), call.deadline);
    if (!found) co_return refusal_response(found.error());
    co_return page_response(*found, *page);
}

Task<http::ServerResponse> TenantRoutes::put(Call call) {
    const auto written = co_await tenants_.upsert(call.tenant(), call.request.body, call.deadline);
    if (!written) co_return refusal_response(written.error());
    co_return tenant_response(written->created ? 201 : 200, written->record);
}

Task<http::ServerResponse> TenantRoutes::get(Call call) {
    co_return tenant_response(200, *call.caller.record);  // read when the caller was let in
}

Task<http::ServerResponse> TenantRoutes::remove(Call call) {
    const auto removed = co_await tenants_.remove(call.tenant(), call.deadline);
    if (!removed) co_return refusal_response(removed.error());
    co_return success_response(200);
}

}  // namespace outpost::api
