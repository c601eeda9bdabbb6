// Which destinations an event goes to (pipeline.md §4.2 step 2, §5, §6). Pure.
#pragma once

#include "model/event.hpp"
#include "pipeline/match/tenant_views.hpp"

namespace outpost::pipeline {

/// Enabled, subscribed to the topic, and passed by the filter; in order of creation.
/// @param only  when not empty, just this destination, still subject to all of the above
std::vector<const CompiledTenant::Entry*> match(const CompiledTenant& tenant, const model::Event& event,
                                                const DestinationId& only, bool allow_wildcards);

/// Topic and filter alone, for a manual retry (pipeline.md §9).
bool matches(const CompiledTenant::Entry& entry, const model::Event& event, bool allow_wildcards);

}  // namespace outpost::pipeline
