// What the program does not start with, and what the operator should know (config.md §2, decision D1).
#pragma once

#include "app/config/layer.hpp"

namespace outpost::app {

/// Adds to report.invalid, in the order and the words of config.md §2, and to report.config.warnings.
void check_config(const std::optional<std::string>& service_flag, const Remarks& remarks, ConfigReport& report);

}  // namespace outpost::app
