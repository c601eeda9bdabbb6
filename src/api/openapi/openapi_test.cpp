#include "api/openapi/openapi.hpp"

#include "base/json.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace outpost::api::openapi {
namespace {

http::ServerResponse get(const std::string& if_none_match) {
    boost::asio::io_context context;
    DocumentRoutes routes;
    Call call;
    if (!if_none_match.empty()) call.request.headers.add("If-None-Match", if_none_match);
    http::ServerResponse response;
    const auto keep = [&](const std::exception_ptr& problem, http::ServerResponse answer) {
        ASSERT_FALSE(problem);
        response = std::move(answer);
    };
    boost::asio::co_spawn(context, routes.get(std::move(call)), keep);
    context.run();
    return response;
}

TEST(Document, IsOneOpenApiDocumentWithoutTheListsThatItWasMadeFrom) {
    const auto parsed = parse_json(document());
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->at("openapi"), "3.1.0");
    EXPECT_FALSE(document().contains("x-every-response"));
    EXPECT_TRUE(parsed->at_pointer("/paths/~1api~1v1~1topics/get/responses").get_object().contains("401"));
    EXPECT_FALSE(parsed->at_pointer("/paths/~1healthz/get/responses").get_object().contains("401"));
}

// Decision A13.
TEST(DocumentRoute, AnswersTheDocumentWithATag) {
    const auto response = get("");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, document());
    EXPECT_EQ(response.headers.find("Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(response.headers.find("Cache-Control"), "public, max-age=300");
}

TEST(DocumentRoute, SparesACopyThatIsStillRight) {
    const std::string tag(*get("").headers.find("ETag"));
    EXPECT_TRUE(tag.starts_with('"') && tag.ends_with('"'));
    for (const std::string& known : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
        const auto response = get(known);
        EXPECT_EQ(response.status, 304) << known;
        EXPECT_EQ(response.body, "");
        EXPECT_EQ(response.headers.find("ETag"), tag);
    }
    EXPECT_EQ(get("\"other\"").status, 200);
}

}  // namespace
}  // namespace outpost::api::openapi
