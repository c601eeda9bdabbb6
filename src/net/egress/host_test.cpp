#include "net/egress/host.hpp"

#include <gtest/gtest.h>

namespace outpost::egress {
namespace {

struct Spelling {
    std::string text;
    const char* canonical;
};

class CanonicalHost : public testing::TestWithParam<Spelling> {};

TEST_P(CanonicalHost, HasOneSpelling) {
    const auto host = canonical_host(GetParam().text);
    ASSERT_TRUE(host) << host.error().text();
    EXPECT_EQ(*host, GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(Rule7, CanonicalHost,
                         testing::Values(Spelling{"Example.COM", "example.com"},
                                         Spelling{"example.com.", "example.com"}, Spelling{"127.0.0.1", "127.0.0.1"},
                                         Spelling{"127.0.0.1.", "127.0.0.1"},
                                         Spelling{"::FFFF:7f00:1", "::ffff:127.0.0.1"},
                                         Spelling{"2001:0DB8::0001", "2001:db8::1"},
                                         Spelling{"xn--bcher-kva.example", "xn--bcher-kva.example"},
                                         Spelling{"a_b.example", "a_b.example"}, Spelling{"1.2.3.com", "1.2.3.com"},
                                         Spelling{"dead.beef", "dead.beef"}, Spelling{"0x7f.example", "0x7f.example"},
                                         Spelling{std::string(63, 'a') + ".example",
                                                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                                  ".example"}));

class RefusedHost : public testing::TestWithParam<std::string> {};

TEST_P(RefusedHost, IsInvalid) {
    const auto host = canonical_host(GetParam());
    ASSERT_FALSE(host) << *host;
    EXPECT_EQ(host.error().code(), Errc::invalid);
}

INSTANTIATE_TEST_SUITE_P(Rule7, RefusedHost,
                         testing::Values("", ".", "..", "a..b", ".a", "a..", "127.1", "0x7f000001", "0x7f.1", "0x",
                                         "2130706433", "0177.0.0.1", "127.0.0.01", "1.2.3.4.5", "256.0.0.1", "a.1",
                                         "127.0.0.0x1", "fe80::1%eth0", "::1%25eth0", "1:2", ":::", "::g", "a b", "a/b",
                                         "a@b", "a%b", "[::1]", "a\nb", "a*b",
                                         // full-width digits and dots (IDNA would map them to ASCII)
                                         "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
                                         "127\xe3\x80\x82"
                                         "0\xe3\x80\x82"
                                         "0\xe3\x80\x82"
                                         "1",
                                         "b\xc3\xbc"
                                         "cher.example",
                                         std::string(64, 'a') + ".example", std::string(255, 'a'),
                                         std::string("a\0b", 3)));

TEST(CanonicalHost, OfAnInternationalNameSaysHowToWriteIt) {
    EXPECT_TRUE(canonical_host("b\xc3\xbc"
                               "cher.example")
                    .error()
                    .text()
                    .contains("xn--"));
}

}  // namespace
}  // namespace outpost::egress
