#include "net/http/client_pool.hpp"

namespace outpost::http {

std::unique_ptr<Connection> IdlePool::take(const std::string& origin, MonotonicTime now) {
    expire(now);
    const auto found = by_origin_.find(origin);
    if (found == by_origin_.end()) return nullptr;
    std::unique_ptr<Connection> taken;
    OfOrigin& idle = found->second;
    while (!taken && !idle.empty()) {
        const auto newest = idle.back();
        idle.pop_back();
        if (newest->connection->is_open_and_silent()) taken = std::move(newest->connection);
        by_age_.erase(newest);
    }
    if (idle.empty()) by_origin_.erase(found);
    return taken;
}

void IdlePool::put(std::unique_ptr<Connection> connection, MonotonicTime now) {
    if (settings_.idle_connections_max == 0 || settings_.idle_connections_per_origin_max == 0) return;
    connection->rest();
    const std::string& origin = connection->origin();
    OfOrigin& idle = by_origin_[origin];
    by_age_.push_back({std::move(connection), now});
    idle.push_back(std::prev(by_age_.end()));
    if (idle.size() > settings_.idle_connections_per_origin_max) drop_oldest(origin);
    if (by_age_.size() > settings_.idle_connections_max) drop_oldest(by_age_.front().connection->origin());
}

void IdlePool::expire(MonotonicTime now) {
    while (!by_age_.empty() && next_expiry() <= now) drop_oldest(by_age_.front().connection->origin());
}

void IdlePool::drop_oldest(const std::string& origin) {
    const auto found = by_origin_.find(origin);
    const auto oldest = found->second.front();
    found->second.pop_front();
    if (found->second.empty()) by_origin_.erase(found);
    by_age_.erase(oldest);  // last: it may own `origin`
}

void IdlePool::drop(const std::string& origin) {
    const auto found = by_origin_.find(origin);
    if (found == by_origin_.end()) return;
    for (const auto idle : found->second) by_age_.erase(idle);
    by_origin_.erase(found);
}

void IdlePool::clear() {
    by_origin_.clear();
    by_age_.clear();
}

}  // namespace outpost::http
