#!/usr/bin/env python3
"""Each rule of tidy.py on one text that breaks it and one that does not. Runs in a temporary folder without git."""
import sys
import tempfile
import unittest
from pathlib import Path

import tidy

FLOORS = """
base:
model: base
net/: base
ports: base model
api: base net/http
app: *
net/http -> net/dialer  # speaks over it
net/http ~> net/tls     # its tests make certificates
"""
ALLOW = "// tidy" + ": allow "  # apart, so that tidy.py does not read this file's samples as claims of its own


def findings(files):
    """What tidy says about a tree made of `files` (path → text), as (path, rule) pairs."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in {"tools/floors.txt": FLOORS, **files}.items():
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        checker = tidy.Tidy(folder)
        checker.run()
        found = [line.split(": ")[:2] for line in checker.findings]
        return [(where.split(":")[0], rule) for where, rule in found]


def rules(text, path="src/base/x.hpp"):
    """The rules that one file breaks; a header gets its #pragma once."""
    head = "#pragma once\n" if path.endswith(".hpp") else ""
    return [rule for _, rule in findings({path: head + text}) if rule != "tested"]


class BannedCalls(unittest.TestCase):
    def test_each_banned_call_is_found(self):
        for rule, text in [
            ("clock", "auto t = std::chrono::system_clock::now();"),
            ("clock", "auto t = steady_clock::now();"),
            ("sleep", "std::this_thread::sleep_for(1s);"),
            ("sleep", "usleep(5);"),
            ("detached", "co_spawn(ex, work(), boost::asio::detached);"),
            ("heavy", "#include <boost/asio.hpp>"),
            ("random", "int x = std::rand();"),
            ("random", "srand(7);"),
            ("print", 'std::printf("x");'),
            ("print", 'std::cerr << "x";'),
            ("print", 'fmt::print("x");'),
            ("name", "class RetryManager {};"),
            ("name", "namespace outpost::util {}"),
            ("todo", "// TO" + "DO later"),
            ("todo", "// FIX" + "ME"),
            ("name-then-await", "co_await send(Request{.a = 1});"),
            ("name-then-await", "co_await run([id]() { return id; });"),
            ("rooted", '#include "y.hpp"'),
        ]:
            with self.subTest(text):
                self.assertEqual(rules(text), [rule])

    def test_what_only_looks_like_one_is_left_alone(self):
        for text in [
            "// system_clock::now() is banned",
            'auto s = "std::rand()";',
            'auto s = R"(printf("x"))";',
            "/* asio::detached */",
            "co_await clock.sleep_for(1s);",
            "std::snprintf(buffer, size, format);",
            "#include <boost/asio/awaitable.hpp>",
            "co_await handlers[i](request);",
            "co_await send(std::move(request));",
            "co_await wait(Nothing{});",
            "constexpr int kBig = 1'000'000; // rand()",
            "int operand(int x);",
            "// TO" + "DO(#12): say why",
        ]:
            with self.subTest(text):
                self.assertEqual(rules(text), [])

    def test_files_that_may(self):
        self.assertEqual(rules("auto t = steady_clock::now();", "src/base/clock.hpp"), [])
        self.assertEqual(rules('std::printf("x");', "src/app/main.cpp"), [])


class Exceptions(unittest.TestCase):
    def test_an_exception_with_a_reason_silences_its_line_and_the_next(self):
        self.assertEqual(rules("rand(); " + ALLOW + "random: a coin for the demo"), [])
        self.assertEqual(rules(ALLOW + "random: a coin for the demo\nrand();"), [])
        self.assertEqual(rules(ALLOW + "random: a coin for the demo\n\nrand();"), ["random", "allow"])

    def test_an_exception_needs_a_reason(self):
        self.assertEqual(rules("rand(); " + ALLOW + "random"), ["allow"])

    def test_an_exception_that_excuses_nothing_is_found(self):
        self.assertEqual(rules(ALLOW + "random: there was one"), ["allow"])


class Floors(unittest.TestCase):
    def broken(self, path, include):
        return [rule for rule in rules(f'#include "{include}"', path) if rule == "floors"]

    def test_includes_go_down(self):
        self.assertFalse(self.broken("src/ports/a.hpp", "model/b.hpp"))
        self.assertTrue(self.broken("src/model/a.hpp", "ports/b.hpp"))
        self.assertTrue(self.broken("src/base/a.hpp", "model/b.hpp"))

    def test_a_unit_may_include_itself_and_app_everything(self):
        self.assertFalse(self.broken("src/net/http/a.hpp", "net/http/b.hpp"))
        self.assertFalse(self.broken("src/app/a.hpp", "net/http/b.hpp"))

    def test_neighbours_need_an_edge(self):
        self.assertFalse(self.broken("src/net/http/a.hpp", "net/dialer/b.hpp"))
        self.assertTrue(self.broken("src/net/dialer/a.hpp", "net/http/b.hpp"))

    def test_an_edge_for_tests_is_for_tests_only(self):
        self.assertFalse(self.broken("src/net/http/a_test.cpp", "net/tls/b.hpp"))
        self.assertFalse(self.broken("src/net/http/a_fixture.hpp", "net/tls/b.hpp"))
        self.assertTrue(self.broken("src/net/http/a.cpp", "net/tls/b.hpp"))

    def test_a_floors_shared_fixtures_know_their_floor_and_are_known_to_its_tests(self):
        self.assertFalse(self.broken("src/net/testing/pair.hpp", "net/http/b.hpp"))
        self.assertFalse(self.broken("src/net/http/a_test.cpp", "net/testing/pair.hpp"))
        self.assertTrue(self.broken("src/base/testing/pair.hpp", "net/http/b.hpp"))

    def test_a_floor_can_open_one_room_only(self):
        self.assertFalse(self.broken("src/api/a.hpp", "net/http/b.hpp"))
        self.assertTrue(self.broken("src/api/a.hpp", "net/dialer/b.hpp"))

    def test_a_folder_on_no_floor_is_found(self):
        self.assertTrue(self.broken("src/extras/a.hpp", "base/b.hpp"))

    def test_fakes_are_for_tests(self):
        for fake in ["ports/fakes/ledger.hpp", "net/tls/testing/certificate.hpp", "base/manual_clock.hpp"]:
            with self.subTest(fake):
                self.assertEqual(rules(f'#include "{fake}"', "src/app/a.cpp"), ["fakes"])
                self.assertEqual(rules(f'#include "{fake}"', "src/app/a_test.cpp"), [])


