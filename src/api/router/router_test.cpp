#include "api/router/router.hpp"

#include "api/router/percent.hpp"

namespace outpost::api {
namespace {

constexpr std::string_view kReserved[] = {"tenants", "topics"};

const Router& router() {
    static const Router kRouter({
        {"GET", "/healthz", {}},
        {"GET", "/api/v1/topics", {}},
        {"PUT", "/api/v1/tenants/{tenant_id}", {}},
        {"GET", "/api/v1/tenants/{tenant_id}/destinations/{destination_id}", {}},
        {"GET", "/api/v1/{tenant_id}", kReserved},
        {"GET", "/api/v1/{tenant_id}/topics", kReserved},
    });
    return kRouter;
}

/// "#3 a=b" for a match, "slash", or "-".
std::string described(std::string_view method, std::string_view path) {
    const RouteMatch match = router().match(method, path);
    if (std::holds_alternative<TrailingSlash>(match)) return "slash";
    const auto* matched = std::get_if<Matched>(&match);
    if (matched == nullptr) return "-";
    std::string text = "#" + std::to_string(matched->route);
    for (std::string_view name : {"tenant_id", "destination_id"}) {
        if (matched->parameters.has(name)) text += fmt::format(" {}={}", name, matched->parameters.get(name));
    }
    return text;
}

// api.md §1.1, §16.5
TEST(Router, FindsTheRouteOfMethodAndPath) {
    struct Case {
        std::string_view method, path, expected;
    };
    constexpr Case kCases[] = {
        {"GET", "/healthz", "#0"},
        {"POST", "/healthz", "-"},
        {"HEAD", "/healthz", "-"},
        {"GET", "/api/v1/topics", "#1"},
        {"POST", "/api/v1/topics", "-"},
        {"GET", "/api/v1/topics/", "slash"},
        {"PUT", "/api/v1/tenants/t1", "#2 tenant_id=t1"},
        {"PUT", "/api/v1/tenants/t1/", "slash"},
        {"PUT", "/api/v1/tenants/", "-"},
        {"PUT", "/api/v1/tenants//", "-"},
        {"GET", "/api/v1/tenants/t 1/destinations/d", "#3 tenant_id=t 1 destination_id=d"},
        {"GET", "/api/v1/tenants//destinations/d", "-"},
        {"GET", "/api/v1/tenants/a/b/destinations/d", "-"},
        {"GET", "/api/v1/org", "#4 tenant_id=org"},
        {"GET", "/api/v1/tenants", "-"},
        {"GET", "/api/v1/org/topics", "#5 tenant_id=org"},
        {"GET", "/api/v1/topics/topics", "-"},
        {"GET", "/api/v1//topics", "-"},
        {"GET", "//api/v1/topics", "-"},
        {"GET", "/", "-"},
        {"GET", "", "-"},
        {"GET", "/API/v1/topics", "-"},
    };
    for (const Case& it : kCases) EXPECT_EQ(described(it.method, it.path), it.expected) << it.method << ' ' << it.path;
}

TEST(Router, NamesTheMethodsOfAPath) {
    const std::vector<RoutePattern> patterns = {
        {"GET", "/a/{x}", {}}, {"PUT", "/a/{x}", {}}, {"GET", "/a/b", {}}, {"DELETE", "/{y}/b", {}}, {"GET", "/c", {}}};
    const Router router(patterns);
    using Methods = std::vector<std::string_view>;
    EXPECT_EQ(router.methods_at("/a/1"), (Methods{"GET", "PUT"}));
    EXPECT_EQ(router.methods_at("/a/b"), (Methods{"GET", "PUT", "DELETE"}));
    EXPECT_EQ(router.methods_at("/c"), Methods{"GET"});
    for (const std::string_view unknown : {"/a", "/a/", "/d", "/a/b/c/d/e", "a/b", ""})
        EXPECT_EQ(router.methods_at(unknown), Methods()) << unknown;
}

TEST(DecodePath, SplitsAnEncodedSlashIntoTwoSegments) {
    EXPECT_EQ(decode_path("/tenants/a%2Fb"), "/tenants/a/b");
    EXPECT_EQ(decode_path("/tenants/a+b%20c"), "/tenants/a+b c");
    EXPECT_EQ(decode_path("/tenants/%C3%A9"), "/tenants/é");
    for (std::string_view broken : {"/%", "/%4", "/%zz", "/%00", "/%ff"}) {
        EXPECT_EQ(decode_path(broken), std::nullopt) << broken;
    }
}

TEST(TrailingSlash, KeepsTheQueryAndSanitisesThePrefix) {
    EXPECT_EQ(without_trailing_slash("/api/v1/topics/", "", ""), "/api/v1/topics");
    EXPECT_EQ(without_trailing_slash("/api/v1/tenants/a%20b/", "x=1", ""), "/api/v1/tenants/a%20b?x=1");
    EXPECT_EQ(without_trailing_slash("/api/v1/topics/", "", "/outpost/"), "/outpost/api/v1/topics");
    EXPECT_EQ(without_trailing_slash("/api/v1/topics/", "", "//evil.example\r\nX: y"), "/evilexampleXy/api/v1/topics");
}

}  // namespace
}  // namespace outpost::api
