// What a person sees on standard output once the service is ready: where it listens, and three commands to try.
#pragma once

#include <cstdint>
#include <string>

namespace outpost::app {

struct BannerFacts {
    std::string version;
    std::uint16_t port = 0;
    std::string data_dir;     ///< absolute
    std::string api_key;      ///< empty: none is asked for (API_ALLOW_OPEN)
    bool terminal = false;    ///< only then the key itself is shown (decision A15)
    std::string topic;        ///< an event topic that is accepted
    std::string key_command;  ///< prints the key, for a shell; empty: the key is in the variable API_KEY
};

/// Pure. Lines end with a newline; the commands can be pasted into a shell as they are.
std::string render_banner(const BannerFacts& facts);

/// The command that prints the key of this service: `DATA_DIR=… outpost key --config …`.
/// @param program  argv[0]
/// @param data_dir  empty when it is the default and needs no mention
/// @param config_path  of --config; empty when there was none
std::string key_command(const std::string& program, const std::string& data_dir, const std::string& config_path);

/// `text` as one word of a POSIX shell.
std::string shell_word(const std::string& text);

}  // namespace outpost::app
