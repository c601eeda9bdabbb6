// Errors as values: Result<T>, Error, Errc, fail(), TRY, CO_TRY and ASSERT (style.md §4).
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace outpost {

/// What kind of failure it was, as far as a caller may act on it.
enum class Errc {
    invalid,      ///< the input is wrong; the text names the field
    not_found,    ///< there is no such thing
    conflict,     ///< something else got there first
    denied,       ///< not allowed
    limited,      ///< a limit with a name was reached
    timeout,      ///< the deadline passed; the work may still happen
    unavailable,  ///< our own part failed; safe to retry
    cancelled,    ///< stopped on request
    corrupt,      ///< stored data is damaged
    internal,     ///< a bug
};

/// The name of `code`, for logs.
std::string_view to_string(Errc code);

/// An expected failure: its kind, a text for people and, optionally, what caused it.
class Error {
public:
    Error() = default;
    Error(Errc code, std::string text) : code_(code), text_(std::move(text)) {}
    Error(Errc code, std::string text, Error cause)
        : code_(code), text_(std::move(text)), cause_(std::make_shared<const Error>(std::move(cause))) {}

    Errc code() const { return code_; }
    const std::string& text() const { return text_; }
    const Error* cause() const { return cause_.get(); }
    /// "text: cause: cause of the cause".
    std::string describe() const;

private:
    Errc code_ = Errc::internal;
    std::string text_;
    std::shared_ptr<const Error> cause_;  // shared: errors are copied with the results that carry them
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, std::string text) {
    return std::unexpected<Error>(std::in_place, code, std::move(text));
}
inline std::unexpected<Error> fail(Error error) {
    return std::unexpected<Error>(std::move(error));
}

/// Ends the process with the place and the condition. Stays on in release.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace outpost

#define OUTPOST_CONCAT_(a, b) a##b
#define OUTPOST_CONCAT(a, b) OUTPOST_CONCAT_(a, b)

#define OUTPOST_TRY_(result, declaration, expression, give_back)                   \
    auto result = (expression);                                                    \
    if (!result.has_value()) give_back std::unexpected(std::move(result).error()); \
    declaration = std::move(*result)

/// TRY(auto value, expression): the value, or return the error from a plain function.
#define TRY(declaration, expression) \
    OUTPOST_TRY_(OUTPOST_CONCAT(try_result_, __LINE__), declaration, expression, return)
/// The same in a coroutine.
#define CO_TRY(declaration, expression) \
    OUTPOST_TRY_(OUTPOST_CONCAT(try_result_, __LINE__), declaration, expression, co_return)
/// TRY_VOID(expression): return the error, if any, of a Result<void>.
#define TRY_VOID(expression)                                                                  \
    do {                                                                                      \
        auto try_result_ = (expression);                                                      \
        if (!try_result_.has_value()) return std::unexpected(std::move(try_result_).error()); \
    } while (false)
/// The same in a coroutine.
#define CO_TRY_VOID(expression)                                                                  \
    do {                                                                                         \
        auto try_result_ = (expression);                                                         \
        if (!try_result_.has_value()) co_return std::unexpected(std::move(try_result_).error()); \
    } while (false)

/// States what must be true whatever the outside sends; on in release too.
#define ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::outpost::assertion_failed(#condition, __FILE__, __LINE__))
