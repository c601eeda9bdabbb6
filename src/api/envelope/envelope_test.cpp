#include "api/envelope/envelope.hpp"

namespace outpost::api {
namespace {

// api.md §3.1
TEST(Envelope, HasDataOnlyWhenThereIsDetail) {
    EXPECT_EQ(error_response(404, "not found").body, R"({"status":404,"message":"not found"})");
    EXPECT_EQ(error_response(422, "validation error", {"topics is required"}).body,
              R"({"status":422,"message":"validation error","data":["topics is required"]})");
    EXPECT_EQ(error_response(422, "invalid JSON", {}).body, R"({"status":422,"message":"invalid JSON"})");
    EXPECT_EQ(error_response(400, "Destination is disabled", "error", "destination_disabled").body,
              R"({"status":400,"message":"Destination is disabled","data":{"error":"destination_disabled"}})");
}

TEST(Envelope, CarriesTheStatusAndTheContentType) {
    const auto response = error_response(409, "conflict");
    EXPECT_EQ(response.status, 409);
    EXPECT_EQ(response.headers.find("content-type"), kJsonContentType);
}

TEST(RefusalResponse, GivesEachKindItsStatus) {
    struct Case {
        manage::RefusalKind kind;
        int status;
    };
    constexpr Case kCases[] = {
        {manage::RefusalKind::invalid, 422}, {manage::RefusalKind::denied, 403},  {manage::RefusalKind::not_found, 404},
        {manage::RefusalKind::taken, 400},   {manage::RefusalKind::limited, 400}, {manage::RefusalKind::contended, 409},
    };
    for (const Case& it : kCases) {
        const auto response = refusal_response({it.kind, "text", {}});
        EXPECT_EQ(response.status, it.status);
        EXPECT_NE(response.body.find(R"("message":"text")"), std::string::npos);
    }
}

TEST(RefusalResponse, NeverShowsWhatOurStoreSaid) {
    const auto response = refusal_response({manage::RefusalKind::unavailable, "disk full at /secret/path", {}});
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body, R"({"status":500,"message":"internal server error"})");
    EXPECT_EQ(response.failure, "disk full at /secret/path") << "for the log";
}

}  // namespace
}  // namespace outpost::api
