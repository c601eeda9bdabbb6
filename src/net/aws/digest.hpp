// MD5, for one purpose: SQS answers with the MD5 of what it stored (destinations.md §5). Proof of nothing else.
#pragma once

#include <string>
#include <string_view>

namespace outpost::aws {

/// The raw digest. Empty when the system's cryptography refuses MD5 (FIPS).
std::string md5(std::string_view data);

}  // namespace outpost::aws
