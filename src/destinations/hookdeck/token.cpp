#include "destinations/hookdeck/token.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace outpost::hookdeck {
namespace {

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '~';
}

}  // namespace

std::optional<Token> parse_token(std::string_view text) {
    const auto decoded = from_base64(text);
    if (!decoded) return std::nullopt;
    const std::size_t colon = decoded->find(':');
    if (colon == std::string::npos) return std::nullopt;
    std::string source_id = decoded->substr(0, colon);
    if (source_id == "." || source_id == "..") return std::nullopt;
    return Token{.text = std::string(text), .source_id = std::move(source_id)};
}

std::string_view token_text(const model::Destination& destination) {
    const auto found = destination.credentials.find("token");
    return found == destination.credentials.end() ? std::string_view() : std::string_view(found->second);
}

std::string path_step(std::string_view source_id) {
    std::string step;
    for (const char c : source_id) {
        if (is_unreserved(c)) step += c;
        else step += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return step;
}

std::string signature(const Token& token, std::string_view body) {
    return "v0=" + to_base64(hmac_sha256(token.text, body));
}

}  // namespace outpost::hookdeck
