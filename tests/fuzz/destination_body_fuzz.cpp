// Bodies that create and change destinations and tenants (api.md §7.2, §8.3, §8.9). First byte: the role; first line:
// the body of a POST; the rest: the body of a PATCH.
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "manage/destinations/creation.hpp"
#include "manage/destinations/patch.hpp"
#include "manage/fakes/fake_type.hpp"
#include "manage/tenants/tenants.hpp"
#include "model/filter.hpp"

namespace outpost::fuzz {

void destination_body_fuzz(std::string_view input);

namespace {

constexpr TimePoint kNow = TimePoint(Milliseconds(1'767'323'045'678));

void check(const model::StringMap& map) {
    for (const auto& [key, value] : map) ASSERT(is_utf8(key) && is_utf8(value));
}

/// What may be stored.
void check(const model::Destination& destination) {
    ASSERT(destination.type == "webhook" && !destination.topics.empty());
    ASSERT(is_utf8(destination.id.value));
    for (const std::string& topic : destination.topics) ASSERT(is_utf8(topic));
    ASSERT(model::Filter::compile(destination.filter).has_value());
    ASSERT(destination.config.contains("url"));
    check(destination.config);
    check(destination.credentials);
    check(destination.delivery_metadata);
    check(destination.metadata);
    ASSERT(!destination.disabled_at || *destination.disabled_at <= kNow);
    ASSERT(destination.created_at <= kNow && destination.updated_at <= kNow);
}

void check(const manage::Refusal& refusal) {
    ASSERT(!refusal.message.empty() && is_utf8(refusal.message));
    for (const std::string& line : refusal.details) ASSERT(!line.empty());
    ASSERT(refusal.kind == manage::RefusalKind::invalid || refusal.kind == manage::RefusalKind::denied);
}

struct Desk {
    manage::fakes::FakeType type{"webhook"};
    manage::Catalog catalog{{&type}};
    manage::DestinationRules rules;
    ports::Role role = ports::Role::admin;

    manage::Granted<model::Destination> create(std::string_view body) const {
        auto creation = manage::parse_creation(body);
        if (!creation) return std::unexpected(creation.error());
        const manage::CreationContext context{.tenant = TenantId("t1"), .role = role, .now = kNow};
        return manage::build_destination(std::move(*creation), context, catalog, rules);
    }
    manage::Granted<model::Destination> patch(std::string body, const model::Destination& stored) const {
        const auto request = manage::PatchRequest::parse(std::move(body));
        if (!request) return std::unexpected(request.error());
        return manage::apply_patch(*request, stored, role, kNow, catalog, rules);
    }
};

}  // namespace

void destination_body_fuzz(std::string_view bytes) {
    Input input(bytes);
    Desk desk;
    desk.role = (input.byte() & 1) != 0 ? ports::Role::tenant : ports::Role::admin;
    const std::string_view body = input.line();
    if (const auto metadata = manage::parse_tenant_body(body)) check(*metadata);
    auto stored = desk.create(body);
    if (stored) check(*stored);
    else check(stored.error());

    if (!stored) stored = desk.create(R"({"type":"webhook","topics":"*","config":{"url":"https://example.com/h"}})");
    ASSERT(stored.has_value());
    const auto changed = desk.patch(std::string(input.rest()), *stored);
    if (!changed) return check(changed.error());
    check(*changed);
    ASSERT(changed->id == stored->id && changed->tenant_id == stored->tenant_id && changed->updated_at == kNow);
    const auto unchanged = desk.patch("{}", *changed);
    ASSERT(unchanged.has_value() && *unchanged == *changed);
}

}  // namespace outpost::fuzz
