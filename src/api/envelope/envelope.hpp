// Every answer of the API, and the one form of its errors (api.md §3.1, decision A1).
#pragma once

#include "manage/refusal/refusal.hpp"
#include "net/http/server.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace outpost::api {

inline constexpr std::string_view kJsonContentType = "application/json; charset=utf-8";

http::ServerResponse json_response(int status, std::string body);

/// `{"status":…,"message":…}`. Also what the server's own errors (400, 408, 413, 431, 500, 503) are written with.
std::string error_body(int status, std::string_view message);
http::ServerResponse error_response(int status, std::string_view message);
/// With `data`, an array of strings: what is wrong with a body (api.md §3.2).
http::ServerResponse error_response(int status, std::string_view message, const std::vector<std::string>& lines);
/// With `data`, an object: what is wrong with one thing that has a name.
http::ServerResponse error_response(int status, std::string_view message, std::string_view name, std::string_view text);

/// A refusal of src/manage. Failures of our own store are shown as 500 without their text, which goes to the log with
/// the request's id (ServerResponse::failure).
http::ServerResponse refusal_response(const manage::Refusal& refusal);

/// `{"success":true}`
http::ServerResponse success_response(int status);

}  // namespace outpost::api
