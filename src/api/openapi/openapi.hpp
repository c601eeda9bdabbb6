// The server's own description, an OpenAPI 3.1 document (decision A13). Its text is in document/, README.md says how it
// is kept.
#pragma once

#include "api/routes/call.hpp"

#include <string>
#include <string_view>

namespace outpost::api::openapi {

/// The whole document as compact JSON. Lives as long as the program.
std::string_view document();

/// Serves it to anyone, with a tag by which a copy can be revalidated.
class DocumentRoutes {
public:
    DocumentRoutes();

    /// 200 with the document, or 304 without a body when If-None-Match names its tag (or is `*`).
    Task<http::ServerResponse> get(Call call);

private:
    std::string tag_;  ///< with its quotes
};

}  // namespace outpost::api::openapi
