#include "net/http/url.hpp"

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

struct Good {
    const char* text;
    const char* origin;
    const char* authority;
    const char* target;
    const char* user_info = "";
};

class ParseUrl : public testing::TestWithParam<Good> {};

TEST_P(ParseUrl, GivesTheOneReadingThatIsUsedEverywhere) {
    const Good& good = GetParam();
    const auto url = parse_url(good.text);
    ASSERT_TRUE(url) << good.text << ": " << url.error().text();
    EXPECT_EQ(url->origin(), good.origin);
    EXPECT_EQ(url->authority(), good.authority);
    EXPECT_EQ(url->target, good.target);
    EXPECT_EQ(url->user_info, good.user_info);
}

INSTANTIATE_TEST_SUITE_P(
    Rules7And8, ParseUrl,
    testing::Values(Good{"http://example.com", "http://example.com:80", "example.com", "/"},
                    Good{"HTTPS://Example.COM./a?b=c#d", "https://example.com:443", "example.com", "/a?b=c"},
                    Good{"https://example.com:8443?x", "https://example.com:8443", "example.com:8443", "/?x"},
                    Good{"http://example.com:80/", "http://example.com:80", "example.com", "/"},
                    Good{"https://example.com:80/", "https://example.com:80", "example.com:80", "/"},
                    Good{"http://example.com:/x", "http://example.com:80", "example.com", "/x"},
                    Good{"http://example.com#/@evil.example/", "http://example.com:80", "example.com", "/"},
                    Good{"http://host#@x", "http://host:80", "host", "/"},
                    Good{"http://example.com/a?b?c/../d#e#f", "http://example.com:80", "example.com", "/a?b?c/../d"},
                    Good{"http://u:p%40w@example.com/x@y", "http://example.com:80", "example.com", "/x@y", "u:p%40w"},
                    Good{"http://a@b.example/", "http://b.example:80", "b.example", "/", "a"},
                    Good{"http://127.0.0.1:9/", "http://127.0.0.1:9", "127.0.0.1:9", "/"},
                    Good{"http://[::1]/", "http://[::1]:80", "[::1]", "/"},
                    Good{"http://[::FFFF:7f00:1]:81/", "http://[::ffff:127.0.0.1]:81", "[::ffff:127.0.0.1]:81", "/"},
                    Good{"https://xn--bcher-kva.example/", "https://xn--bcher-kva.example:443", "xn--bcher-kva.example",
                         "/"},
                    Good{"http://h/%zz%2F%2f%?%", "http://h:80", "h", "/%zz%2F%2f%?%"},
                    Good{"http://h/./a/../b//c", "http://h:80", "h", "/./a/../b//c"},
                    Good{"http://h/{a}|\"<>^`", "http://h:80", "h", "/{a}|\"<>^`"},
                    Good{"http://h/\xc3\xa9?\xe2\x82\xac", "http://h:80", "h", "/%C3%A9?%E2%82%AC"}));

class RefusedUrl : public testing::TestWithParam<std::string> {};

TEST_P(RefusedUrl, IsInvalid) {
    const auto url = parse_url(GetParam());
    ASSERT_FALSE(url) << url->origin() << url->target;
    EXPECT_EQ(url.error().code(), Errc::invalid);
}

INSTANTIATE_TEST_SUITE_P(
    Rules7And8, RefusedUrl,
    testing::Values("", "http", "http:", "http:/", "http://", "http:///x", "http://?x", "http://#x", "//example.com/",
                    "example.com", "/x", "http:example.com", "ftp://example.com/", "file:///etc/passwd",
                    "gopher://example.com/", "javascript:alert(1)", " http://example.com", "http://example.com/a b",
                    "http://example.com/\t", "http://exa\nmple.com/", "http://example.com/\x7f", "http://a\\@b/",
                    "http:\\\\example.com/", "http://example.com:0/", "http://example.com:65536/",
                    "http://example.com:-1/", "http://example.com:+80/", "http://example.com:8a/", "http://a:80:80/",
                    "http://::1/", "http://[::1", "http://[::1]x/", "http://[::1]80/", "http://[example.com]/",
                    "http://[127.0.0.1]/", "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[v1.x:y]/",
                    "http://[]/", "http://127.1/", "http://0x7f000001/", "http://0x7f.1/", "http://2130706433/",
                    "http://0177.0.0.1/", "http://127.0.0.1.1/", "http://%31%32%37.0.0.1/", "http://a@b@c/",
                    "http://a:@b:@c/", "http://user name@h/", "http://u<r@h/", "http://@/", "http://.../",
                    "http://a..b/", "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/",
                    "http://b\xc3\xbc"
                    "cher.example/",
                    std::string("http://h/\0", 10), "http://h/" + std::string(kUrlBytesMax, 'a')));

