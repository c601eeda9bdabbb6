#!/usr/bin/env python3
"""Checks what a compiler does not: floors, sizes, banned calls, missing tests, dead links (style.md, design.md §3).

usage: tools/tidy.py [root]

Prints `path:line: rule: what is wrong, what to do instead`; exits 1 when there is one. A finding that is right as it
is gets `// tidy: allow <rule>: <reason>` (`#` in scripts) on its line or the line above; the rules `size` and `name`
take it anywhere in the file. Tables that people edit: tools/floors.txt, tools/untested.txt.
"""
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

LINES_WARN, LINES_MAX, FUNCTION_LINES_MAX = 500, 800, 70
CODE = {".cpp", ".hpp"}
SIZED = CODE | {".py", ".sh", ".ts", ".tsx", ".js", ".css"}
FILE_WIDE = {"size", "name", "pragma"}

# (rule, pattern over code without comments and strings, what to use instead, files that may)
BANNED = [
    ("clock", r"\b(?:system|steady|high_resolution)_clock::now\b", "take a Clock& (base/clock.hpp); tests a ManualClock",
     r"src/base/(clock|log|manual_clock)\.|tests/(bench|e2e|sim)/"),
    ("sleep", r"\bthis_thread::sleep_|(?<!\w)::sleep\s*\(|\b(?:u|nano)sleep\s*\(", "co_await clock.sleep_for(…); tests wait for an event",
     r"src/base/(clock|log|manual_clock)\.|tests/(bench|e2e)/"),
    ("detached", r"\basio::detached\b", "start it in a TaskGroup, which logs, cancels and joins (base/task_group.hpp)", None),
    ("heavy", r"#\s*include\s*<boost/(?:asio|beast)\.hpp>", "include the single headers you use", None),
    ("random", r"(?<![\w.>:])(?:std::)?s?rand\s*\(", "random_bytes (base/crypto.hpp), or a seeded engine in tests", None),
    ("print", r"(?<![\w.>])(?:std::)?(?:f?printf|f?puts)\s*\(|\bstd::c(?:out|err)\b|\b(?:fmt|std)::print",
     "log (base/log.hpp); only main and the command line print",
     r"src/app/(main|cli)|src/base/(log|result)\.|tests/"),
    ("name-then-await", r"\bco_await\b[^;{}]*(?:(?<![\w)\]])\[\s*[&=\w][^\]\n]*\]\s*(?:\(|mutable|\{)|\b[A-Z][A-Za-z]*\{(?!\}))",
     "name the lambda or aggregate first, then await (docs/adr/0001)", None),
    ("name", r"\b(?:class|struct|namespace)\s+[\w:]*(?:[Uu]til|[Hh]elper|[Mm]anager|[Cc]ommon)s?\b", "name the thing it does", None),
]
FILE_NAME_BANNED = re.compile(r"(?:^|[/_.-])(?:utils?|helpers?|managers?|common(?:_stuff)?)(?:[/_.-]|$)")
# Spelled so that this file does not match itself.
MACHINE = re.compile(r"(?<![\w.$}])/(?:wor[k]|far[m]|roo[t]|User[s])/"
                     r"|\b(?:deb\.debia[n]|registry\.npmj[s]|pyp[i]|files\.pythonhoste[d]|crate[s]|proxy\.golan[g]|repo1?\.mave[n])\.(?:org|io|apache)")
TODO = re.compile(r"\b(?:TODO(?!\(#\d+\):)|FIXME|XXX)\b")
SUPPORT = re.compile(r"^src/(?:.+/)?(?:testing|fakes|conformance|bench)/|^src/base/manual_clock|_(?:test|fixture)\.[ch]pp$|^tests/")
NO_FUNCTION = re.compile(r"(?:if|for|while|switch|namespace|extern|class|struct|enum|union)\b")
ALLOW = re.compile(r"(?://|#|<!--) *tidy: allow ([\w-]+)(: *\S)?")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![\da-fA-F])\'(?:\\.|[^\'\\\n])*\'', re.S)


@dataclass
class Source:
    """One file: its text, its code with comments and strings blanked out, and the exceptions that it claims."""
    path: str
    text: str
    code: str = ""
    allowed: dict = field(default_factory=dict)  # (line, rule) -> used

    def __post_init__(self):
        self.code = blank(self.text) if Path(self.path).suffix in CODE else self.text

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1


def blank(text):
    """The text with comments and string contents replaced by blanks, lines kept; includes stay readable."""
    def space(match):
        if match[0][0] == '"' and re.search(r"#\s*include\s*$", text[max(0, match.start() - 20):match.start()]):
            return match[0]
        return re.sub(r"[^\n]", " ", match[0])
    return TOKEN.sub(space, text)


