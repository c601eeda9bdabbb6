#include "api/query/list_query.hpp"

#include "api/envelope/envelope.hpp"

#include <charconv>

namespace outpost::api {
namespace {

constexpr std::size_t kLogLimitDefault = 100;
constexpr std::int64_t kLogLimitMax = 1000;
constexpr std::size_t kTenantLimitDefault = 20;
constexpr std::int64_t kTenantLimitMax = 100;
constexpr std::string_view kDateFormat =
    "invalid format, expected RFC3339 (e.g. 2024-01-15T09:30:00Z or 2024-01-15T09:30:00.123Z) or YYYY-MM-DD";

std::unexpected<http::ServerResponse> bad_request(std::string_view message) {
    return std::unexpected(error_response(400, message));
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

Parsed<void> check_cursors(const Query& query) {
    if (query.find_filled("next") && query.find_filled("prev")) {
        return bad_request("cannot specify both 'next' and 'prev' cursors");
    }
    return {};
}

Parsed<model::Direction> parse_direction(const Query& query) {
    const auto text = query.find_filled("dir");
    if (!text || *text == "desc") return model::Direction::descending;
    if (*text == "asc") return model::Direction::ascending;
    return wrong_query("dir", "must be 'asc' or 'desc'");
}

Parsed<model::TimeRange> parse_time_range(const Query& query) {
    if (query.find("time[any]")) {
        return bad_request("operator 'any' is not supported, use 'gte', 'lte', 'gt', or 'lt'");
    }
    model::TimeRange range;
    const std::pair<std::string_view, std::optional<TimePoint>*> bounds[] = {{"time[gte]", &range.at_or_after},
                                                                             {"time[lte]", &range.at_or_before},
                                                                             {"time[gt]", &range.after},
                                                                             {"time[lt]", &range.before}};
    for (const auto& [name, bound] : bounds) {
        const auto text = query.find_filled(name);
        if (!text) continue;
        const auto time = parse_date_or_time_bound(*text);
        if (!time) return wrong_query(name, kDateFormat);
        *bound = *time;
    }
    return range;
}

Parsed<void> parse_cursors(const Query& query, model::CursorKind kind, model::PageRequest& page) {
    const std::pair<std::string_view, std::optional<model::Position>*> cursors[] = {{"next", &page.after},
                                                                                    {"prev", &page.before}};
    for (const auto& [name, place] : cursors) {
        const auto text = query.find_filled(name);
        if (!text) continue;
        auto position = model::decode_cursor(kind, *text);
        if (!position) return bad_request(position.error().text());
        *place = std::move(*position);
    }
    return {};
}

}  // namespace

std::unexpected<http::ServerResponse> wrong_query(std::string_view parameter, std::string_view text) {
    return std::unexpected(error_response(422, "validation error", fmt::format("query.{}", parameter), text));
}

Parsed<ListQuery> parse_log_list(const Query& query, model::CursorKind kind) {
    ListQuery list;
    TRY_VOID(check_cursors(query));
    TRY(list.page.direction, parse_direction(query));
    if (const auto order = query.find_filled("order_by"); order && *order != "time") {
        return wrong_query("order_by", "must be one of: [time]");
    }
    TRY(list.time, parse_time_range(query));
    const auto limit = parse_integer(query.find("limit").value_or(""));
    list.page.limit = limit && *limit > 0 ? static_cast<std::size_t>(std::min(*limit, kLogLimitMax)) : kLogLimitDefault;
    TRY_VOID(parse_cursors(query, kind, list.page));
    return list;
}

Parsed<model::PageRequest> parse_tenant_list(const Query& query) {
    model::PageRequest page;
    TRY_VOID(check_cursors(query));
    TRY(page.direction, parse_direction(query));
    page.limit = kTenantLimitDefault;
    if (const auto text = query.find_filled("limit")) {
        const auto limit = parse_integer(*text);
        if (!limit) return bad_request("invalid limit: must be an integer");
        if (*limit < 1 || *limit > kTenantLimitMax) return bad_request("invalid limit: must be between 1 and 100");
        page.limit = static_cast<std::size_t>(*limit);
    }
    TRY_VOID(parse_cursors(query, model::CursorKind::tenant, page));
    return page;
}

}  // namespace outpost::api
