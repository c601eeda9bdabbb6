// Health answers: /healthz as the reference has it, /livez and /readyz of ours (api.md §1.2, decision D11). Pure.
#pragma once

#include "api/health/readiness.hpp"
#include "base/time.hpp"
#include "net/http/server.hpp"

namespace outpost::api {

/// 200 healthy, or 503 failed when a worker has failed. Never turns 503 for a shutdown (pipeline.md §2.4).
http::ServerResponse healthz_response(const Readiness& readiness, TimePoint now);
/// 200: the process answers.
http::ServerResponse livez_response();
/// 200, or 503 with the reasons; 503 while draining.
http::ServerResponse readyz_response(const Readiness& readiness);

}  // namespace outpost::api
