#!/usr/bin/env python3
"""Runs clang-tidy (checks: .clang-tidy) over the sources that changed since they last passed.

usage: tools/clang_tidy.py --build build/debug [--clang-tidy NAME] [--budget SECONDS]

A file that passed leaves an empty stamp, named by a hash of all that the verdict depends on: clang-tidy's version,
the checks, the flags, the file and every header of ours that it includes. Stamps lie in the user's cache folder, so a
fresh clone profits too. Where to begin: what changed lately, and code before tests. When the budget ends, the rest is
counted and named; it comes next time. Exits 1 when a file has a finding.
"""
import argparse
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "outpost-clang-tidy"
STAMP_DAYS_MAX = 30
FILE_SECONDS_MAX = 180
NAMES_MAX = 20


@functools.cache
def included(path):
    """Headers of ours that a file includes directly, as paths below src/."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return frozenset()
    return frozenset(re.findall(r'^\s*#\s*include\s*"([^"]+)"', text, re.M))


def closure(path):
    """The file and every header of ours below it."""
    seen, todo = set(), [path]
    while todo:
        here = todo.pop()
        if here not in seen and here.exists():
            seen.add(here)
            todo += [ROOT / "src" / name for name in included(here)]
    return sorted(seen)


def stamp_of(path, command, common):
    digest = hashlib.sha256(common)
    digest.update(command.replace(str(ROOT), "").encode())
    for file in closure(path):
        digest.update(f"\0{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return STAMPS / digest.hexdigest()


def by_worth(paths):
    """What changed lately first, then code before tests."""
    lately = set()
    for command in (["git", "ls-files", "-mo", "--exclude-standard"], ["git", "log", "-n10", "--name-only", "--format="]):
        lately.update(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split())
    return sorted(paths, key=lambda path: (str(path.relative_to(ROOT)) not in lately, "_test" in path.name, path))


def look_at(path, options):
    """(passed, what clang-tidy said)."""
    command = [options.clang_tidy, "--quiet", "-p", options.build, str(path)]
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=FILE_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return False, f"{path}: clang-tidy took more than {FILE_SECONDS_MAX} s\n"
    said = run.stdout + "\n".join(line for line in run.stderr.splitlines() if "warnings generated" not in line)
    return run.returncode == 0, said.replace(f"{ROOT}/", "")


def clear_old_stamps():
    limit = time.time() - STAMP_DAYS_MAX * 86400
    for stamp in STAMPS.iterdir():
        if stamp.stat().st_mtime < limit:
            stamp.unlink(missing_ok=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build", required=True, help="folder with compile_commands.json")
    arguments.add_argument("--clang-tidy", default="clang-tidy-19")
    arguments.add_argument("--budget", type=float, default=float("inf"), help="seconds; then the rest is left out")
    options = arguments.parse_args()

    STAMPS.mkdir(parents=True, exist_ok=True)
    clear_old_stamps()
    version = subprocess.run([options.clang_tidy, "--version"], capture_output=True, check=True).stdout
    common = version + (ROOT / ".clang-tidy").read_bytes()
    database = json.loads((ROOT / options.build / "compile_commands.json").read_text())
    commands = {Path(entry["file"]): entry["command"] for entry in database}
    ours = [path for path in commands if path.exists() and path.is_relative_to(ROOT) and "build" not in path.relative_to(ROOT).parts]

    stamps = {path: stamp_of(path, commands[path], common) for path in ours}
    todo = by_worth([path for path in ours if not stamps[path].exists()])
    for path in ours:
        if stamps[path].exists():
            stamps[path].touch()  # in use: not old
    end = time.monotonic() + options.budget
    failed, left_out = [], []

    def work(path):
        if time.monotonic() > end:
            left_out.append(path)
            return
        passed, said = look_at(path, options)
        if passed:
            stamps[path].touch()
        else:
            failed.append(path)
            print(said, flush=True)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(work, todo))
    print(f"clang-tidy: {len(ours)} files: {len(ours) - len(todo)} unchanged since they passed, "
          f"{len(todo) - len(left_out)} looked at, {len(failed)} with findings, {len(left_out)} left out")
    if left_out:
        names = sorted(str(path.relative_to(ROOT)) for path in left_out)
        print(f"clang-tidy: left out, because the budget of {options.budget:.0f} s ended: {' '.join(names[:NAMES_MAX])}"
              + (f" and {len(names) - NAMES_MAX} more" if len(names) > NAMES_MAX else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
