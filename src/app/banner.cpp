#include "app/banner.hpp"

#include "base/json_writer.hpp"

namespace outpost::app {
namespace {

constexpr const char* kReceiver = "http://localhost:9000/webhook";

std::string json_text(std::string_view text) {
    std::string out;
    JsonWriter(out).value(text);
    return out;
}

/// The header that lets a command in, with its continuation; empty when no key is asked for.
std::string authorization(const BannerFacts& facts) {
    if (facts.api_key.empty()) return {};
    if (facts.terminal) return fmt::format(" \\\n    -H {}", shell_word("Authorization: Bearer " + facts.api_key));
    const std::string key = facts.key_command.empty() ? "$API_KEY" : fmt::format("$({})", facts.key_command);
    return fmt::format(" \\\n    -H \"Authorization: Bearer {}\"", key);
}

std::string key_line(const BannerFacts& facts) {
    if (facts.api_key.empty()) return "No API key is asked for (API_ALLOW_OPEN).\n";
    if (facts.terminal) return fmt::format("API key: {}\n", facts.api_key);
    if (facts.key_command.empty()) return "The API key is the one in API_KEY.\n";
    return fmt::format("The API key is printed by: {}\n", facts.key_command);
}

}  // namespace

std::string shell_word(const std::string& text) {
    const auto is_plain = [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("_-./:@%+,").find(static_cast<char>(c)) != std::string_view::npos;
    };
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
    std::string word = "'";
    for (const char c : text) {
        if (c == '\'') word += "'\\''";
        else word += c;
    }
    return word + "'";
}

std::string key_command(const std::string& program, const std::string& data_dir, const std::string& config_path) {
    std::string command;
    if (!data_dir.empty()) command += fmt::format("DATA_DIR={} ", shell_word(data_dir));
    command += fmt::format("{} key", shell_word(program));
    if (!config_path.empty()) command += fmt::format(" --config {}", shell_word(config_path));
    return command;
}

std::string render_banner(const BannerFacts& facts) {
    const std::string api = fmt::format("http://localhost:{}/api/v1", facts.port);
    const std::string key = authorization(facts);
    const std::string destination =
        fmt::format(R"({{"type":"webhook","topics":["*"],"config":{{"url":{}}}}})", json_text(kReceiver));
    const std::string event =
        fmt::format(R"({{"tenant_id":"acme","topic":{},"data":{{"hello":"world"}}}})", json_text(facts.topic));
    constexpr const char* kJson = " \\\n    -H 'Content-Type: application/json'";
    return fmt::format(
        "outpost {} listens on http://localhost:{}, data in {}\n"
        "{}\n"
        "Make a tenant, send its events to a URL of yours, publish one:\n\n"
        "  curl -X PUT {}/tenants/acme{}\n\n"
        "  curl -X POST {}/tenants/acme/destinations{}{} \\\n    -d {}\n\n"
        "  curl -X POST {}/publish{}{} \\\n    -d {}\n\n",
        facts.version, facts.port, facts.data_dir, key_line(facts), api, key, api, key, kJson, shell_word(destination),
        api, key, kJson, shell_word(event));
}

}  // namespace outpost::app