class Tidy:
    def __init__(self, root):
        self.root = Path(root)
        self.findings, self.warnings, self.sources = [], [], {}

    def find(self, source, line, rule, text):
        lines = [at for at, name in source.allowed if name == rule and (rule in FILE_WIDE or line - 1 <= at <= line)]
        for at in lines:
            source.allowed[at, rule] = True
        if not lines:
            self.findings.append(f"{source.path}:{line}: {rule}: {text}")

    def run(self):
        for path in listed(self.root):
            source = self.read(path)
            if source is not None:
                self.sources[path] = source
        floors = Floors(self.table("tools/floors.txt"))
        for source in self.sources.values():
            suffix = Path(source.path).suffix
            self.check_text(source)
            if suffix in SIZED or source.path == "dev":
                self.check_size(source)
            if suffix in CODE:
                self.check_code(source)
                self.check_includes(source, floors)
            if suffix == ".md":
                self.check_links(source)
        self.check_tested()
        self.check_allowances()
        return not self.findings

    def read(self, path):
        try:
            text = (self.root / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            return None  # a picture, a deleted file, a submodule
        source = Source(path, text)
        for match in ALLOW.finditer(text):
            line = source.line_of(match.start())
            source.allowed[line, match[1]] = False
            if not match[2]:
                self.findings.append(f"{path}:{line}: allow: an exception needs a reason: `tidy: allow {match[1]}: why`")
        return source

    def table(self, path):
        """The lines of a table without comments; no file, no lines."""
        text = self.sources[path].text if path in self.sources else ""
        return [line for line in (re.sub(r"#.*", "", raw).strip() for raw in text.splitlines()) if line]

    def check_text(self, source):
        if FILE_NAME_BANNED.search(source.path) and source.path.startswith(("src/", "tests/", "tools/", "portal/")):
            self.find(source, 1, "name", "no util, helper, manager, common: name the thing it does")
        for match in MACHINE.finditer(source.text):
            self.find(source, source.line_of(match.start()), "machine", f"'{match[0]}' belongs to one machine or registry")
        for match in TODO.finditer(source.text) if source.path.startswith(("src/", "tests/", "portal/")) else ():
            self.find(source, source.line_of(match.start()), "todo", f"{match[0]} needs an issue: TODO(#123): …")

    def check_size(self, source):
        count = source.text.count("\n")
        if count > LINES_MAX:
            self.find(source, count, "size", f"{count} lines, {LINES_MAX} is the limit: it holds more than one idea")
        elif count > LINES_WARN:
            self.warnings.append(f"{source.path}: {count} lines; over {LINES_WARN} ask whether it is one idea")

    def check_code(self, source):
        for rule, pattern, instead, may in BANNED:
            if may and re.match(may, source.path):
                continue
            for match in re.finditer(pattern, source.code):
                what = " ".join(match[0].split())[:40]
                self.find(source, source.line_of(match.start()), rule, f"'{what}': {instead}")
        if source.path.endswith(".hpp") and not re.search(r"^#pragma once$", source.text, re.M):
            self.find(source, 1, "pragma", "#pragma once is missing")
        for start, end, head in functions(source.code):
            first, last = source.line_of(start), source.line_of(end)
            if last - first + 1 > FUNCTION_LINES_MAX:
                self.find(source, first, "function", f"{last - first + 1} lines, {FUNCTION_LINES_MAX} fit on a screen: "
                          "keep the ifs here, give the loops to small functions")
            if re.match(r"(?:TYPED_)?TEST(?:_F|_P)?\s*\(", head) and not asserts(source.code[start:end]):
                self.find(source, first, "assertion", "this test asserts nothing, so it can't fail")

    def check_includes(self, source, floors):
        support = SUPPORT.search(source.path)
        for match in re.finditer(r'^\s*#\s*include\s*"([^"]+)"', source.code, re.M):
            target, line = match[1], source.line_of(match.start(1))
            if not source.path.startswith("src/"):
                continue
            if "/" not in target:
                self.find(source, line, "rooted", f"'{target}': includes start at src: \"base/{target}\"")
                continue
            problem = floors.problem(source.path.removeprefix("src/"), target, support)
            if problem:
                self.find(source, line, "floors", problem)
            if not support and SUPPORT.search("src/" + target):
                self.find(source, line, "fakes", f"'{target}' is for tests")

    def check_links(self, source):
        text = re.sub(r"```.*?```|`[^`\n]*`", lambda code: re.sub(r"[^\n]", " ", code[0]), source.text, flags=re.S)
        for match in re.finditer(r"\]\(<?([^)\s>#]+)[^)]*\)", text):
            if re.match(r"[a-z]+:", match[1]):
                continue
            base = self.root if match[1].startswith("/") else (self.root / source.path).parent
            if not (base / match[1].lstrip("/")).exists():
                self.find(source, source.line_of(match.start(1)), "link", f"'{match[1]}' points nowhere")

    def check_tested(self):
        excused = {line.split()[0] for line in self.table("tools/untested.txt")}
        folders = {}
        for path in self.sources:
            if path.startswith("src/") and path.endswith(".cpp"):
                folders.setdefault(str(Path(path).parent), []).append(path)
        for folder, paths in sorted(folders.items()):
            tested = any(path.endswith("_test.cpp") for path in paths)
            if not tested and not SUPPORT.search(min(paths)) and folder not in excused:
                self.find(self.sources[min(paths)], 1, "tested", f"{folder} has no *_test.cpp (or a reason in tools/untested.txt)")
            if tested and folder in excused:
                self.findings.append(f"tools/untested.txt: tested: {folder} has tests now: take it off the list")
        for folder in sorted(excused - folders.keys()):
            self.findings.append(f"tools/untested.txt: tested: {folder} holds no code")
        reasons = self.sources["tools/untested.txt"].text if "tools/untested.txt" in self.sources else ""
        for line in reasons.splitlines():
            if re.match(r"\s*[^#\s]\S*\s*(#\s*)?$", line):
                self.findings.append(f"tools/untested.txt: tested: '{line.strip()}' needs a reason")

    def check_allowances(self):
        for source in self.sources.values():
            for (line, rule), used in source.allowed.items():
                if not used and not source.path.startswith("tools/tidy"):
                    self.findings.append(f"{source.path}:{line}: allow: nothing here breaks '{rule}': remove the exception")


class Floors:
    """The table of tools/floors.txt."""

    def __init__(self, lines):
        self.floors, self.split = {}, set()
        self.edges, self.test_edges = set(), set()
        for line in lines:
            if ">" in line:
                here, arrow, there = re.split(r"([-~]>)", line)
                edges = self.edges if arrow == "->" else self.test_edges
                edges |= {(here.strip(), target) for target in there.split()}
            else:
                floor, _, below = line.partition(":")
                name = floor.strip()
                self.floors[name.rstrip("/")] = below.split()
                if name.endswith("/"):
                    self.split.add(name.rstrip("/"))

    def unit(self, path):
        parts = path.split("/")
        return "/".join(parts[:2]) if parts[0] in self.split and len(parts) > 2 else parts[0]

    def problem(self, path, target, support=False):
        """What is wrong with this include, or None."""
        here, there = self.unit(path), self.unit(target)
        floor = here.split("/")[0]
        if floor not in self.floors:
            return f"src/{floor} is on no floor: add it to tools/floors.txt"
        if there.split("/")[0] not in self.floors:
            return f"'{target}': src has no floor '{there}'"
        below = self.floors[floor]
        if here == there or "*" in below or (here, there) in self.edges or (support and (here, there) in self.test_edges):
            return None
        if support and floor == there.split("/")[0] and {"testing", "fakes"} & {here.split("/")[-1], there.split("/")[-1]}:
            return None  # what a floor's tests share
        if any(there == name or there.startswith(name + "/") for name in below):
            return None
        return f"{here} may not include {there}: go through a port, or argue for an edge in tools/floors.txt (ADR)"


def functions(code):
    """(start, end, head) of every outermost function body, by its braces. A heuristic that our format makes good."""
    stack, head_start, inside = [], 0, None
    for match in re.finditer(r"[{};]|^\s*#[^\n]*(?:\\\n[^\n]*)*", code, re.M):
        token = match[0]
        if token == "{":
            head = code[head_start:match.start()].strip()
            body = re.search(r"\)[\s\w:<>,&*()-]*$", head) and not NO_FUNCTION.match(head)
            if inside is None and body and "=" not in head.split("(")[0].split("operator")[0]:
                inside = (len(stack), match.start() - len(code[head_start:match.start()].lstrip()), head)
            stack.append(token)
        elif token == "}" and stack:
            stack.pop()
            a_member = re.match(r"\s*[{,]", code[match.end():match.end() + 200])  # `: name_{name} {` goes on
            if inside and inside[0] == len(stack) and not a_member:
                yield inside[1], match.end(), inside[2]
                inside = None
        head_start = match.end()


def asserts(body):
    """Whether a test checks something: a gtest macro, or a function of the test whose name says that it does."""
    body = re.sub(r"\b(?:EXPECT|ASSERT)_(?:TRUE\s*\(\s*true|FALSE\s*\(\s*false)\s*\)", "", body)
    return re.search(r"\b(?:EXPECT|ASSERT)_\w+|\bFAIL\s*\(|\b(?:expect|check|verify|require|assert)\w*\s*\(", body)


def listed(root):
    """Files that git knows or would add; every file where there is no git."""
    command = ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        return sorted(set(answer.stdout.splitlines()))
    return sorted(str(path.relative_to(root)) for path in Path(root).rglob("*") if path.is_file())


def main():
    tidy = Tidy(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    clean = tidy.run()
    for line in tidy.warnings:
        print(f"warning: {line}")
    for line in tidy.findings:
        print(line)
    print(f"tidy: {len(tidy.sources)} files, {len(tidy.findings)} findings, {len(tidy.warnings)} warnings")
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