class Shape(unittest.TestCase):
    def test_a_long_function_is_found_whatever_its_form(self):
        lines = "    x();\n" * 70
        for head in ["void f()", "Task<Result<void>> A::f(int a) const", "A::A(int a) : a_{a}, b_(a)",
                     "bool operator==(const A& a, const A& b)", "auto f(int a) -> int", "TEST(A, Does)"]:
            with self.subTest(head):
                text = f"{head} {{\n{lines}    EXPECT_TRUE(a);\n}}\n"
                self.assertEqual(rules(text), ["function"])

    def test_a_long_class_or_namespace_is_no_function(self):
        lines = "    void x() { y(); }\n" * 80
        for head in ["class A", "namespace a", "struct alignas(64) A", "enum class A"]:
            with self.subTest(head):
                self.assertEqual(rules(f"{head} {{\n{lines}}};\n"), [])

    def test_sizes_warn_and_then_fail(self):
        self.assertEqual(rules("int a;\n" * 700), [])
        self.assertEqual(rules("int a;\n" * 801), ["size"])

    def test_a_header_needs_pragma_once(self):
        self.assertEqual(findings({"src/base/x.hpp": "int a;\n"}), [("src/base/x.hpp", "pragma")])

    def test_file_names_say_what_is_inside(self):
        self.assertEqual(rules("int a;", "src/base/string_util.hpp"), ["name"])
        self.assertEqual(rules("int a;", "src/base/utility_bill.hpp"), [])


class Tests(unittest.TestCase):
    def test_a_folder_with_code_needs_a_test_or_a_reason(self):
        code = {"src/base/x.cpp": "int a;\n"}
        listed = "src/base  # constants only\n"
        self.assertEqual(findings(code), [("src/base/x.cpp", "tested")])
        self.assertEqual(findings({**code, "src/base/x_test.cpp": "\n"}), [])
        self.assertEqual(findings({**code, "tools/untested.txt": listed}), [])
        self.assertEqual(findings({**code, "tools/untested.txt": "src/base\n"}), [("tools/untested.txt", "tested")])

    def test_what_only_tests_use_needs_no_test(self):
        self.assertEqual(findings({"src/ports/fakes/ledger.cpp": "int a;\n"}), [])

    def test_an_excuse_that_is_no_longer_true_is_found(self):
        listed = {"tools/untested.txt": "src/base  # constants only\n"}
        self.assertEqual(findings({**listed, "src/base/x_test.cpp": "\n"}), [("tools/untested.txt", "tested")])
        self.assertEqual(findings(listed), [("tools/untested.txt", "tested")])

    def test_a_test_must_be_able_to_fail(self):
        for body, broken in [("x();", True), ("EXPECT_TRUE(true);", True), ("EXPECT_EQ(x(), 1);", False),
                             ("expect_equal(a, b);", False), ("FAIL();", False)]:
            with self.subTest(body):
                found = rules(f"TEST(A, Does) {{\n    {body}\n}}\n", "src/base/x_test.cpp")
                self.assertEqual(found, ["assertion"] if broken else [])


class Texts(unittest.TestCase):
    def test_links_must_point_somewhere(self):
        text = "[a](b.md) [c](https://example.com/x) [d](#e) [f](b.md#g) `[h](i.md)`\n"
        self.assertEqual(findings({"docs/a.md": text}), [("docs/a.md", "link")] * 2)
        self.assertEqual(findings({"docs/a.md": text, "docs/b.md": "x\n"}), [])

    def test_paths_of_one_machine_and_hosts_of_registries_stay_out(self):
        self.assertEqual(findings({"docs/a.md": "see /wor" + "k/x\n"}), [("docs/a.md", "machine")])
        self.assertEqual(findings({"a.json": '"https://registry.npmj' + 's.org/x"\n'}), [("a.json", "machine")])
        self.assertEqual(findings({"docs/a.md": "see our/wor" + "k/x\n"}), [])


if __name__ == "__main__":
    if "--quiet" in sys.argv:  # only failures and the count
        sys.argv.remove("--quiet")
        unittest.main(verbosity=0)
    unittest.main()
