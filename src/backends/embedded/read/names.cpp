#include "backends/embedded/read/names.hpp"

namespace outpost::embedded {
namespace {

Result<std::string> look_up(Database& control, std::string_view sql, std::uint32_t number,
                            std::unordered_map<std::uint32_t, std::string>& cache, std::size_t names_max) {
    if (const auto known = cache.find(number); known != cache.end()) return known->second;
    TRY(Statement rows, control.prepare(sql));
    rows.bind(1, number);
    TRY(const bool found, rows.step());
    if (!found) return fail(Errc::corrupt, fmt::format("no name for number {}", number));
    if (cache.size() >= names_max) cache.clear();
    return cache.emplace(number, std::string(rows.text(0))).first->second;
}

}  // namespace

Result<TenantId> Names::tenant(std::uint32_t number) {
    TRY(std::string id, look_up(control_, "SELECT id FROM tenants WHERE number = ?", number, tenants_, kNamesMax));
    return TenantId(std::move(id));
}

Result<DestinationId> Names::destination(std::uint32_t number) {
    TRY(std::string id,
        look_up(control_, "SELECT id FROM destinations WHERE number = ?", number, destinations_, kNamesMax));
    return DestinationId(std::move(id));
}

Result<std::optional<std::uint32_t>> Names::tenant_number(const TenantId& id) {
    TRY(Statement rows, control_.prepare("SELECT number FROM tenants WHERE id = ?"));
    rows.bind(1, id.value);
    TRY(const bool found, rows.step());
    if (!found) return std::nullopt;
    return static_cast<std::uint32_t>(rows.integer(0));
}

Result<std::vector<std::uint32_t>> Names::destination_numbers(const DestinationId& id,
                                                              const std::vector<std::uint32_t>& tenants) {
    std::vector<std::uint32_t> numbers;
    TRY(Statement rows, control_.prepare("SELECT number, tenant FROM destinations WHERE id = ?"));
    rows.bind(1, id.value);
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return numbers;
        const auto tenant = static_cast<std::uint32_t>(rows.integer(1));
        if (tenants.empty() || std::ranges::find(tenants, tenant) != tenants.end()) {
            numbers.push_back(static_cast<std::uint32_t>(rows.integer(0)));
        }
    }
}

}  // namespace outpost::embedded
