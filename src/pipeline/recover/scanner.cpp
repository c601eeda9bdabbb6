#include "pipeline/recover/scanner.hpp"

#include "pipeline/match/match.hpp"

#include <fmt/format.h>

#include <charconv>
#include <unordered_set>

namespace outpost::pipeline {
namespace {

constexpr std::size_t kSuccessesLookedAt = 100;  // of one event id and destination: an id may have been used again

std::string to_cursor(TimePoint time, std::string_view id) {
    return fmt::format("{}:{}", unix_ms(time), id);
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::unexpected<Error> bad_cursor() {
    return fail(Errc::corrupt, "a task's cursor is damaged");
}

/// None for the start.
Result<std::optional<model::Position>> parse_position(std::string_view cursor) {
    if (cursor.empty()) return std::nullopt;
    const std::size_t colon = cursor.find(':');
    if (colon == std::string_view::npos) return bad_cursor();
    const auto ms = parse_number<std::int64_t>(cursor.substr(0, colon));
    if (!ms) return bad_cursor();
    return model::Position{from_unix_ms(*ms), std::string(cursor.substr(colon + 1))};
}

model::TimeRange range_of(const RecoverRequest& request) {
    model::TimeRange range;
    range.at_or_after = request.since;
    range.before = request.until;
    return range;
}

Result<model::PageRequest> page_after(std::string_view cursor) {
    model::PageRequest page;
    page.limit = kScanPageRows;
    page.direction = model::Direction::ascending;
    TRY(page.after, parse_position(cursor));
    return page;
}

/// Where a page ends that has another one behind it. It may have no rows of its own.
void end_page(ScanPage& page, const std::optional<model::Position>& next) {
    page.last = !next.has_value();
    if (next) page.cursor = to_cursor(next->time, next->id);
    else if (!page.rows.empty()) page.cursor = page.rows.back().cursor;
}

Result<ScanPage> page_of_list(const RecoverRequest& request, std::string_view cursor) {
    std::size_t begin = 0;
    if (!cursor.empty()) {
        const auto place = parse_number<std::size_t>(cursor);
        if (!place) return bad_cursor();
        begin = *place;
    }
    const std::size_t end = std::min(request.listed.size(), begin + kScanPageRows);
    ScanPage page;
    for (std::size_t i = begin; i < end; ++i) {
        const ListedDelivery& delivery = request.listed[i];
        page.rows.push_back({.event_id = delivery.event,
                             .destination = delivery.destination,
                             .ref = std::nullopt,
                             .attempted = {},
                             .record = std::nullopt,
                             .cursor = fmt::to_string(i + 1)});
    }
    page.cursor = fmt::to_string(std::max(begin, end));
    page.last = end >= request.listed.size();
    return page;
}

Judged to_judged(Verdict verdict) {
    return {.verdict = verdict, .key = {}};
}

}  // namespace

Task<Result<ScanPage>> Scanner::page(RecoverRequestPtr request, std::string cursor, Deadline deadline) {
    switch (request->mode) {
        case RecoverMode::listed: co_return page_of_list(*request, cursor);
        case RecoverMode::missing: co_return co_await page_of_events(std::move(request), std::move(cursor), deadline);
        case RecoverMode::failed:
        case RecoverMode::never_succeeded: break;
    }
    co_return co_await page_of_attempts(std::move(request), std::move(cursor), deadline);
}

Task<Result<ScanPage>> Scanner::page_of_attempts(RecoverRequestPtr request, std::string cursor, Deadline deadline) {
    ports::AttemptQuery query;
    query.tenants = {request->tenant};
    if (!request->destination.empty()) query.destinations = {request->destination};
    query.topics = request->topics;
    query.status = to_string(model::AttemptStatus::failed);
    query.time = range_of(*request);
    CO_TRY(query.page, page_after(cursor));
    CO_TRY(ports::AttemptPage found, co_await log_.list_attempts(std::move(query), deadline));
    ScanPage page;
    for (ports::AttemptRecord& record : found.attempts) {
        const bool wanted =
            request->codes.empty() || std::ranges::find(request->codes, record.attempt.code) != request->codes.end();
        if (!wanted) continue;
        page.rows.push_back({.event_id = std::move(record.event_id),
                             .destination = std::move(record.destination_id),
                             .ref = record.event_ref,
                             .attempted = record.attempt.time,
                             .record = std::nullopt,
                             .cursor = to_cursor(record.attempt.time, record.attempt.id.value)});
    }
    end_page(page, found.links.next);
    co_return page;
}

Task<Result<ScanPage>> Scanner::page_of_events(RecoverRequestPtr request, std::string cursor, Deadline deadline) {
    ports::EventQuery query;
    query.tenants = {request->tenant};
    query.topics = request->topics;
    query.time = range_of(*request);
    CO_TRY(query.page, page_after(cursor));
    CO_TRY(ports::EventPage found, co_await log_.list_events(std::move(query), deadline));
    ScanPage page;
    for (ports::EventRecord& record : found.events) {
        std::string behind = to_cursor(record.event->time, record.event->id.value);
        page.rows.push_back({.event_id = record.event->id,
                             .destination = request->destination,
                             .ref = record.ref,
                             .attempted = {},
                             .record = std::move(record),
                             .cursor = std::move(behind)});
    }
    end_page(page, found.links.next);
    co_return page;
}

Task<Result<std::optional<ports::EventRecord>>> Scanner::find(TenantId tenant, ScanRow row, Deadline deadline) {
    if (row.record) co_return std::move(row.record);
    auto found = co_await log_.find_event(std::move(tenant), std::move(row.event_id), deadline);
    if (found) co_return std::optional(std::move(*found));
    if (found.error().code() == Errc::not_found) co_return std::optional<ports::EventRecord>();
    co_return fail(std::move(found.error()));
}

Task<Result<Judged>> Scanner::judge(RecoverRequestPtr request, ScanRow row, Deadline deadline) {
    CO_TRY(const CompiledTenantPtr tenant, co_await views_.get(request->tenant, deadline));
    const CompiledTenant::Entry* entry = tenant->find(row.destination);
    if (entry == nullptr) co_return to_judged(Verdict::destination_gone);
    if (entry->destination->destination.disabled_at) co_return to_judged(Verdict::destination_disabled);
    CO_TRY(auto record, co_await find(request->tenant, row, deadline));
    if (!record) co_return to_judged(request->mode == RecoverMode::listed ? Verdict::lost : Verdict::pass);
    // The id was used again since: by its id nobody reaches the older event (design.md §2).
    if (row.ref && record->ref != *row.ref) co_return to_judged(Verdict::pass);
    const bool matches_now = matches(*entry, *record->event, views_.allow_wildcards());
    if (request->mode == RecoverMode::missing && !matches_now) co_return to_judged(Verdict::pass);
    row.record = std::move(record);
    co_return co_await judge_event(std::move(request), std::move(row), entry->destination->key, matches_now, deadline);
}

Task<Result<Judged>> Scanner::judge_event(RecoverRequestPtr request, ScanRow row, model::DestinationKey destination,
                                          bool matches, Deadline deadline) {
    const ports::EventRecord& record = *row.record;
    CO_TRY(const auto outcomes, co_await log_.outcomes(record, deadline));
    const DeliveryFacts facts{.accepted = std::ranges::find(record.matched_destination_ids, row.destination) !=
                                          record.matched_destination_ids.end(),
                              .newest = outcome_for(row.destination, outcomes),
                              .attempted = row.attempted};
    switch (is_wanted(*request, facts)) {
        case Wanted::no: co_return to_judged(Verdict::pass);
        case Wanted::late: co_return to_judged(Verdict::late);
        case Wanted::lost: co_return to_judged(Verdict::lost);
        case Wanted::yes: break;
    }
    if (request->mode == RecoverMode::never_succeeded) {
        CO_TRY(const bool arrived, co_await has_arrived(request->tenant, row, record.ref, deadline));
        if (arrived) co_return to_judged(Verdict::pass);
    }
    co_return Judged{.verdict = matches ? Verdict::redeliver : Verdict::mismatch, .key = {record.ref, destination}};
}

Task<Result<bool>> Scanner::has_arrived(TenantId tenant, ScanRow row, model::EventRef event, Deadline deadline) {
    ports::AttemptQuery query;
    query.tenants = {std::move(tenant)};
    query.events = {std::move(row.event_id)};
    query.destinations = {std::move(row.destination)};
    query.status = to_string(model::AttemptStatus::success);
    query.page.limit = kSuccessesLookedAt;
    CO_TRY(const ports::AttemptPage page, co_await log_.list_attempts(std::move(query), deadline));
    co_return std::ranges::find(page.attempts, event, &ports::AttemptRecord::event_ref) != page.attempts.end();
}

Task<Result<Estimate>> Scanner::estimate(RecoverRequestPtr request, Deadline deadline) {
    Estimate estimate;
    std::unordered_set<model::DeliveryKey> met;  // several attempts may stand for one delivery
    const MonotonicTime stop_at = clock_.monotonic() + kEstimateTimeMax;
    std::size_t rows = 0;
    ScanPage page;
    while (!page.last) {
        CO_TRY(page, co_await this->page(request, page.cursor, deadline));
        for (const ScanRow& row : page.rows) {
            if (++rows > kEstimateRowsMax || clock_.monotonic() >= stop_at) {
                estimate.exact = false;
                co_return estimate;
            }
            CO_TRY(const Judged judged, co_await judge(request, row, deadline));
            if (judged.verdict == Verdict::pass) continue;
            if (judged.verdict != Verdict::redeliver) {
                ++estimate.others;
                continue;
            }
            if (!met.insert(judged.key).second) continue;
            ++estimate.redeliver;
            CO_TRY(const bool arrived, co_await has_arrived(request->tenant, row, judged.key.event, deadline));
            if (arrived) ++estimate.delivered;
        }
    }
    co_return estimate;
}

}  // namespace outpost::pipeline
