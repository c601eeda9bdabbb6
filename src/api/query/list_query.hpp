// Paging and time parameters of lists, with the answers to wrong ones (api.md §3.5, §4.2–4.5).
#pragma once

#include "api/query/query.hpp"
#include "model/cursor.hpp"
#include "model/page.hpp"
#include "net/http/server.hpp"

#include <expected>

namespace outpost::api {

/// Either what was asked for, or the answer that refuses it. The first failure wins.
template <class T>
using Parsed = std::expected<T, http::ServerResponse>;

/// 422 about one parameter (api.md §3.5).
std::unexpected<http::ServerResponse> wrong_query(std::string_view parameter, std::string_view text);

struct ListQuery {
    model::PageRequest page;
    model::TimeRange time;
};

/// Lists of events and attempts. Limit: 100 when missing, not a number or below 1; at most 1000. Checks cursors that
/// exclude each other (400), dir, order_by, dates (422), then what the cursors hold (400).
Parsed<ListQuery> parse_log_list(const Query& query, model::CursorKind kind);

/// The list of tenants. Limit: 20, and 400 outside 1..100. Checks cursors (400), dir (422), limit, cursor content.
Parsed<model::PageRequest> parse_tenant_list(const Query& query);

}  // namespace outpost::api
