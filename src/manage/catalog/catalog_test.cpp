#include "manage/catalog/catalog.hpp"

#include "manage/fakes/fake_type.hpp"

namespace outpost::manage {
namespace {

TEST(Catalog, KeepsTheOrderOfRegistrationAndFindsByType) {
    fakes::FakeType webhook("webhook");
    fakes::FakeType kafka("kafka");
    const Catalog catalog({&webhook, &kafka});
    ASSERT_EQ(catalog.providers().size(), 2u);
    EXPECT_EQ(catalog.providers()[0]->type().type, "webhook");
    EXPECT_EQ(catalog.find("kafka"), &kafka);
    EXPECT_EQ(catalog.find("smoke"), nullptr);
    EXPECT_EQ(catalog.find(""), nullptr);
}

TEST(Show, AsksTheTypeForMasksAndTarget) {
    fakes::FakeType webhook("webhook");
    const Catalog catalog({&webhook});
    model::Destination destination;
    destination.type = "webhook";
    destination.config = {{"url", "https://e.com"}};
    destination.credentials = {{"key", "AKIAIOSFODNN7EXAMPLE"}, {"secret", "whsec_x"}};
    const ShownDestination shown = show(catalog, destination, {});
    EXPECT_EQ(shown.destination.credentials.at("key"), "AKIA****************");  // api.md §8.6
    EXPECT_EQ(shown.destination.credentials.at("secret"), "whsec_x");
    EXPECT_EQ(shown.target.text, "https://e.com");
}

TEST(Show, MasksEverythingOfATypeThatThisBuildDoesNotHave) {
    const Catalog catalog({});
    model::Destination destination;
    destination.type = "gone";
    destination.credentials = {{"token", "0123456789"}};
    EXPECT_EQ(show(catalog, destination, {}).destination.credentials.at("token"), "0123******");
}

}  // namespace
}  // namespace outpost::manage
