#!/usr/bin/env python3
"""Python packages that tests need, each set of them in a folder of its own under build/.

usage: tests/e2e/python_packages.py NAME    prints the folder of the programs of tests/e2e/NAME_requirements.txt

Installs once, and again when the requirements have changed. Exits 77, saying why, when that is not possible.
"""
import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SKIPPED = 77


class Unavailable(Exception):
    """The packages could not be installed; the text says why."""


def programs_of(name):
    """The folder with the python and the programs of one set. @raise Unavailable"""
    requirements, home = HERE / f"{name}_requirements.txt", HERE.parent.parent / "build" / name
    wanted, mark = requirements.read_text(encoding="utf-8"), home / "installed.txt"
    home.parent.mkdir(exist_ok=True)
    with open(requirements, encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two builds share the folder
        if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
            return home / "bin"
        shutil.rmtree(home, ignore_errors=True)
        for command in ([sys.executable, "-m", "venv", home],
                        [home / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]):
            try:
                done = subprocess.run(command, capture_output=True, text=True, check=False)
            except OSError as problem:
                raise Unavailable(str(problem)) from problem
            if done.returncode != 0:
                raise Unavailable(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-500:]}")
        mark.write_text(wanted, encoding="utf-8")
    return home / "bin"


def main():
    try:
        print(programs_of(sys.argv[1]))
    except Unavailable as problem:
        print(problem, file=sys.stderr)
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main())
