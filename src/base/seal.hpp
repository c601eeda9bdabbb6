// Secrets at rest: AES-256-GCM with a key derived by HKDF, the key's id in front (decision D3, embedded form).
#pragma once

#include "base/result.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace outpost {

/// Seals with the current secret, opens with it or a previous one. Immutable; any thread. Never logs what it holds.
class Sealer {
public:
    /// @param secrets  current first, then previous ones for rotation; at least one, none empty
    explicit Sealer(std::vector<std::string> secrets);

    /// Layout: version byte 1 | key id (4 bytes) | nonce (12) | ciphertext | tag (16).
    /// @param context  bound to the text (a row's identity), so that sealed values can't be moved between rows
    std::string seal(std::string_view plain, std::string_view context) const;
    /// @return corrupt when the text was changed, belongs elsewhere, or its key is unknown
    Result<std::string> open(std::string_view sealed, std::string_view context) const;

private:
    struct Key {
        std::string id;
        std::string key;
    };
    std::vector<Key> keys_;
};

}  // namespace outpost
