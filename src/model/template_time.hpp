// Go's time layouts ("2006-01-02 15:04:05"), for `.Timestamp.Format`. Inside of template.hpp; nobody else includes it.
#pragma once

#include "base/time.hpp"

#include <string>
#include <string_view>

namespace outpost::model::templates {

/// `time` in UTC as a Go layout writes it. Every text is a layout.
std::string format_go_time(TimePoint time, std::string_view layout);

/// As Go prints a time: "2024-06-01 08:23:36.5 +0000 UTC".
std::string go_time_text(TimePoint time);

}  // namespace outpost::model::templates
