"""Whether the test of a mutant fails, as it should.

Noticed means that a test failed. A test that is not there, a bundle that does not build or a
fixture that breaks proves nothing, and is told apart.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from tools.mutants.mutant import Mutant

FRONTEND = Path("components/webllm_chat/frontend")
NOTICED = "noticed"


def verdict_of(mutant: Mutant, copy: Path) -> str:
    runner, *arguments = mutant.test
    report = copy / ".cache" / "mutant-report"
    report.unlink(missing_ok=True)
    if runner == "vitest":
        reporter = ["--reporter=json", f"--outputFile={report}"]
        result = run(["npx", "vitest", "run", *reporter, *arguments], copy / FRONTEND)
        return verdict_on(*vitest_counts(report), result)
    if any("tests/browser" in argument for argument in arguments):
        built = run(["npx", "vite", "build", "--logLevel", "error"], copy / FRONTEND)
        if built.returncode != 0:
            return verdict_on(0, 0, built)
    result = run(
        [sys.executable, "-m", "pytest", "-q", "-x", f"--junitxml={report}", *arguments], copy
    )
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


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which(command[0]) or command[0]
    return subprocess.run(
        [program, *command[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
