// What rows of a list must be like beyond what indexes know (portal.md §15a N5). Pure: every back-end asks these.
#pragma once

#include "model/error_class.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace outpost::model {

inline constexpr std::size_t kSearchTextCharactersMax = 200;  ///< of `q`
inline constexpr std::size_t kDataConditionsMax = 10;         ///< different paths of one query
inline constexpr std::size_t kDataPathBytesMax = 200;

/// "2xx", "3xx", "4xx", "5xx" (the code, whatever the status), or the name of an ErrorClass.
class CodeClass {
public:
    static std::optional<CodeClass> parse(std::string_view name);
    bool covers(AttemptStatus status, std::string_view code) const;

private:
    explicit CodeClass(std::variant<char, ErrorClass> what) : what_(what) {}
    std::variant<char, ErrorClass> what_;  // char: the first digit
};

/// Values of one list are OR-ed, members AND-ed.
struct AttemptConditions {
    std::vector<std::string> codes;
    std::vector<CodeClass> code_classes;
    std::optional<bool> manual;
    std::uint32_t number_min = 0;  ///< inclusive, as number_max
    std::uint32_t number_max = UINT32_MAX;

    bool empty() const {
        return codes.empty() && code_classes.empty() && !manual && number_min == 0 && number_max == UINT32_MAX;
    }
    bool fit(AttemptStatus status, std::string_view code, bool is_manual, std::uint32_t number) const;
};

/// The member of an event's data that a path leads to has one of these values: a string its text, a number, `true`,
/// `false` and `null` as they were published. Objects and lists have none.
struct DataCondition {
    std::string path;  ///< names of members with dots between them: "customer.id"
    std::vector<std::string> values;

    bool fit(std::string_view data) const;
};

struct EventConditions {
    std::string text;  ///< part of the id, of the topic or of the data as published, case included; empty: none
    std::vector<DataCondition> data;

    bool empty() const { return text.empty() && data.empty(); }
    bool fit(std::string_view id, std::string_view topic, std::string_view payload) const;
};

}  // namespace outpost::model
