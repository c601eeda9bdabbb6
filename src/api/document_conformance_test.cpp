// The OpenAPI document describes the routes that are served, no more and no less (decision A13).
#include "api/api_fixture.hpp"
#include "api/openapi/openapi.hpp"

#include <map>

namespace outpost::api {
namespace {

struct DocumentConformanceTest : ApiTest {
    /// Who may call, by "METHOD path". The first of two routes of one name is the one that is served.
    std::map<std::string, Access> served() const {
        std::map<std::string, Access> routes;
        for (const RouteDescription& route : api->routes()) {
            routes.emplace(route.method + " " + route.path, route.access);
        }
        return routes;
    }

    static Access access_of(const json::value& security) {
        std::string schemes;
        for (const json::value& alternative : security.as_array()) {
            for (const auto& scheme : alternative.as_object()) schemes += std::string(scheme.key()) + " ";
        }
        if (schemes.empty()) return Access::open;
        EXPECT_TRUE(schemes == "ApiKey " || schemes == "ApiKey TenantToken ") << schemes;
        return schemes == "ApiKey " ? Access::key : Access::any;
    }

    static std::map<std::string, Access> described() {
        const json::value document = *parse_json(openapi::document());
        std::map<std::string, Access> operations;
        for (const auto& path : document.at("paths").as_object()) {
            for (const auto& member : path.value().as_object()) {
                if (member.key() == "parameters") continue;
                std::string method(member.key());
                for (char& letter : method) letter = static_cast<char>(letter & ~0x20);
                const json::value* own = member.value().as_object().if_contains("security");
                operations.emplace(method + " " + std::string(path.key()),
                                   access_of(own == nullptr ? document.at("security") : *own));
            }
        }
        return operations;
    }
};

TEST_F(DocumentConformanceTest, DescribesEveryRouteAndWhoMayCallIt) {
    const auto operations = described();
    for (const auto& [route, access] : served()) {
        const auto found = operations.find(route);
        if (found == operations.end()) ADD_FAILURE() << route << " is not in src/api/openapi/document";
        else EXPECT_EQ(found->second, access) << route;
    }
}

TEST_F(DocumentConformanceTest, DescribesNothingThatIsNotServed) {
    const auto routes = served();
    for (const auto& [operation, access] : described()) EXPECT_TRUE(routes.contains(operation)) << operation;
}

TEST_F(DocumentConformanceTest, MarksTheSeedErasPathsAndOnlyThem) {
    const auto all = served();
    settings.legacy_routes = false;
    rebuild();
    const auto current = served();
    const json::value document = *parse_json(openapi::document());
    for (const auto& [route, access] : all) {
        const std::size_t space = route.find(' ');
        std::string method = route.substr(0, space);
        for (char& letter : method) letter = static_cast<char>(letter | 0x20);
        const json::object& operation = document.at("paths").at(route.substr(space + 1)).at(method).as_object();
        EXPECT_EQ(operation.contains("deprecated"), !current.contains(route)) << route;
        EXPECT_EQ(operation.at("tags").as_array().front() == "seed-era", !current.contains(route)) << route;
    }
}

TEST_F(DocumentConformanceTest, ServesTheDocumentToAnyone) {
    const Reply reply = call("GET", "/openapi.json", "");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, openapi::document());
}

}  // namespace
}  // namespace outpost::api
