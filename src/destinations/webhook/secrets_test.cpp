#include "destinations/webhook/secrets.hpp"

#include "base/encoding.hpp"
#include "model/destination_type.hpp"

namespace outpost::webhook {
namespace {

using model::StringMap;
using ports::Role;

const TimePoint kNow = from_unix_ms(1'717'230'216'789);  // 2024-06-01T08:23:36.789Z
const std::string kTomorrow = "2024-06-02T08:23:36Z";    // whole seconds
const StringMap kStored = {
    {"secret", "old"}, {"previous_secret", "older"}, {"previous_secret_invalid_at", "2024-01-01T00:00:00Z"}};

Result<std::string> made() {
    return "generated";
}

/// What preparation came to: the stored credentials, or the one problem.
struct Outcome {
    StringMap credentials;
    std::string problem;

    bool operator==(const Outcome&) const = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
    *out << outcome.problem << " {";
    for (const auto& [key, value] : outcome.credentials) *out << key << "=" << value << " ";
    *out << "}";
}

Outcome prepare(const StringMap& merged, const ports::PreprocessContext& context) {
    const auto prepared = prepare_credentials(merged, context, made);
    if (prepared) return {.credentials = *prepared};
    if (prepared.error().problems.empty()) return {.problem = prepared.error().text};
    EXPECT_EQ(prepared.error().problems.size(), 1u);
    return {.problem = prepared.error().problems[0].field + " " + prepared.error().problems[0].rule};
}

struct CreateCase {
    Role role;
    StringMap sent;
    Outcome outcome;
};

class SecretsOnCreate : public testing::TestWithParam<CreateCase> {};

// destinations.md §2.5, table "Create"
TEST_P(SecretsOnCreate, FollowTheTable) {
    const ports::PreprocessContext context{.role = GetParam().role, .now = kNow, .sent_credentials = GetParam().sent};
    EXPECT_EQ(prepare(GetParam().sent, context), GetParam().outcome);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SecretsOnCreate,
    testing::Values(CreateCase{Role::admin, {}, {{{"secret", "generated"}}, ""}},
                    CreateCase{Role::admin, {{"secret", ""}, {"unknown", "x"}}, {{{"secret", "generated"}}, ""}},
                    CreateCase{Role::admin, {{"secret", "mine"}, {"unknown", "x"}}, {{{"secret", "mine"}}, ""}},
                    CreateCase{Role::admin, kStored, {kStored, ""}},
                    CreateCase{Role::tenant, {}, {{{"secret", "generated"}}, ""}},
                    CreateCase{Role::tenant, {{"secret", ""}}, {{{"secret", "generated"}}, ""}},
                    CreateCase{Role::tenant, {{"secret", "mine"}}, {{}, "credentials.secret forbidden"}},
                    CreateCase{Role::tenant, {{"previous_secret", "x"}}, {{}, "credentials.previous_secret forbidden"}},
                    CreateCase{Role::tenant,
                               {{"previous_secret_invalid_at", "x"}},
                               {{}, "credentials.previous_secret_invalid_at forbidden"}},
                    CreateCase{Role::admin, {{"rotate_secret", "true"}}, {{}, "credentials.rotate_secret invalid"}},
                    CreateCase{Role::tenant, {{"rotate_secret", "YES"}}, {{}, "credentials.rotate_secret invalid"}},
                    CreateCase{Role::admin, {{"rotate_secret", "false"}}, {{{"secret", "generated"}}, ""}}));

struct PatchCase {
    Role role;
    StringMap stored;
    StringMap sent;
    StringMap merged;
    Outcome outcome;
};

class SecretsOnPatch : public testing::TestWithParam<PatchCase> {};

// destinations.md §2.5, tables "PATCH without rotation" and "PATCH with rotation"
TEST_P(SecretsOnPatch, FollowTheTables) {
    model::Destination stored;
    stored.credentials = GetParam().stored;
    const ports::PreprocessContext context{
        .role = GetParam().role, .now = kNow, .stored = &stored, .sent_credentials = GetParam().sent};
    EXPECT_EQ(prepare(GetParam().merged, context), GetParam().outcome);
}

const StringMap kOld = {{"secret", "old"}};
const StringMap kRotated = {
    {"secret", "generated"}, {"previous_secret", "old"}, {"previous_secret_invalid_at", kTomorrow}};

INSTANTIATE_TEST_SUITE_P(
    WithoutRotation, SecretsOnPatch,
    testing::Values(
        PatchCase{Role::admin, kOld, {}, kOld, {kOld, ""}},
        PatchCase{Role::admin, kOld, {{"secret", "new"}}, {{"secret", "new"}}, {{{"secret", "new"}}, ""}},
        PatchCase{Role::admin,
                  kOld,
                  {{"previous_secret", "p"}},
                  {{"secret", "old"}, {"previous_secret", "p"}},
                  {{{"secret", "old"}, {"previous_secret", "p"}, {"previous_secret_invalid_at", kTomorrow}}, ""}},
        // "" clears (api.md §8.7)
        PatchCase{Role::admin,
                  kStored,
                  {{"previous_secret", ""}, {"previous_secret_invalid_at", ""}},
                  {{"secret", "old"}, {"previous_secret", ""}, {"previous_secret_invalid_at", ""}},
                  {kOld, ""}},
        // An admin may not take away the secret, by null or by "".
        PatchCase{Role::admin, kOld, {}, {}, {{}, "credentials.secret required"}},
        PatchCase{Role::admin, kOld, {{"secret", ""}}, {{"secret", ""}}, {{}, "credentials.secret required"}},
        // One that had none (imported) can still be edited.
        PatchCase{Role::admin, {}, {}, {}, {{}, ""}},
        PatchCase{
            Role::tenant, kStored, {{"secret", "new"}}, {{"secret", "new"}}, {{}, "credentials.secret forbidden"}},
        PatchCase{Role::tenant, kStored, {{"secret", "old"}}, kStored, {kStored, ""}},
        PatchCase{Role::tenant,
                  kOld,
                  {{"previous_secret", "p"}},
                  {{"secret", "old"}, {"previous_secret", "p"}},
                  {{}, "credentials.previous_secret forbidden"}},
        PatchCase{Role::tenant, kStored, {}, {}, {kStored, ""}},
        PatchCase{
            Role::tenant, kOld, {{"rotate_secret", "no"}}, {{"secret", "old"}, {"rotate_secret", "no"}}, {kOld, ""}}));

INSTANTIATE_TEST_SUITE_P(
    WithRotation, SecretsOnPatch,
    testing::Values(
        PatchCase{Role::admin, kOld, {{"rotate_secret", "true"}}, kOld, {kRotated, ""}},
        PatchCase{Role::tenant, kOld, {{"rotate_secret", "On"}}, kOld, {kRotated, ""}},
        PatchCase{
            Role::tenant, kOld, {{"rotate_secret", "1"}, {"secret", "mine"}}, {{"secret", "mine"}}, {kRotated, ""}},
        // The stored window and the older secret are lost.
        PatchCase{Role::admin, kStored, {{"rotate_secret", "yes"}}, kStored, {kRotated, ""}},
        PatchCase{Role::tenant,
                  kOld,
                  {{"rotate_secret", "true"}, {"previous_secret_invalid_at", "2020-01-01T00:00:00Z"}},
                  kOld,
                  {{{"secret", "generated"},
                    {"previous_secret", "old"},
                    {"previous_secret_invalid_at", "2020-01-01T00:00:00Z"}},
                   ""}},
        PatchCase{Role::admin, {}, {{"rotate_secret", "true"}}, {}, {{}, "credentials.secret required"}}));

TEST(Secrets, SayWhyNoneCouldBeMade) {
    const auto settings = resolve_settings({.signing_secret_template = "{{.Unknown}}"});
    const auto prepared = prepare_credentials({}, {}, [&] { return make_secret(*settings, random_material()); });
    EXPECT_EQ(prepared.error().text, "failed to execute signing secret template: can't evaluate field Unknown");
    EXPECT_TRUE(prepared.error().problems.empty());
}

struct CheckCase {
    Mode mode;
    StringMap credentials;
    std::string problem;
};

class CredentialCheck : public testing::TestWithParam<CheckCase> {};

// destinations.md §2.4, and the order of §3 for standard mode
TEST_P(CredentialCheck, ReportsTheFirstProblem) {
    const auto problem = check_credentials(GetParam().mode, GetParam().credentials);
    EXPECT_EQ(problem ? problem->field + " " + problem->rule : "", GetParam().problem);
}

const std::string kTime = "2020-01-01T00:00:00.5+02:00";

INSTANTIATE_TEST_SUITE_P(
    Plain, CredentialCheck,
    testing::Values(CheckCase{Mode::plain, {}, ""}, CheckCase{Mode::plain, {{"secret", "any form"}}, ""},
                    CheckCase{Mode::plain, {{"previous_secret", "x"}}, "credentials.secret required"},
                    CheckCase{Mode::plain, {{"previous_secret_invalid_at", "x"}}, "credentials.secret required"},
                    CheckCase{Mode::plain,
                              {{"secret", "a"}, {"previous_secret_invalid_at", "tomorrow"}},
                              "credentials.previous_secret_invalid_at pattern"},
                    CheckCase{Mode::plain,
                              {{"secret", "a"}, {"previous_secret", "b"}},
                              "credentials.previous_secret_invalid_at required"},
                    CheckCase{Mode::plain,
                              {{"secret", "a"}, {"previous_secret_invalid_at", kTime}},
                              "credentials.previous_secret required"},
                    CheckCase{Mode::plain,
                              {{"secret", "a"}, {"previous_secret", "b"}, {"previous_secret_invalid_at", kTime}},
                              ""}));

INSTANTIATE_TEST_SUITE_P(
    Standard, CredentialCheck,
    testing::Values(CheckCase{Mode::standard, {{"secret", "any form"}}, "credentials.secret pattern"},
                    CheckCase{Mode::standard, {{"secret", "whsec_aGk="}}, ""},
                    CheckCase{Mode::standard,
                              {{"secret", "whsec_aGk="}, {"previous_secret", "x"}, {"previous_secret_invalid_at", "x"}},
                              "credentials.previous_secret_invalid_at pattern"},
                    CheckCase{Mode::standard,
                              {{"secret", "whsec_aGk="}, {"previous_secret", "x"}},
                              "credentials.previous_secret pattern"},
                    CheckCase{Mode::standard,
                              {{"secret", "whsec_aGk="}, {"previous_secret", "whsec_aGk="}},
                              "credentials.previous_secret_invalid_at required"}));

// destinations.md §2.6
TEST(Secrets, HideThePreviousOneOnceItsTimeHasPassed) {
    const TimePoint end = *parse_rfc3339("2024-01-01T00:00:00Z");
    EXPECT_EQ(shown_credentials(kStored, end), kStored);
    EXPECT_EQ(shown_credentials(kStored, end + 1ms), kOld);
    const StringMap unreadable = {{"secret", "a"}, {"previous_secret", "b"}, {"previous_secret_invalid_at", "soon"}};
    EXPECT_EQ(shown_credentials(unreadable, end), unreadable);
}

TEST(Secrets, AreMadeFromTheTemplate) {
    const SecretMaterial material{.hex = "0a", .base64 = "Cg==", .alphanumeric = "Zz9"};
    EXPECT_EQ(*make_secret(*resolve_settings({}), material), "whsec_0a");
    EXPECT_EQ(*make_secret(*resolve_settings({.signing_secret_template = "{{.RandomAlphanumeric}}-{{.RandomBase64}}"}),
                           material),
              "Zz9-Cg==");
    EXPECT_EQ(*make_secret(*resolve_settings({.mode = "standard"}), material), "whsec_Cg==");
}

TEST(Secrets, AreRandomAndOfTheStatedForm) {
    const SecretMaterial one = random_material();
    const SecretMaterial other = random_material();
    EXPECT_EQ(one.hex.size(), 64u);
    EXPECT_EQ(one.base64.size(), 44u);
    EXPECT_EQ(one.alphanumeric.size(), 32u);
    EXPECT_TRUE(std::ranges::all_of(one.alphanumeric, [](unsigned char c) { return std::isalnum(c) != 0; }));
    EXPECT_NE(one.hex, other.hex);
    EXPECT_NE(one.alphanumeric, other.alphanumeric);
}

// An addition of ours: Standard Webhooks' v1a.
TEST(WebhookSecrets, APrivateKeyIsASecretInStandardModeAndStaysOneWhenRotated) {
    const std::string key = "whsk_" + to_base64(std::string(32, 'k'));
    EXPECT_EQ(check_credentials(Mode::standard, {{"secret", key}}), std::nullopt);
    EXPECT_TRUE(check_credentials(Mode::standard, {{"secret", "whsk_AAAA"}}).has_value());
    WebhookSettings settings;
    settings.mode = Mode::standard;
    EXPECT_TRUE(make_secret_like(key, settings, random_material())->starts_with("whsk_"));
    EXPECT_TRUE(make_secret_like("", settings, random_material())->starts_with("whsec_"));
}

TEST(WebhookSecrets, APrivateKeyIsMaskedAndItsPublicKeyShown) {
    const std::string key = "whsk_" + to_base64(std::string(32, 'k'));
    const model::StringMap shown = with_public_keys({{"secret", "whsec_AAAA"}, {"previous_secret", key}});
    EXPECT_EQ(shown.at("secret"), "whsec_AAAA");
    EXPECT_EQ(shown.at("previous_secret"), model::mask(key));
    EXPECT_TRUE(shown.at("previous_public_key").starts_with("whpk_"));
    EXPECT_FALSE(shown.contains("public_key"));
}

}  // namespace
}  // namespace outpost::webhook
