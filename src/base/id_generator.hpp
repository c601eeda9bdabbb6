// New public ids: uuidv4, uuidv7 or nanoid, with a prefix put in front verbatim (api.md §5.1, decision B25).
#pragma once

#include "base/clock.hpp"

#include <string>

namespace outpost {

enum class IdType { uuidv4, uuidv7, nanoid };

/// "uuidv4", "uuidv7", "nanoid"; nullopt otherwise.
std::optional<IdType> parse_id_type(std::string_view text);

/// Any thread: each thread draws from its own buffer of random bytes.
class IdGenerator {
public:
    IdGenerator(IdType type, std::string prefix, const Clock& clock)
        : type_(type), prefix_(std::move(prefix)), clock_(clock) {}

    std::string next() const;

private:
    IdType type_;
    std::string prefix_;
    const Clock& clock_;
};

}  // namespace outpost
