#include "pipeline/match/match.hpp"

#include "model/topics.hpp"

namespace outpost::pipeline {
namespace {

bool matches(const CompiledTenant::Entry& entry, const model::Event& event, const model::FilterInput& input,
             bool allow_wildcards) {
    if (entry.filter_broken) return false;
    if (!model::topics_match(entry.destination->destination.topics, event.topic, allow_wildcards)) return false;
    return entry.filter.matches_everything() || entry.filter.matches(input);
}

}  // namespace

std::vector<const CompiledTenant::Entry*> match(const CompiledTenant& tenant, const model::Event& event,
                                                const DestinationId& only, bool allow_wildcards) {
    std::vector<const CompiledTenant::Entry*> matched;
    const model::FilterInput input(event);
    for (const CompiledTenant::Entry& entry : tenant.entries) {
        const model::Destination& destination = entry.destination->destination;
        if (destination.disabled_at || (!only.empty() && destination.id != only)) continue;
        if (matches(entry, event, input, allow_wildcards)) matched.push_back(&entry);
    }
    return matched;
}

bool matches(const CompiledTenant::Entry& entry, const model::Event& event, bool allow_wildcards) {
    return matches(entry, event, model::FilterInput(event), allow_wildcards);
}

}  // namespace outpost::pipeline
