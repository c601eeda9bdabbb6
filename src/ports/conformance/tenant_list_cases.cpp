// The list of tenants (storage.md §15.3, §15.5; api.md §7.4).
#include "ports/conformance/pagination.hpp"
#include "ports/conformance/tenant_store_suite.hpp"

#include <fmt/format.h>

#include <set>

namespace outpost::ports::conformance {
namespace {

std::vector<std::string> ids_of(const TenantPage& page) {
    std::vector<std::string> ids;
    for (const TenantRecord& record : page.tenants) ids.push_back(record.tenant.id.value);
    return ids;
}

model::PageRequest by(std::size_t limit, model::Direction direction = model::Direction::descending) {
    return {.limit = limit, .direction = direction};
}

}  // namespace

void link_tenant_list_cases() {}

TEST_P(TenantStoreSuite, ListsNothingAtFirst) {
    const auto page = list({.page = by(20)});
    ASSERT_EQ(code_of(page), "ok");
    EXPECT_TRUE(page->tenants.empty());
    EXPECT_EQ(page->count, 0U);
    EXPECT_FALSE(page->links.next || page->links.previous);
}

TEST_P(TenantStoreSuite, PagesThroughTenantsOfAnyNumber) {
    std::vector<model::Position> rows;
    for (int number = 0; number < 10; ++number) {
        upsert(fmt::format("tenant-{}", number));
        rows.push_back({.time = now(), .id = fmt::format("tenant-{}", number)});
        it().advance(1s);
    }
    for (const std::size_t count : {1U, 5U, 6U, 7U, 9U, 10U}) {
        const std::vector<model::Position> some(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count));
        std::vector<TenantId> ids;
        for (const auto& row : some) ids.emplace_back(row.id);
        const FetchPage fetch = [&](model::PageRequest request) {
            auto page = list({.ids = ids, .page = std::move(request)});
            EXPECT_EQ(page->count, count);  // whatever the page
            return PageOfIds{.ids = ids_of(*page), .links = page->links};
        };
        expect_pages_of_any_size(fetch, some);
    }
}

TEST_P(TenantStoreSuite, PagesThroughTenantsCreatedInTheSameMillisecond) {
    std::vector<model::Position> rows;
    for (const char* id : {"b", "A", "a", "C", "\xC3\xBC", "a,b", "10", "9"}) {
        upsert(id);
        rows.push_back({.time = now(), .id = id});
    }
    std::ranges::sort(rows);
    const FetchPage fetch = [&](model::PageRequest request) {
        auto page = list({.page = std::move(request)});
        return PageOfIds{.ids = ids_of(*page), .links = page->links};
    };
    expect_pages_of_any_size(fetch, rows);
}

TEST_P(TenantStoreSuite, CountsAllTenantsOnEveryPage) {
    for (int number = 0; number < 25; ++number) upsert(fmt::format("t{:02}", number));
    const auto first = list({.page = by(2)});
    EXPECT_EQ(first->tenants.size(), 2U);
    EXPECT_EQ(first->count, 25U);
    model::PageRequest following = by(2);
    following.after = first->links.next;
    EXPECT_EQ(list({.page = following})->count, 25U);
    EXPECT_EQ(list({.page = by(100)})->tenants.size(), 25U);
}

TEST_P(TenantStoreSuite, ListsTenantsWithWhatTheirDestinationsAdd) {
    upsert("plain");
    upsert("rich", {{"plan", "pro"}});
    created("rich", "d1", {"user.created"});
    created("rich", "d2", {"user.deleted"});
    const auto page = list({.page = by(20, model::Direction::ascending)});
    ASSERT_EQ(ids_of(*page), (std::vector<std::string>{"plain", "rich"}));  // destinations are no tenants
    EXPECT_EQ(page->tenants[0].destinations_count, 0U);
    EXPECT_TRUE(page->tenants[0].topics.empty());
    EXPECT_EQ(page->tenants[1].destinations_count, 2U);
    EXPECT_EQ(page->tenants[1].topics, (std::vector<std::string>{"user.created", "user.deleted"}));
    EXPECT_EQ(page->tenants[1].tenant.metadata, (model::StringMap{{"plan", "pro"}}));
}

TEST_P(TenantStoreSuite, DoesNotListDeletedOrMerelyMentionedTenants) {
    upsert("here");
    upsert("deleted");
    remove("deleted");
    view("mentioned");
    const auto page = list({.page = by(20)});
    EXPECT_EQ(ids_of(*page), std::vector<std::string>{"here"});
    EXPECT_EQ(page->count, 1U);
}

TEST_P(TenantStoreSuite, AnUpdateDoesNotMoveATenantInTheList) {
    upsert("old");
    it().advance(1s);
    upsert("new");
    it().advance(1s);
    upsert("old", {{"touched", "1"}});
    EXPECT_EQ(ids_of(*list({.page = by(20)})), (std::vector<std::string>{"new", "old"}));
}

TEST_P(TenantStoreSuite, ShowsNoTenantTwiceWhenOneIsAddedMeanwhile) {
    for (int number = 0; number < 6; ++number) {
        upsert(fmt::format("t{}", number));
        it().advance(1s);
    }
    const auto first = list({.page = by(3)});
    upsert("newcomer");
    model::PageRequest following = by(3);
    following.after = first->links.next;
    EXPECT_EQ(ids_of(*list({.page = following})), (std::vector<std::string>{"t2", "t1", "t0"}));
}

TEST_P(TenantStoreSuite, FindsTenantsByIdsWithEveryPunctuation) {
    std::vector<std::string> odd;
    for (char sign = ' '; sign < '\x7F'; ++sign) odd.push_back(fmt::format("id{}x", sign));
    odd.insert(odd.end(), {"@id:{a}", "a|b", "a OR b", "-a", "(a)", "\"quoted\"", "back\\slash", "a%b_c*d?", "';--",
                           "t\xC3\xBCr", "  spaces  ", "%00", "a,b"});
    for (const std::string& id : odd) ASSERT_EQ(code_of(upsert(id)), "ok") << id;
    for (const std::string& id : odd) {
        const auto page = list({.ids = {TenantId(id)}, .page = by(20)});
        EXPECT_EQ(ids_of(*page), std::vector<std::string>{id});
        EXPECT_EQ(page->count, 1U) << id;
    }
    const auto several = list({.ids = {TenantId("a|b"), TenantId("unknown"), TenantId("-a")}, .page = by(20)});
    EXPECT_EQ(several->count, 2U);
    const auto unknown = list({.ids = {TenantId("unknown")}, .page = by(20)});
    EXPECT_EQ(unknown->count, 0U);
    EXPECT_TRUE(unknown->tenants.empty());
}

}  // namespace outpost::ports::conformance
