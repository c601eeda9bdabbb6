#include "api/routes/catalog.hpp"

#include "api/envelope/envelope.hpp"
#include "api/views/views.hpp"

namespace outpost::api {

Task<http::ServerResponse> CatalogRoutes::types(Call) {
    std::string body;
    JsonWriter out(body);
    out.begin_array();
    for (const auto* provider : catalog_.providers()) write_destination_type(out, provider->type());
    out.end_array();
    co_return json_response(200, std::move(body));
}

Task<http::ServerResponse> CatalogRoutes::type(Call call) {
    const auto* provider = catalog_.find(call.parameters.get("type"));
    if (provider == nullptr) co_return error_response(404, "destination type not found");
    std::string body;
    JsonWriter out(body);
    write_destination_type(out, provider->type());
    co_return json_response(200, std::move(body));
}

Task<http::ServerResponse> CatalogRoutes::topics(Call) {
    std::string body;
    JsonWriter out(body);
    write_strings(out, topics_);
    co_return json_response(200, std::move(body));
}

}  // namespace outpost::api
