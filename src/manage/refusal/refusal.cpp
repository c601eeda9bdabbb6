#include "manage/refusal/refusal.hpp"

namespace outpost::manage {

std::unexpected<Refusal> refuse(RefusalKind kind, std::string message) {
    return std::unexpected(Refusal{kind, std::move(message), {}});
}

std::unexpected<Refusal> refuse_fields(std::vector<std::string> lines) {
    return std::unexpected(Refusal{RefusalKind::invalid, "validation error", std::move(lines)});
}

std::unexpected<Refusal> refuse_json() {
    return refuse(RefusalKind::invalid, "invalid JSON");
}

std::string problem_line(std::string_view field, std::string_view rule) {
    std::string line(field);
    for (char& letter : line) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    if (rule == "required") return line + " is required";
    if (rule == "forbidden") return line + " is forbidden";
    // The two blanks are the reference's: it never fills the bound in (api.md §3.3).
    if (rule == "min") return line + " must be at least  characters";
    if (rule == "max") return line + " must be at most  characters";
    if (rule.starts_with("must ")) return fmt::format("{} {}", line, rule);  // ours: a rule that says what it wants
    return fmt::format("{} failed {} validation", line, rule);
}

Refusal to_refusal(const ports::Rejection& rejection) {
    if (rejection.problems.empty()) return {RefusalKind::invalid, rejection.text, {}};
    std::vector<std::string> lines;
    for (const ports::FieldProblem& problem : rejection.problems) {
        lines.push_back(problem_line(problem.field, problem.rule));
    }
    return {RefusalKind::invalid, "validation error", std::move(lines)};
}

Refusal to_refusal(const Error& error, std::string_view not_found_message) {
    if (error.code() == Errc::not_found) return {RefusalKind::not_found, std::string(not_found_message), {}};
    return {RefusalKind::unavailable, error.describe(), {}};
}

}  // namespace outpost::manage
