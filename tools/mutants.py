"""Removes each fallback in turn and expects its test to notice: `python -m tools.mutants`.

Each `tests/mutants/*.patch` takes one fallback of docs/failures.md out of the code. Its first lines
name the row and the test that must turn red:

    Row: context window full
    Test: vitest src/engine/machine.test.ts -t 'is trimmed'

A test is run by `vitest` in the chat's frontend, or by `pytest` at the root; a `pytest` of
`tests/browser` runs on a bundle built with the mutant. Every mutant is applied to a copy of the
last commit, so the working tree stays as it is.

Noticed means that a test failed. A test that is not there, a bundle that does not build or a
fixture that breaks proves nothing, and is told apart.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATCHES = ROOT / "tests" / "mutants"
FRONTEND = Path("components/webllm_chat/frontend")
COPY = ROOT / ".cache" / "mutants"
# What git does not keep, and tests need; the copy borrows it.
BORROWED = (
    Path(".venv"),
    Path(".cache/model_kit"),
    FRONTEND / "node_modules",
    Path("components/clerk_auth/frontend/node_modules"),
)
NOTICED = "noticed"
# Streamlit serves no file through a symbolic link, so these are linked one by one.
SERVED = Path("static/models")


@dataclass(frozen=True)
class Mutant:
    """One patch, the row of docs/failures.md it belongs to, and the test that must notice."""

    path: Path
    row: str
    test: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.path.stem


def read_mutant(path: Path) -> Mutant:
    """Raises:
    ValueError: the patch lacks its `Row:` or `Test:` line, or names an unknown runner.
    """
    head = dict(
        line.split(": ", 1)
        for line in path.read_text(encoding="utf-8").splitlines()[:4]
        if line.startswith(("Row: ", "Test: "))
    )
    if head.keys() != {"Row", "Test"}:
        raise ValueError(f"{path.name} must begin with the lines 'Row: ...' and 'Test: ...'.")
    test = tuple(shlex.split(head["Test"]))
    if test[0] not in ("vitest", "pytest"):
        raise ValueError(f"{path.name}: its test must be run by vitest or pytest, not {test[0]}.")
    return Mutant(path, head["Row"], test)


def read_mutants(folder: Path = PATCHES) -> list[Mutant]:
    return [read_mutant(path) for path in sorted(folder.glob("*.patch"))]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help="only these; default: all")
    parser.add_argument("--check", action="store_true", help="only see that every patch applies")
    options = parser.parse_args(arguments)
    mutants = [m for m in read_mutants() if not options.names or m.name in options.names]
    copy = make_copy()
    survivors = [mutant for mutant in mutants if not is_noticed(mutant, copy, options.check)]
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants as expected")
    for mutant in survivors:
        print(f"  {mutant.name}: {mutant.row}", file=sys.stderr)
    return 1 if survivors else 0


def make_copy() -> Path:
    """A fresh checkout of the last commit, with what it needs to run tests."""
    if COPY.exists():
        git("worktree", "remove", "--force", str(COPY))
    git("worktree", "add", "--detach", "--quiet", str(COPY), "HEAD")
    for borrowed in BORROWED:
        target = COPY / borrowed
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(ROOT / borrowed)
    if (ROOT / SERVED).exists():
        shutil.copytree(ROOT / SERVED, COPY / SERVED, copy_function=os.link, dirs_exist_ok=True)
    return COPY


def is_noticed(mutant: Mutant, copy: Path, only_check: bool) -> bool:
    applied = run(["git", "apply", str(mutant.path)], copy)
    if applied.returncode != 0:
        print(f"{mutant.name}: does not apply any more\n{applied.stderr}", file=sys.stderr)
        return False
    try:
        if only_check:
            return True
        verdict = verdict_of(mutant, copy)
    finally:
        git("checkout", "--quiet", "--", ".", folder=copy)
    print(f"{mutant.name}: {verdict}", flush=True)
    return verdict == NOTICED


def verdict_of(mutant: Mutant, copy: Path) -> str:
    runner, *arguments = mutant.test
    report = copy / ".cache" / "mutant-report"
    report.unlink(missing_ok=True)
    if runner == "vitest":
        # The default reporter needs a newer Node to print failures.
        reporter = ["--reporter=json", f"--outputFile={report}"]
        result = run(["npx", "vitest", "run", *reporter, *arguments], copy / FRONTEND)
        return verdict_on(*vitest_counts(report), result)
    if any("tests/browser" in argument for argument in arguments):
        built = run(["npx", "vite", "build", "--logLevel", "error"], copy / FRONTEND)
        if built.returncode != 0:
            return verdict_on(0, 0, built)
    python = str(ROOT / ".venv/bin/python")
    result = run([python, "-m", "pytest", "-q", "-x", f"--junitxml={report}", *arguments], copy)
    return verdict_on(*pytest_counts(report), result)


def verdict_on(ran: int, failed: int, result: subprocess.CompletedProcess[str]) -> str:
    """
    Args:
        ran: tests that were run to their end.
        failed: those of them that failed.
        result: the run, whose output explains a run without tests.
    """
    if failed > 0:
        return NOTICED
    if ran > 0:
        return "NOT NOTICED"
    return f"NOT NOTICED: no test was run\n{result.stdout[-2000:]}{result.stderr[-2000:]}"


def vitest_counts(report: Path) -> tuple[int, int]:
    """How many tests ran, and how many of them failed, by vitest's JSON report."""
    if not report.exists():
        return 0, 0
    counts = json.loads(report.read_text(encoding="utf-8"))
    failed = int(counts["numFailedTests"])
    return int(counts["numPassedTests"]) + failed, failed


def pytest_counts(report: Path) -> tuple[int, int]:
    """How many tests ran, and how many of them failed, by pytest's JUnit report.

    A fixture that breaks counts as an error there, not as a failure.
    """
    if not report.exists():
        return 0, 0
    suites = list(ET.parse(report).iter("testsuite"))  # noqa: S314 - pytest wrote it just now

    def total(name: str) -> int:
        return sum(int(suite.get(name, 0)) for suite in suites)

    return total("tests") - total("errors") - total("skipped"), total("failures")


def git(*arguments: str, folder: Path = ROOT) -> None:
    run(["git", *arguments], folder).check_returncode()


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which(command[0]) or command[0]
    return subprocess.run(
        [program, *command[1:]], cwd=folder, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
