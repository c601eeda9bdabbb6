#include "destinations/webhook/preview.hpp"

#include "model/destination_type.hpp"

#include <algorithm>
#include <array>

namespace outpost::webhook {
namespace {

constexpr std::array<std::string_view, 7> kTelltales = {"authorization", "cookie",  "token", "secret",
                                                        "password",      "api-key", "apikey"};

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& letter : result) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter | 0x20);
    }
    return result;
}

}  // namespace

bool holds_secret(std::string_view header_name) {
    const std::string name = lower(header_name);
    return std::ranges::any_of(kTelltales, [&](std::string_view word) { return name.contains(word); });
}

ports::RequestPreview preview_of(const http::ClientRequest& request) {
    ports::RequestPreview preview{.method = request.method,
                                  .url = request.url.scheme + "://" + request.url.authority() + request.url.target,
                                  .headers = {},
                                  .body = std::string(request.body.view())};
    for (const auto& [name, value] : request.headers) {
        preview.headers.emplace_back(name, holds_secret(name) ? model::mask(value) : value);
    }
    return preview;
}

}  // namespace outpost::webhook
