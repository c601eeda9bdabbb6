#include "destinations/catalog.hpp"

#include "destinations/webhook/config.hpp"
#include "net/http/testing/wire.hpp"

#include <gtest/gtest.h>

#include <set>

namespace outpost::destinations {
namespace {

class Catalogue : public testing::Test {
protected:
    http::Wire wire_;
    ports::DestinationSettings settings_;
    webhook::WebhookSettings webhook_ = *webhook::resolve_settings({});
    std::vector<std::unique_ptr<ports::DestinationProvider>> providers_ =
        make_providers({wire_.client, wire_.policy, wire_.clock, settings_, &webhook_});
};

TEST_F(Catalogue, MakesEveryTypeOfTheBuildInRegistrationOrder) {
    ASSERT_EQ(providers_.size(), built_types().size());
    for (std::size_t i = 0; i < providers_.size(); ++i) EXPECT_EQ(providers_[i]->type().type, built_types()[i].folder);
    EXPECT_EQ(providers_.front()->type().type, "webhook");
}

TEST_F(Catalogue, HasTextsAndADrawingForEveryType) {  // destinations.md §1.2
    std::set<std::string> icons;
    for (const auto& provider : providers_) {
        const model::DestinationType& type = provider->type();
        EXPECT_FALSE(type.label.empty()) << type.type;
        EXPECT_FALSE(type.description.empty()) << type.type;
        EXPECT_TRUE(type.icon.starts_with("<svg")) << type.type;
        EXPECT_TRUE(type.instructions.starts_with("# ")) << type.type;
        EXPECT_TRUE(icons.insert(type.icon).second) << type.type;
        for (const auto* fields : {&type.config_fields, &type.credential_fields})
            for (const model::TypeField& field : *fields) {
                EXPECT_FALSE(field.label.empty()) << type.type << field.key;
                EXPECT_FALSE(field.description.empty()) << type.type << field.key;
            }
    }
}

}  // namespace
}  // namespace outpost::destinations
