// What the tools of `outpost db …` share: where they work and how they talk.
#pragma once

#include "backends/embedded/control/schema.hpp"

#include <functional>

namespace outpost::embedded {

/// Gets one line for the operator, without its end.
using Say = std::function<void(const std::string& line)>;

/// The directory's control.db must be there. @return not_found with what to look at
inline Result<void> expect_data(const DataPaths& paths) {
    std::error_code error;
    if (std::filesystem::exists(paths.control(), error)) return {};
    return fail(Errc::not_found, fmt::format("{} holds no data of Outpost: is DATA_DIR the one of the service?",
                                             std::filesystem::absolute(paths.root).lexically_normal().string()));
}

}  // namespace outpost::embedded
