#include "backends/embedded/rollup/attempt_rows.hpp"

namespace outpost::embedded {

Cell attempt_cell(const Statement& row) {
    return {.tenant = static_cast<std::uint32_t>(row.integer(1)),
            .destination = static_cast<std::uint32_t>(row.integer(2)),
            .topic = std::string(row.text(3)),
            .type = std::string(row.text(4)),
            .success = row.integer(5) != 0,
            .code = std::string(row.text(6)),
            .manual = row.integer(7) != 0,
            .number = static_cast<std::uint32_t>(row.integer(8))};
}

}  // namespace outpost::embedded
