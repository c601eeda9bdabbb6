#include "api/envelope/envelope.hpp"

#include "base/json_writer.hpp"

namespace outpost::api {
namespace {

int status_of(manage::RefusalKind kind) {
    switch (kind) {
        case manage::RefusalKind::invalid: return 422;
        case manage::RefusalKind::denied: return 403;
        case manage::RefusalKind::not_found: return 404;
        case manage::RefusalKind::taken:
        case manage::RefusalKind::limited: return 400;
        case manage::RefusalKind::contended: return 409;
        case manage::RefusalKind::unavailable: return 500;
    }
    return 500;
}

void begin_error(JsonWriter& out, int status, std::string_view message) {
    out.begin_object();
    out.member("status", status);
    out.member("message", message);
}

}  // namespace

http::ServerResponse json_response(int status, std::string body) {
    http::ServerResponse response;
    response.status = status;
    response.headers.add("Content-Type", std::string(kJsonContentType));
    response.body = std::move(body);
    return response;
}

std::string error_body(int status, std::string_view message) {
    std::string body;
    JsonWriter out(body);
    begin_error(out, status, message);
    out.end_object();
    return body;
}

http::ServerResponse error_response(int status, std::string_view message) {
    return json_response(status, error_body(status, message));
}

http::ServerResponse error_response(int status, std::string_view message, const std::vector<std::string>& lines) {
    if (lines.empty()) return error_response(status, message);
    std::string body;
    JsonWriter out(body);
    begin_error(out, status, message);
    out.key("data");
    out.begin_array();
    for (const std::string& line : lines) out.value(line);
    out.end_array();
    out.end_object();
    return json_response(status, std::move(body));
}

http::ServerResponse error_response(int status, std::string_view message, std::string_view name,
                                    std::string_view text) {
    std::string body;
    JsonWriter out(body);
    begin_error(out, status, message);
    out.key("data");
    out.begin_object();
    out.member(name, text);
    out.end_object();
    out.end_object();
    return json_response(status, std::move(body));
}

http::ServerResponse refusal_response(const manage::Refusal& refusal) {
    if (refusal.kind == manage::RefusalKind::unavailable) {
        http::ServerResponse response = error_response(500, "internal server error");
        response.failure = refusal.message;
        return response;
    }
    return error_response(status_of(refusal.kind), refusal.message, refusal.details);
}

http::ServerResponse success_response(int status) {
    return json_response(status, R"({"success":true})");
}

}  // namespace outpost::api
