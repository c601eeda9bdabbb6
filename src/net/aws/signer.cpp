#include "net/aws/signer.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"

#include <iterator>

namespace outpost::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& letter : result) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter | 0x20);
    }
    return result;
}

/// Without white space at the ends, and with one blank where there are several.
std::string folded(std::string_view value) {
    std::string result;
    for (const char c : value) {
        const bool blank = c == ' ' || c == '\t';
        if (!blank) result += c;
        else if (!result.empty() && result.back() != ' ') result += ' ';
    }
    if (result.ends_with(' ')) result.pop_back();
    return result;
}

/// "20150830T123600Z".
std::string compact_time(TimePoint time) {
    std::string text = to_rfc3339_seconds(time);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

std::string canonical_path(std::string_view path, bool encode) {
    return encode ? uri_encode(path, true) : std::string(path);
}

/// Parameters sorted by name, then value; each with its '='.
std::string canonical_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> parameters;
    while (!query.empty()) {
        const std::string_view one = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), one.size() + 1));
        const auto equals = one.find('=');
        const std::string_view value = equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1);
        parameters.emplace_back(one.substr(0, equals), value);
    }
    std::ranges::sort(parameters);
    std::string text;
    for (const auto& [name, value] : parameters) {
        if (!text.empty()) text += '&';
        text.append(name).append("=").append(value);
    }
    return text;
}

/// By lower-case name; the values of one name joined by commas.
std::map<std::string, std::string> canonical_fields(const http::ClientRequest& request) {
    std::map<std::string, std::string> fields = {{"host", request.url.authority()}};
    for (const auto& [name, value] : request.headers) {
        const std::string key = lower(name);
        if (key == "user-agent") continue;  // proxies change it
        const auto [known, added] = fields.emplace(key, folded(value));
        if (!added) known->second.append(",").append(folded(value));
    }
    return fields;
}

std::string signing_key(const Credentials& credentials, const Scope& scope, std::string_view date) {
    std::string key = hmac_sha256("AWS4" + credentials.secret, date);
    key = hmac_sha256(key, scope.region);
    key = hmac_sha256(key, scope.service);
    return hmac_sha256(key, "aws4_request");
}

}  // namespace

std::string uri_encode(std::string_view text, bool keep_slash) {
    std::string result;
    result.reserve(text.size());
    for (const char c : text) {
        if (kUnreserved.contains(c) || (keep_slash && c == '/')) result += c;
        else fmt::format_to(std::back_inserter(result), "%{:02X}", static_cast<unsigned char>(c));
    }
    return result;
}

void sign(http::ClientRequest& request, const Credentials& credentials, const Scope& scope, TimePoint time) {
    const std::string moment = compact_time(time);
    const std::string date = moment.substr(0, 8);
    const std::string body_hash = to_hex(sha256(request.body.view()));
    const bool is_s3 = scope.service == "s3";

    request.headers.set("X-Amz-Date", moment);
    if (!credentials.session_token.empty()) request.headers.set("X-Amz-Security-Token", credentials.session_token);
    if (is_s3) request.headers.set("X-Amz-Content-Sha256", body_hash);

    std::string field_lines;
    std::string field_names;
    for (const auto& [name, value] : canonical_fields(request)) {
        field_lines.append(name).append(":").append(value).append("\n");
        if (!field_names.empty()) field_names += ';';
        field_names += name;
    }
    const std::string_view target = request.url.target;
    const auto question = target.find('?');
    const std::string_view query =
        question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
    const std::string canonical =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(target.substr(0, question), !is_s3),
                    canonical_query(query), field_lines, field_names, body_hash);
    const std::string range = fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
    const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, moment, range, to_hex(sha256(canonical)));
    const std::string signature = to_hex(hmac_sha256(signing_key(credentials, scope, date), to_sign));
    request.headers.set("Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                                     credentials.key_id, range, field_names, signature));
}

}  // namespace outpost::aws
