// Builds the service from its configuration, top to bottom, and takes it down in reverse (style.md §1).
#pragma once

#include "app/config/config.hpp"
#include "base/result.hpp"

#include <memory>
#include <string>

namespace outpost::app {

/// The running program. Built, started, waited for and stopped on the main thread.
class Service {
public:
    /// Opens the store and listens. @return what stops the start, in words for the operator
    static Result<std::unique_ptr<Service>> start(Config config);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Blocks until SIGINT or SIGTERM, then drains: stop intake, finish sends in flight, settle, close (decision D13).
    /// A second signal ends the process at once.
    void run_until_signal();

    std::uint16_t port() const;
    const std::string& api_key() const;

private:
    class Impl;
    explicit Service(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::app
