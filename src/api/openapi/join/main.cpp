// outpost_openapi_join OUTPUT.cpp PART.yaml…: writes the joined document as a constant. Run by the build.
#include "api/openapi/join/join.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace {

using outpost::api::openapi::Part;

// Longer than a compiler must take a literal; clang and gcc take it, and Wpedantic says so.
constexpr const char* kSource = R"(// Joined from src/api/openapi/document by src/api/openapi/join.
#include <string_view>
#pragma GCC diagnostic ignored "-Woverlength-strings"

namespace outpost::api::openapi {{
extern constinit const std::string_view kDocument;
constinit const std::string_view kDocument = R"OPENAPI({})OPENAPI";
}}  // namespace outpost::api::openapi
)";

int complain(const std::string& text) {
    std::fputs(("openapi: " + text + "\n").c_str(), stderr);  // tidy: allow print: a tool of the build, not the server
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return complain("usage: outpost_openapi_join OUTPUT.cpp PART.yaml…");
    std::vector<Part> parts;
    for (int index = 2; index < argc; ++index) {
        std::ifstream file(argv[index], std::ios::binary);
        if (!file) return complain(fmt::format("{} can't be read", argv[index]));
        parts.push_back({argv[index], std::string(std::istreambuf_iterator<char>(file), {})});
    }
    const auto document = outpost::api::openapi::join(parts);
    if (!document) return complain(document.error().text());
    if (document->contains(")OPENAPI\"")) return complain("the document contains )OPENAPI\"");
    std::ofstream output(argv[1], std::ios::binary | std::ios::trunc);
    output << fmt::format(fmt::runtime(kSource), *document);
    output.close();
    return output ? 0 : complain(fmt::format("{} can't be written", argv[1]));
}
