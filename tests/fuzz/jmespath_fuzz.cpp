// Templates of keys (destinations.md §1.11). First line: an expression; the rest: a JSON document.
#include "base/json.hpp"
#include "base/json_scan.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "model/jmespath.hpp"

namespace outpost::fuzz {

void jmespath_fuzz(std::string_view input);

/// Whatever tenants write and publish: a text within the limit, nothing, or an error; the same each time.
void jmespath_fuzz(std::string_view bytes) {
    Input input(bytes);
    const auto expression = model::JmesPath::parse(input.line());
    if (!expression) {
        ASSERT(expression.error().code() == Errc::invalid || expression.error().code() == Errc::limited);
        return;
    }
    const auto document = parse_json(replace_lone_surrogates(input.rest()));
    if (!document) return;
    const auto text = expression->text(*document);
    if (!text) {
        ASSERT(text.error().code() == Errc::invalid || text.error().code() == Errc::limited);
        return;
    }
    ASSERT(!*text || (!(*text)->empty() && (*text)->size() <= model::kJmesPathTextBytesMax));
    const auto again = expression->text(*document);
    ASSERT(again.has_value() && *again == *text);
}

}  // namespace outpost::fuzz
