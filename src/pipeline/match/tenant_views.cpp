#include "pipeline/match/tenant_views.hpp"

#include "base/log.hpp"

namespace outpost::pipeline {
namespace {

CompiledTenantPtr compile(ports::TenantViewPtr view) {
    auto compiled = std::make_shared<CompiledTenant>();
    for (const auto& destination : view->destinations) {
        CompiledTenant::Entry entry{
            .destination = destination, .filter = {}, .limits = model::send_limits(destination->destination.config)};
        auto filter = model::Filter::compile(destination->destination.filter);
        if (filter) {
            entry.filter = std::move(*filter);
        } else {
            entry.filter_broken = true;
            log::warn("match.filter_broken", {{"tenant_id", view->id.value},
                                              {"destination_id", destination->destination.id.value},
                                              {"error", filter.error().text()}});
        }
        compiled->entries.push_back(std::move(entry));
    }
    compiled->view = std::move(view);
    return compiled;
}

}  // namespace

const CompiledTenant::Entry* CompiledTenant::find(std::uint32_t destination) const {
    const auto entry = std::ranges::find_if(
        entries, [&](const Entry& candidate) { return candidate.destination->key.destination == destination; });
    return entry == entries.end() ? nullptr : &*entry;
}

const CompiledTenant::Entry* CompiledTenant::find(const DestinationId& id) const {
    const auto entry = std::ranges::find_if(
        entries, [&](const Entry& candidate) { return candidate.destination->destination.id == id; });
    return entry == entries.end() ? nullptr : &*entry;
}

Task<Result<CompiledTenantPtr>> TenantViews::get(TenantId tenant, Deadline deadline) {
    if (const auto known = cache_.find(tenant); known != cache_.end()) {
        uses_.splice(uses_.begin(), uses_, known->second.use);
        co_return known->second.compiled;
    }
    const std::uint64_t before = changes_;
    CO_TRY(ports::TenantViewPtr view, co_await store_.view(tenant, deadline));
    CompiledTenantPtr compiled = compile(std::move(view));
    if (before == changes_) remember(tenant, compiled);
    co_return compiled;
}

CompiledTenantPtr TenantViews::known(const TenantId& tenant) const {
    const auto found = cache_.find(tenant);
    return found == cache_.end() ? nullptr : found->second.compiled;
}

void TenantViews::remember(const TenantId& tenant, CompiledTenantPtr compiled) {
    if (cache_.contains(tenant)) return;  // another load was faster
    uses_.push_front(tenant);
    cache_.emplace(tenant, Cached{std::move(compiled), uses_.begin()});
    if (cache_.size() <= kTenantViewsMax) return;
    cache_.erase(uses_.back());
    uses_.pop_back();
}

void TenantViews::tenant_changed(const TenantId& tenant) {
    ++changes_;
    const auto known = cache_.find(tenant);
    if (known == cache_.end()) return;
    uses_.erase(known->second.use);
    cache_.erase(known);
}

}  // namespace outpost::pipeline
