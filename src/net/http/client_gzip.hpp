// Decodes gzip content as it arrives, never past a limit (hard-cases T-35: gzip bomb).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace outpost::http {

/// One content: one or more gzip members, one after the other. Holds about 40 KiB.
class GzipDecoder {
public:
    GzipDecoder();
    GzipDecoder(GzipDecoder&&) noexcept = default;
    GzipDecoder& operator=(GzipDecoder&&) noexcept = default;

    enum class Result { good, too_large, corrupt };
    /// Appends what `input` decodes to. Stops at once when `output` would be over `output_bytes_max`; after a result
    /// that is not good the decoder is of no use.
    Result decode(std::string_view input, std::string& output, std::size_t output_bytes_max);
    /// Whether the input so far is whole: nothing at all, or ending with a member.
    bool is_whole() const { return whole_; }

private:
    struct Free {
        void operator()(z_stream_s* stream) const;
    };
    std::unique_ptr<z_stream_s, Free> stream_;
    bool whole_ = true;
};

}  // namespace outpost::http
