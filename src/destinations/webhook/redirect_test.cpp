#include "destinations/webhook/redirect.hpp"

namespace outpost::webhook {
namespace {

struct Hop {
    Chain chain;
    Step step;
};

http::ClientRequest request_to(std::string_view url) {
    return {.method = "POST",
            .url = *http::parse_url(url),
            .headers = {{"Authorization", "Bearer x"}, {"Cookie", "c"}, {"X-Mine", "m"}, {"X-Outpost-Signature", "s"}},
            .body = Bytes("{}")};
}

Hop hop(RedirectRules rules, int status, const std::string& location, std::string_view from = "https://a.example/in") {
    http::ClientResponse response{.status = status, .request = request_to(from)};
    Chain chain{.rules = rules, .start = response.request.url, .private_names = {"X-Mine"}};
    if (!location.empty()) response.headers.add("Location", location);
    Step step = next_step(chain, response);
    return {.chain = std::move(chain), .step = std::move(step)};
}

bool sends(const Step& step, std::string_view name) {
    return step.request.headers.find(name).has_value();
}

constexpr auto kStrict = RedirectRules::strict;
constexpr auto kReference = RedirectRules::reference;

struct FollowCase {
    RedirectRules rules;
    int status;
    std::string location;
    Follow follow;
};

class RedirectDecision : public testing::TestWithParam<FollowCase> {};

TEST_P(RedirectDecision, IsTheOneOfB2) {
    EXPECT_EQ(hop(GetParam().rules, GetParam().status, GetParam().location).step.follow, GetParam().follow)
        << GetParam().status << " " << GetParam().location;
}

INSTANTIATE_TEST_SUITE_P(
    Strict, RedirectDecision,
    testing::Values(FollowCase{kStrict, 200, "/x", Follow::no}, FollowCase{kStrict, 201, "/x", Follow::no},
                    FollowCase{kStrict, 404, "/x", Follow::no}, FollowCase{kStrict, 307, "/x", Follow::yes},
                    FollowCase{kStrict, 308, "/x", Follow::yes}, FollowCase{kStrict, 307, "", Follow::refused},
                    FollowCase{kStrict, 301, "/x", Follow::refused}, FollowCase{kStrict, 302, "/x", Follow::refused},
                    FollowCase{kStrict, 303, "/x", Follow::refused}, FollowCase{kStrict, 304, "", Follow::refused},
                    FollowCase{kStrict, 300, "/x", Follow::refused},
                    FollowCase{kStrict, 307, "file:///etc/passwd", Follow::refused},
                    FollowCase{kStrict, 307, "gopher://x/", Follow::refused},
                    FollowCase{kStrict, 307, "http://[x", Follow::refused}));

INSTANTIATE_TEST_SUITE_P(
    Reference, RedirectDecision,
    testing::Values(FollowCase{kReference, 301, "/x", Follow::yes}, FollowCase{kReference, 302, "/x", Follow::yes},
                    FollowCase{kReference, 303, "/x", Follow::yes}, FollowCase{kReference, 307, "/x", Follow::yes},
                    FollowCase{kReference, 308, "/x", Follow::yes}, FollowCase{kReference, 302, "", Follow::no},
                    FollowCase{kReference, 300, "/x", Follow::no}, FollowCase{kReference, 304, "/x", Follow::no},
                    FollowCase{kReference, 302, "ftp://x/", Follow::refused}));

TEST(StrictRedirect, KeepsEverythingWithinTheOrigin) {
    const Hop it = hop(kStrict, 307, "/other?q=1", "https://user:pw@a.example/in");
    EXPECT_EQ(it.step.request.method, "POST");
    EXPECT_EQ(it.step.request.body.view(), "{}");
    EXPECT_EQ(it.step.request.url.target, "/other?q=1");
    EXPECT_EQ(it.step.request.url.user_info, "user:pw");
    for (const auto* name : {"Authorization", "Cookie", "X-Mine", "X-Outpost-Signature"})
        EXPECT_TRUE(sends(it.step, name)) << name;
    EXPECT_FALSE(sends(it.step, "Referer"));
}

TEST(StrictRedirect, KeepsCredentialsAndCustomHeadersFromOtherOrigins) {
    for (const auto* other : {"https://b.example/", "https://a.example:8443/", "http://a.example/",
                              "https://x.a.example/", "https://evil:pw@b.example/"}) {
        const Hop it = hop(kStrict, 308, other, "https://user:pw@a.example/in");
        EXPECT_EQ(it.step.follow, Follow::yes);
        for (const auto* name : {"Authorization", "Cookie", "X-Mine"})
            EXPECT_FALSE(sends(it.step, name)) << other << name;
        EXPECT_TRUE(sends(it.step, "X-Outpost-Signature")) << other;
        EXPECT_EQ(it.step.request.url.user_info, "") << other;
    }
}

// Another origin may not choose what our credentials are used for.
TEST(StrictRedirect, GivesNothingBackWhenItReturns) {
    Hop it = hop(kStrict, 307, "https://b.example/", "https://user:pw@a.example/in");
    const http::ClientResponse back{
        .status = 307, .headers = {{"Location", "https://a.example/admin"}}, .request = it.step.request};
    const Step step = next_step(it.chain, back);
    EXPECT_EQ(step.request.url.host, "a.example");
    EXPECT_FALSE(sends(step, "X-Mine"));
    EXPECT_EQ(step.request.url.user_info, "");
}

TEST(ReferenceRedirect, TurnsIntoAGetWithoutABody) {
    for (const int status : {301, 302, 303}) {
        const Hop it = hop(kReference, status, "/next");
        EXPECT_EQ(it.step.request.method, "GET");
        EXPECT_TRUE(it.step.request.body.empty());
    }
    EXPECT_EQ(hop(kReference, 308, "/next").step.request.method, "POST");
}

// destinations.md §1.12
TEST(ReferenceRedirect, KeepsCredentialsForTheHostAndItsSubDomains) {
    for (const auto* kept : {"https://a.example/x", "https://x.a.example/"})
        EXPECT_TRUE(sends(hop(kReference, 307, kept).step, "Authorization")) << kept;
    for (const auto* other : {"https://b.example/", "https://xa.example/", "http://a.example/"}) {
        const Hop it = hop(kReference, 307, other);
        EXPECT_FALSE(sends(it.step, "Authorization")) << other;
        EXPECT_FALSE(sends(it.step, "Cookie")) << other;
        EXPECT_TRUE(sends(it.step, "X-Mine")) << other;
    }
}

TEST(ReferenceRedirect, SaysWhereItComesFromButNotOverPlainHttp) {
    EXPECT_EQ(hop(kReference, 307, "/x", "https://user:pw@a.example/in?q=1").step.request.headers.find("Referer"),
              "https://a.example/in?q=1");
    EXPECT_FALSE(sends(hop(kReference, 307, "http://a.example/").step, "Referer"));
}

std::size_t requests_in_a_loop(RedirectRules rules) {
    http::ClientResponse response{
        .status = 307, .headers = {{"Location", "/loop"}}, .request = request_to("https://a.example/loop")};
    Chain chain{.rules = rules, .start = response.request.url};
    for (std::size_t requests = 1; requests < 100; ++requests) {
        Step step = next_step(chain, response);
        if (step.follow == Follow::refused) return requests;
        response.request = std::move(step.request);
    }
    return 100;
}

TEST(Redirect, EndsALoop) {
    EXPECT_EQ(requests_in_a_loop(kStrict), 6u);      // the first and five hops
    EXPECT_EQ(requests_in_a_loop(kReference), 10u);  // the tenth redirect fails
}

}  // namespace
}  // namespace outpost::webhook