TEST(Url, IsAcceptedUpToItsLimit) {
    EXPECT_TRUE(parse_url("http://h/" + std::string(kUrlBytesMax - 9, 'a')));
}

struct Step {
    const char* location;
    const char* expected;
};

std::string whole(const Url& url) {
    return fmt::format("{}://{}{}{}{}", url.scheme, url.user_info, url.user_info.empty() ? "" : "@", url.authority(),
                       url.target);
}

class ResolveUrl : public testing::TestWithParam<Step> {};

TEST_P(ResolveUrl, FollowsTheExamplesOfTheRfc) {
    const auto url = resolve_url(*parse_url("http://a/b/c/d;p?q"), GetParam().location);
    ASSERT_TRUE(url) << url.error().text();
    EXPECT_EQ(whole(*url), GetParam().expected);
}

// RFC 3986 §5.4.1 and §5.4.2 without fragments, and without the schemes we refuse.
INSTANTIATE_TEST_SUITE_P(
    Rfc3986, ResolveUrl,
    testing::Values(Step{"g", "http://a/b/c/g"}, Step{"./g", "http://a/b/c/g"}, Step{"g/", "http://a/b/c/g/"},
                    Step{"/g", "http://a/g"}, Step{"//g", "http://g/"}, Step{"?y", "http://a/b/c/d;p?y"},
                    Step{"g?y", "http://a/b/c/g?y"}, Step{"#s", "http://a/b/c/d;p?q"}, Step{"g#s", "http://a/b/c/g"},
                    Step{"g?y#s", "http://a/b/c/g?y"}, Step{";x", "http://a/b/c/;x"}, Step{"g;x", "http://a/b/c/g;x"},
                    Step{"", "http://a/b/c/d;p?q"}, Step{".", "http://a/b/c/"}, Step{"./", "http://a/b/c/"},
                    Step{"..", "http://a/b/"}, Step{"../", "http://a/b/"}, Step{"../g", "http://a/b/g"},
                    Step{"../..", "http://a/"}, Step{"../../", "http://a/"}, Step{"../../g", "http://a/g"},
                    Step{"../../../g", "http://a/g"}, Step{"../../../../g", "http://a/g"}, Step{"/./g", "http://a/g"},
                    Step{"/../g", "http://a/g"}, Step{"g.", "http://a/b/c/g."}, Step{".g", "http://a/b/c/.g"},
                    Step{"g..", "http://a/b/c/g.."}, Step{"..g", "http://a/b/c/..g"}, Step{"./../g", "http://a/b/g"},
                    Step{"./g/.", "http://a/b/c/g/"}, Step{"g/./h", "http://a/b/c/g/h"},
                    Step{"g/../h", "http://a/b/c/h"}, Step{"g;x=1/./y", "http://a/b/c/g;x=1/y"},
                    Step{"g;x=1/../y", "http://a/b/c/y"}, Step{"g?y/./x", "http://a/b/c/g?y/./x"},
                    Step{"g?y/../x", "http://a/b/c/g?y/../x"}, Step{"/a//b/..", "http://a/a//"},
                    Step{"https://h:1/x/../y?z", "https://h:1/y?z"}, Step{"HTTP://H", "http://h/"},
                    Step{"?", "http://a/b/c/d;p?"}, Step{"//h?x=../y", "http://h/?x=../y"},
                    Step{"/redirect?to=http://x/../y", "http://a/redirect?to=http://x/../y"},
                    Step{"/\xc3\xa9", "http://a/%C3%A9"}));

TEST(ResolveUrl, KeepsUserInformationOnlyForRelativeReferences) {
    const Url base = *parse_url("https://u:p@a/b");
    EXPECT_EQ(whole(*resolve_url(base, "/c")), "https://u:p@a/c");
    EXPECT_EQ(whole(*resolve_url(base, "https://a/c")), "https://a/c");
    EXPECT_EQ(whole(*resolve_url(base, "//a/c")), "https://a/c");
}

TEST(ResolveUrl, RefusesWhatParsingWouldRefuse) {
    const Url base = *parse_url("https://a/b");
    for (const char* location : {"file:///etc/passwd", "g:h", "http:g", "http://", "//", "//127.1/", "/a b", "\\\\h",
                                 "/\x01", "//[fe80::1%25lo]/", "mailto:a@b"})
        EXPECT_FALSE(resolve_url(base, location)) << location;
}

}  // namespace
}  // namespace outpost::http
