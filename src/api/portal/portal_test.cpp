#include "api/portal/portal.hpp"

namespace outpost::api {
namespace {

// api.md §14, case 24.
TEST(PortalConfig, IsAScriptThatNobodyCaches) {
    PortalSettings settings;
    settings.organization_name = "</script><b>\"A&B\"";
    settings.enable_destination_filter = true;
    const auto response = portal_config_response(settings, {{"user.created", "user.deleted"}, false});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.find("Content-Type"), "application/javascript");
    EXPECT_EQ(response.headers.find("Cache-Control"), "no-cache, no-store, must-revalidate");
    EXPECT_TRUE(response.body.starts_with("window.PORTAL_CONFIGS = {"));
    EXPECT_TRUE(response.body.ends_with("};"));
    EXPECT_FALSE(response.body.contains("</script>"));
    EXPECT_TRUE(response.body.contains(R"("TOPICS":"user.created,user.deleted","TOPICS_ALLOW_WILDCARDS":"false")"));
    EXPECT_TRUE(response.body.contains(R"("ENABLE_DESTINATION_FILTER":"true")"));
}

TEST(PortalPage, AllowsItsOwnScriptOnlyAndTheOperatorsSitesToFrameIt) {
    PortalSettings settings;
    settings.referer_url = "https://app.example:8443/portal?x=1";
    settings.refresh_url = "https://bad.example; script-src *";
    const auto response = portal_page_response(settings);
    EXPECT_TRUE(response.headers.find("Content-Type")->starts_with("text/html"));
    const std::string policy(*response.headers.find("Content-Security-Policy"));
    EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'sha256-"));
    EXPECT_TRUE(policy.ends_with("frame-ancestors 'self' https://app.example:8443"));
    EXPECT_TRUE(response.body.contains("history.replaceState"));
}

}  // namespace
}  // namespace outpost::api
