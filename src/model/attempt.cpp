#include "model/attempt.hpp"

namespace outpost::model {

std::string_view to_string(AttemptStatus status) {
    return status == AttemptStatus::success ? "success" : "failed";
}

}  // namespace outpost::model
