// SQL conditions with their values, for queries over sealed segments.
#pragma once

#include "backends/embedded/sqlite/database.hpp"

#include <string>
#include <variant>
#include <vector>

namespace outpost::embedded {

/// AND-ed conditions; values are bound in the order in which they were added. Holds the texts it binds.
class Conditions {
public:
    void add(std::string condition) { add(std::move(condition), {}); }
    void add(std::string condition, std::vector<std::variant<std::int64_t, std::string>> values) {
        text_ += text_.empty() ? " WHERE " : " AND ";
        text_ += condition;
        for (auto& value : values) values_.push_back(std::move(value));
    }
    /// "column IN (?,?)"; nothing when there are no values.
    template <class Value>
    void add_in(std::string_view column, const std::vector<Value>& values) {
        if (values.empty()) return;
        std::string condition(column);
        condition += " IN (";
        std::vector<std::variant<std::int64_t, std::string>> bound;
        for (const Value& value : values) {
            condition += bound.empty() ? "?" : ",?";
            bound.emplace_back(value);
        }
        add(condition + ")", std::move(bound));
    }

    const std::string& text() const { return text_; }
    /// Binds from parameter 1. @return the next free parameter
    int bind(Statement& statement) const {
        int parameter = 1;
        for (const auto& value : values_) {
            if (const auto* number = std::get_if<std::int64_t>(&value)) statement.bind(parameter, *number);
            else statement.bind(parameter, std::string_view(std::get<std::string>(value)));
            ++parameter;
        }
        return parameter;
    }

private:
    std::string text_;
    std::vector<std::variant<std::int64_t, std::string>> values_;
};

}  // namespace outpost::embedded
