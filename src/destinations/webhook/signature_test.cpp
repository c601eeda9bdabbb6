#include "destinations/webhook/signature.hpp"

namespace outpost::webhook {
namespace {

// The inputs of destinations.md §13.
const std::string kB1 = R"({"user_id":"usr_123","note":"a\u003cb \u0026 c","n":1.0,"big":12345678901234567890})";
const std::string kB2 = R"({"order_id":"123","status":"created"})";
const std::string kS1 = "whsec_000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const std::string kS0 = "whsec_f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff000102030405060708090a0b0c0d0e0f";
const TimePoint kTime = from_unix_ms(1'717'230'216'000);

model::Event event_of(const std::string& body) {
    model::Event event{.id = EventId("evt_123"), .topic = "user.created"};
    event.data = Bytes(body);
    return event;
}

struct Vector {
    std::string name;
    RawSettings raw;
    model::StringMap credentials;
    std::string body;
    std::string value;
};

class DefaultSignature : public testing::TestWithParam<Vector> {};

// destinations.md §13.1
TEST_P(DefaultSignature, IsTheOneOfTheContract) {
    const auto settings = resolve_settings(GetParam().raw);
    ASSERT_TRUE(settings.has_value()) << settings.error().text();
    const auto value = signature_header(*settings, GetParam().credentials, event_of(GetParam().body), kTime);
    ASSERT_TRUE(value.has_value()) << value.error().text();
    EXPECT_EQ(*value, GetParam().value);
}

const model::StringMap kRotating = {
    {"secret", kS1}, {"previous_secret", kS0}, {"previous_secret_invalid_at", "2024-06-01T08:23:36Z"}};

INSTANTIATE_TEST_SUITE_P(
    Vectors, DefaultSignature,
    testing::Values(
        Vector{"D1", {}, {{"secret", kS1}}, kB1, "v0=0577682fe58d8b67097c0afc1c34070c012754c8f0ac0698a416d9ed46f0f4ad"},
        Vector{"D2",
               {},
               kRotating,
               kB1,
               "v0=0577682fe58d8b67097c0afc1c34070c012754c8f0ac0698a416d9ed46f0f4ad,"
               "27486c7f62aba2ea60982341d7299bc8733d0fd2f7fe11e32fb6fc17798537c8"},
        Vector{"D3",
               {.signature_encoding = "base64"},
               {{"secret", kS1}},
               kB1,
               "v0=BXdoL+WNi2cJfAr8HDQHDAEnVMjwrAaYpBbZ7Ubw9K0="},
        Vector{"D4",
               {.signature_algorithm = "hmac-sha1"},
               {{"secret", kS1}},
               kB1,
               "v0=9f948e9a3c4c3c1c171dbad849a2ce61a304c9dd"},
        Vector{"D5",
               {.signature_content_template = "{{.Timestamp.Unix}}.{{.Body}}",
                .signature_header_template = "t={{.Timestamp.Unix}},v0={{.Signatures | join \",\"}}"},
               kRotating,
               kB1,
               "t=1717230216,v0=ac8050d5870aeccafa233fb45909629131dad944b9b1a6a4d7c0f8fd14ad6a8a,"
               "fd1641d854b09715cf13028d7dd78916d07943a8ecf3f99bd7bf73b46ac7d53c"},
        Vector{"D6",
               {.signature_content_template = "{{.EventID}}|{{.Topic}}|{{.Body}}"},
               {{"secret", kS1}},
               kB1,
               "v0=eb636df172601e3b416a6dc5e36448440bf1b365b28b9965478457f8aff505f0"},
        Vector{"D7", {}, {}, kB1, "v0=f848ab620d4b131efd46ffc923dfd9a6e5401ba74c79ceb4a236e97323ce2c3c"},
        Vector{"D8",
               {},
               {{"secret", "test-secret"}},
               kB2,
               "v0=fac19909237cb9e7604616b46fac5ab2051e0a097c4231592d74239bdb95b032"}),
    [](const auto& vector) { return vector.param.name; });

struct StandardVector {
    std::string name;
    std::string id;
    std::int64_t unix_seconds;
    model::StringMap credentials;
    std::string body;
    std::string value;
};

class StandardSignature : public testing::TestWithParam<StandardVector> {};

// destinations.md §13.2; W0 is the published vector of Standard Webhooks.
TEST_P(StandardSignature, IsTheOneOfTheContract) {
    const auto settings = resolve_settings({.mode = "standard"});
    model::Event event = event_of(GetParam().body);
    event.id = EventId(GetParam().id);
    const auto value =
        signature_header(*settings, GetParam().credentials, event, from_unix_ms(GetParam().unix_seconds * 1000));
    ASSERT_TRUE(value.has_value()) << value.error().text();
    EXPECT_EQ(*value, GetParam().value);
}

const std::string kW1 = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

INSTANTIATE_TEST_SUITE_P(
    Vectors, StandardSignature,
    testing::Values(
        StandardVector{"W0",
                       "msg_p5jXN8AQM9LWM0D4loKWxJek",
                       1614265330,
                       {{"secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}},
                       R"({"test": 2432232314})",
                       "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        StandardVector{
            "W1", "evt_123", 1717230216, {{"secret", kW1}}, kB1, "v1,t7TE0K9ti743Vso/465Bv6zq4+jxZGE8FMrNIUJsgc8="},
        StandardVector{"W2",
                       "evt_123",
                       1717230216,
                       {{"secret", kW1},
                        {"previous_secret", "whsec_//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA="},
                        {"previous_secret_invalid_at", "2024-06-02T00:00:00Z"}},
                       kB1,
                       "v1,t7TE0K9ti743Vso/465Bv6zq4+jxZGE8FMrNIUJsgc8= "
                       "v1,GrNQx6F0azZ6UBdyyWekQKnEOXXO5Vu7cH0OH1u+lvw="},
        StandardVector{
            "W3", "evt_123", 1717230216, {{"secret", kS1}}, kB1, "v1,Zt4n/Va3bB7LB/PLZaEg9LWA68tM3/MWZzBslUmQDVA="}),
    [](const auto& vector) { return vector.param.name; });

TEST(Signature, UsesThePreviousSecretUntilItsTimeHasPassed) {
    EXPECT_EQ(live_secrets(kRotating, kTime).size(), 2u);
    EXPECT_EQ(live_secrets(kRotating, kTime + 1ms).size(), 1u);
    EXPECT_EQ(
        live_secrets({{"secret", "a"}, {"previous_secret", "b"}, {"previous_secret_invalid_at", "x"}}, kTime).size(),
        2u);
}

TEST(Signature, FailsWhenATemplateDoesNotFitTheseValues) {
    const auto settings = resolve_settings({.signature_content_template = "{{slice .Topic 0 13}}"});
    ASSERT_TRUE(settings.has_value());
    EXPECT_EQ(signature_header(*settings, {}, event_of(kB1), kTime).error().code(), Errc::invalid);
}

TEST(Signature, FailsWhenItsHeaderWouldHoldControlCharacters) {
    const auto settings = resolve_settings({.signature_header_template = "{{.Topic}}"});
    model::Event event = event_of(kB1);
    event.topic = "a\r\nb";
    EXPECT_EQ(signature_header(*settings, {}, event, kTime).error().text(), "the result has control characters");
}

TEST(StandardKey, IsTheBase64BehindThePrefix) {
    EXPECT_EQ(standard_key("whsec_aGk="), "hi");
    for (const auto* wrong : {"", "whsec_", "aGk=", "whsec_aGk", "whsec_*", "WHSEC_aGk="})
        EXPECT_EQ(standard_key(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace outpost::webhook
