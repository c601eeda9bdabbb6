// control.db damaged on disk (hard-cases T-06): opening and reading it give an error or a value, and a sealed value is
// never another one than was written. First byte: 1 = the WAL is damaged, else the file; then the damages.
#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/control/tenant_reads.hpp"
#include "backends/embedded/control/tenant_writes.hpp"
#include "fuzz/damage.hpp"

namespace outpost::fuzz {

void control_db_fuzz(std::string_view input);

namespace {

using namespace embedded;

constexpr TimePoint kNow = TimePoint(Milliseconds(1'767'323'045'678));
constexpr std::size_t kTenants = 3;
constexpr std::size_t kDestinations = 4;

const Sealer& sealer() {
    static const Sealer once({"a secret of the fuzzer"});
    return once;
}

TenantId tenant_id(std::size_t tenant) {
    return TenantId(fmt::format("tenant-{}", tenant));
}

model::Destination make_destination(std::size_t tenant, std::size_t number) {
    model::Destination destination;
    destination.tenant_id = tenant_id(tenant);
    destination.id = DestinationId(fmt::format("des_{}", number));
    destination.type = "webhook";
    destination.topics = {"user.created", "user.deleted"};
    destination.filter = R"({"data":{"amount":{"$gt":100}}})";
    destination.config = {{"url", "https://example.com/hook"}};
    destination.credentials = {{"secret", fmt::format("whsec_{}_{}", tenant, number)}};
    destination.delivery_metadata = {{"key", fmt::format("value {} {}", tenant, number)}};
    destination.created_at = destination.updated_at = kNow;
    return destination;
}

struct Files {
    std::string file, wal;
};

Files write_control() {
    const ScratchFolder folder;
    const std::filesystem::path file = folder.path() / "control.db";
    auto database = open_control(file);
    ASSERT(database.has_value());
    TenantWrites writes(*database, sealer());
    for (std::size_t tenant = 0; tenant < kTenants; ++tenant) {
        ASSERT(writes.upsert_tenant(tenant_id(tenant), {{"name", "one"}}, kNow).has_value());
        for (std::size_t i = 0; i < kDestinations; ++i) {
            ASSERT(writes.create_destination(make_destination(tenant, i), kDestinations).has_value());
        }
        if (tenant == 0) ASSERT(database->checkpoint_passive().has_value());
    }
    return {read_file(file), read_file(file.string() + "-wal")};
}

/// The seal binds a secret to its destination: it opens as it was written, or not at all.
void check_sealed(const model::StoredDestination& stored) {
    if (stored.destination.credentials.empty()) return;  // the column was read as empty
    const std::uint32_t written = stored.key.destination - 1;
    ASSERT(written < kTenants * kDestinations);
    const model::Destination expected = make_destination(written / kDestinations, written % kDestinations);
    ASSERT(stored.destination.credentials == expected.credentials);
    ASSERT(stored.destination.delivery_metadata.empty() ||
           stored.destination.delivery_metadata == expected.delivery_metadata);
}

/// SQLite's errors and ours about the file name it; those about a value name what it belongs to.
bool names_the_file(const Error& error, const std::filesystem::path& file) {
    const std::string text = error.describe();
    return text.contains(file.string());
}

Result<std::size_t> read_all(const std::filesystem::path& file) {
    TRY(Database database, open_control(file));
    TRY_VOID(open_projections(file));
    TenantReads reads(database, sealer());
    std::size_t read = 0;
    for (std::size_t tenant = 0; tenant < kTenants; ++tenant) {
        const auto record = reads.get_tenant(tenant_id(tenant));
        const auto view = reads.view(tenant_id(tenant));
        if (view && *view) {
            for (const auto& stored : (*view)->destinations) check_sealed(*stored);
            read += (*view)->destinations.size();
        }
        const auto one = reads.get_destination(tenant_id(tenant), DestinationId("des_0"));
        if (one) check_sealed(*one);
        if (!record && record.error().code() != Errc::not_found) return fail(record.error());
        if (!view) return fail(view.error());
    }
    TRY_VOID(reads.list_tenants({}));
    TenantWrites writes(database, sealer());
    TRY_VOID(writes.number_of(TenantId("another")));
    return read;
}

}  // namespace

void control_db_fuzz(std::string_view bytes) {
    static const Files written = write_control();
    static const ScratchFolder folder;
    folder.clear();
    Input input(bytes);
    const bool damages_wal = input.byte() == 1;
    const bool untouched = input.empty();
    Files files = written;
    damage(damages_wal ? files.wal : files.file, input);
    const std::filesystem::path file = folder.path() / "control.db";
    write_file(file, files.file);
    write_file(file.string() + "-wal", files.wal);
    const auto read = read_all(file);
    if (!read) ASSERT(names_the_file(read.error(), file));
    ASSERT(!untouched || (read.has_value() && *read == kTenants * kDestinations));
}

}  // namespace outpost::fuzz
