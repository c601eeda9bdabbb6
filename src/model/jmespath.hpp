// JMESPath (jmespath.org): the templates of partition keys and object keys (destinations.md §1.11).
#pragma once

#include "base/result.hpp"

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace outpost::model {

inline constexpr std::size_t kJmesPathBytesMax = 16 * 1024;      ///< of an expression's own text
inline constexpr std::size_t kJmesPathDepthMax = 64;             ///< of expressions inside each other
inline constexpr std::size_t kJmesPathStepsMax = 100'000;        ///< nodes visited and values made by one evaluation
inline constexpr std::size_t kJmesPathTextBytesMax = 64 * 1024;  ///< of a result's text

namespace jmespath {
struct Node;
}

/// A parsed expression: the whole language with its built-in functions. Immutable; any thread; cheap to copy.
class JmesPath {
public:
    /// @return invalid naming the first fault
    static Result<JmesPath> parse(std::string_view text);

    /// The result as text: a string as it is, numbers as the shortest digits of the double (scientific when its
    /// exponent is below -4 or at least 6), true and false, [a b], map[k:v …] with keys sorted. nullopt for null and
    /// for an empty text. @return invalid (wrong types, unknown function), limited (a limit above)
    Result<std::optional<std::string>> text(boost::json::value root) const;

private:
    std::shared_ptr<const jmespath::Node> root_;  // shared: a publisher's copies read one tree
};

}  // namespace outpost::model
