// /destination-types and /topics (api.md §12).
#pragma once

#include "api/routes/call.hpp"

namespace outpost::api {

class CatalogRoutes {
public:
    CatalogRoutes(const manage::Catalog& catalog, std::vector<std::string> topics)
        : catalog_(catalog), topics_(std::move(topics)) {}

    Task<http::ServerResponse> types(Call call);
    Task<http::ServerResponse> type(Call call);
    /// Always an array, also when none is configured (api.md §12.2).
    Task<http::ServerResponse> topics(Call call);

private:
    const manage::Catalog& catalog_;
    std::vector<std::string> topics_;
};

}  // namespace outpost::api
