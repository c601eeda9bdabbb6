#include "api/routes/tasks_input.hpp"

#include "base/json.hpp"
#include "manage/input/raw_object.hpp"

#include <fmt/format.h>

#include <charconv>

namespace outpost::api {
namespace {

using manage::Granted;
using manage::RawObject;
using pipeline::RecoverMode;
using pipeline::RecoverRequest;

std::unexpected<manage::Refusal> wrong(std::string_view name, std::string_view rule) {
    return manage::refuse_fields({fmt::format("{} {}", name, rule)});
}

/// None when absent or null.
Granted<std::optional<std::string>> text_of(const RawObject& object, std::string_view name, std::string_view path) {
    auto text = object.find_string(name);
    if (!text) return wrong(path, "must be a string");
    return std::move(*text);
}

Granted<std::optional<TimePoint>> time_of(const RawObject& object, std::string_view name, std::string_view path) {
    TRY(const auto text, text_of(object, name, path));
    if (!text) return std::nullopt;
    const auto time = parse_date_or_time_bound(*text);
    if (!time) return wrong(path, "must be a date or a time (RFC 3339)");
    return *time;
}

Granted<std::vector<std::string>> names_of(const RawObject& object, std::string_view name, std::string_view path) {
    const auto raw = object.find_present(name);
    std::vector<std::string> names;
    if (!raw) return names;
    const auto value = parse_json(*raw);
    if (!value || !value->is_array()) return wrong(path, "must be an array of strings");
    for (const json::value& item : value->get_array()) {
        if (!item.is_string()) return wrong(path, "must be an array of strings");
        names.emplace_back(item.get_string());
    }
    if (names.size() > kRecoverNamesMax)
        return wrong(path, fmt::format("must have at most {} values", kRecoverNamesMax));
    return names;
}

Granted<bool> flag_of(const RawObject& object, std::string_view name) {
    const auto raw = object.find_present(name);
    if (!raw) return false;
    if (*raw != "true" && *raw != "false") return wrong(name, "must be true or false");
    return *raw == "true";
}

Granted<unsigned> pace_of(const RawObject& object) {
    const auto raw = object.find_present("pace_per_second");
    if (!raw) return pipeline::kPaceDefault;
    unsigned pace = 0;
    const auto [end, error] = std::from_chars(raw->data(), raw->data() + raw->size(), pace);
    const bool whole = error == std::errc() && end == raw->data() + raw->size();
    if (whole && pace >= 1 && pace <= pipeline::kPaceMax) return pace;
    return wrong("pace_per_second", fmt::format("must be an integer between 1 and {}", pipeline::kPaceMax));
}

/// Range, topics and codes. @param prefix  of the names in refusals
Granted<void> read_range(const RawObject& object, const std::string& prefix, TimePoint now, RecoverRequest& request) {
    TRY(const auto since, time_of(object, "since", prefix + "since"));
    if (!since) return manage::refuse_fields({manage::problem_line(prefix + "since", "required")});
    TRY(const auto until, time_of(object, "until", prefix + "until"));
    request.since = *since;
    request.until = until.value_or(now);
    if (request.since >= request.until) return wrong(prefix + "since", "must be before until");
    TRY(request.topics, names_of(object, "topics", prefix + "topics"));
    TRY(request.codes, names_of(object, "codes", prefix + "codes"));
    return {};
}

Granted<TenantId> tenant_of(const RawObject& object, const std::optional<TenantId>& own) {
    TRY(const auto named, text_of(object, "tenant_id", "tenant_id"));
    if (!own && (!named || named->empty())) {
        return manage::refuse_fields({manage::problem_line("tenant_id", "required")});
    }
    if (!own) return TenantId(*named);
    if (named && *named != own->value) {
        return manage::refuse(manage::RefusalKind::denied, "tenant_id does not match authenticated tenant");
    }
    return *own;
}

Granted<pipeline::ListedDelivery> delivery_of(const json::value& item, std::size_t index) {
    const auto id = [&](std::string_view name) -> Granted<std::string> {
        const json::value* found = item.is_object() ? item.get_object().if_contains(name) : nullptr;
        if (found != nullptr && found->is_string() && !found->get_string().empty()) {
            return std::string(found->get_string());
        }
        return manage::refuse_fields({manage::problem_line(fmt::format("deliveries[{}].{}", index, name), "required")});
    };
    TRY(std::string event, id("event_id"));
    TRY(std::string destination, id("destination_id"));
    return pipeline::ListedDelivery{EventId(std::move(event)), DestinationId(std::move(destination))};
}

Granted<void> read_list(std::string_view raw, RecoverRequest& request) {
    request.mode = RecoverMode::listed;
    const auto value = parse_json(raw);
    if (!value || !value->is_array()) return wrong("deliveries", "must be an array");
    const json::array& items = value->get_array();
    if (items.empty() || items.size() > pipeline::kListedDeliveriesMax) {
        return wrong("deliveries", fmt::format("must have 1 to {} values", pipeline::kListedDeliveriesMax));
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        TRY(auto delivery, delivery_of(items[i], i));
        request.listed.push_back(std::move(delivery));
    }
    return {};
}

Granted<void> read_filter(std::string_view raw, TimePoint now, RecoverRequest& request) {
    if (manage::kind_of(raw) != JsonKind::object) return wrong("filter", "must be an object");
    const auto filter = RawObject::parse(raw);
    if (!filter) return manage::refuse_json();
    TRY(const auto destination, text_of(*filter, "destination_id", "filter.destination_id"));
    request.destination = DestinationId(destination.value_or(""));
    TRY(const auto status, text_of(*filter, "status", "filter.status"));
    if (status && *status != "failed") return wrong("filter.status", "must be 'failed'");
    return read_range(*filter, "filter.", now, request);
}

}  // namespace

Granted<RecoverCommand> parse_recover(std::string_view body, TimePoint now) {
    const auto object = RawObject::parse(body);
    if (!object) return manage::refuse_json();
    RecoverCommand command;
    RecoverRequest& request = command.request;
    request.type = pipeline::kRecoverTask;
    TRY_VOID(read_range(*object, "", now, request));
    TRY(const auto mode, text_of(*object, "mode", "mode"));
    const auto known = pipeline::parse_recover_mode(mode.value_or("failed"));
    if (!known || *known == RecoverMode::listed) {
        return wrong("mode", "must be one of: [failed, never_succeeded, missing]");
    }
    request.mode = *known;
    const bool without_attempts = request.mode == RecoverMode::missing;
    if (without_attempts && !request.codes.empty()) {
        return manage::refuse_fields({manage::problem_line("codes", "forbidden")});
    }
    TRY(request.pace_per_second, pace_of(*object));
    TRY(command.dry_run, flag_of(*object, "dry_run"));
    return command;
}

Granted<RecoverCommand> parse_bulk_retry(std::string_view body, const std::optional<TenantId>& own, TimePoint now) {
    const auto object = RawObject::parse(body);
    if (!object) return manage::refuse_json();
    RecoverCommand command;
    RecoverRequest& request = command.request;
    request.type = pipeline::kBulkRetryTask;
    TRY(request.tenant, tenant_of(*object, own));
    const auto deliveries = object->find_present("deliveries");
    const auto filter = object->find_present("filter");
    if (deliveries && filter) return manage::refuse_fields({manage::problem_line("filter", "forbidden")});
    if (!deliveries && !filter) return manage::refuse_fields({manage::problem_line("deliveries", "required")});
    if (deliveries) TRY_VOID(read_list(*deliveries, request));
    else TRY_VOID(read_filter(*filter, now, request));
    TRY(request.pace_per_second, pace_of(*object));
    TRY(command.dry_run, flag_of(*object, "dry_run"));
    return command;
}

}  // namespace outpost::api
