// The files of a destination folder as they are built into the program (cmake/Embed.cmake).
#pragma once

#include <string_view>

namespace outpost::model {

/// What parse_destination_type() reads. The texts live as long as the program.
struct DestinationTypeFiles {
    std::string_view metadata_json;
    std::string_view instructions;
    std::string_view icon;
};

}  // namespace outpost::model
