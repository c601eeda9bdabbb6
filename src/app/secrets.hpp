// Secrets that the program makes for itself in the data directory when none are configured (decisions A14, A15, D3).
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>

namespace outpost::app {

/// The content of DATA_DIR/secrets/NAME; made now, of 32 random bytes in hex, when it is missing (file 0600, folder
/// 0700, durable before it is used). @return unavailable naming the file; corrupt when it is empty
Result<std::string> load_or_make_secret(const std::filesystem::path& data_dir, const std::string& name);

/// The same without making one. @return not_found
Result<std::string> load_secret(const std::filesystem::path& data_dir, const std::string& name);

inline constexpr const char* kApiKeyFile = "api_key";
inline constexpr const char* kJwtSecretFile = "jwt_secret";
inline constexpr const char* kSealSecretFile = "aes_encryption_secret";

}  // namespace outpost::app
