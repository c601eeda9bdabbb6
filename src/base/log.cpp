#include "base/log.hpp"

#include "base/json_writer.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

namespace outpost::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warn: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::debug: return "debug";
        case Level::info: return "info";
        case Level::warn: return "warn";
        case Level::error: return "error";
    }
    return "info";
}

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = [] {
        auto created = std::make_shared<spdlog::logger>("outpost", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        created->set_pattern("%v");
        created->flush_on(spdlog::level::trace);
        return created;
    }();
    return *instance;
}

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
    return name.data();
}

}  // namespace

void set_level(Level level) {
    logger().set_level(to_spdlog(level));
}

bool enabled(Level level) {
    return logger().should_log(to_spdlog(level));
}

void write(Level level, std::string_view name, std::initializer_list<Field> fields) {
    write_fields(level, name, std::span(fields.begin(), fields.size()));
}

void write_fields(Level level, std::string_view name, std::span<const Field> fields) {
    if (!enabled(level)) return;
    static const std::string host = host_name();
    // The log is about the machine's own time, whatever clock the services under test use.
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    const double now = std::chrono::duration<double>(since_epoch).count();
    std::string line;
    JsonWriter json(line);
    json.begin_object();
    json.member("level", name_of(level));
    json.key("ts");
    json.raw(fmt::format("{:.3f}", now));
    json.member("msg", name);
    json.member("host.name", host);
    for (const Field& field : fields) {
        json.key(field.name);
        std::visit([&](const auto& value) { json.value(value); }, field.value);
    }
    json.end_object();
    logger().log(to_spdlog(level), "{}", line);
}

}  // namespace outpost::log
