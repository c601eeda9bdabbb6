// A webhook request as people may look at it (portal.md §15a N2).
#pragma once

#include "net/http/client.hpp"
#include "ports/destination.hpp"

namespace outpost::webhook {

/// Whether a header of this name is expected to hold a secret: Authorization, Cookie, and names with `token`, `secret`,
/// `password` or `api-key` in them. Case is ignored.
bool holds_secret(std::string_view header_name);

/// The request without its secrets: values of such headers are masked as in destination views (destinations.md §1.7),
/// and the URL loses its user information.
ports::RequestPreview preview_of(const http::ClientRequest& request);

}  // namespace outpost::webhook
