"""Every mutant still applies and names its row; every row of docs/failures.md has one."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tools.mutants import (
    FRONTEND,
    NOTICED,
    PATCHES,
    ROOT,
    Mutant,
    read_mutant,
    read_mutants,
    verdict_of,
)

WHAT_TO_DO = """
Each row of docs/failures.md has one patch in tests/mutants/ that takes its fallback out of the
code. Write the missing NAME.patch (tools/mutants.py says what its first lines are), and see its
test turn red: python -m tools.mutants NAME. Where a row was renamed or removed, its patch follows.
"""


def rows() -> list[str]:
    lines = (ROOT / "docs/failures.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")]
    return [line.strip("|").split("|")[0].strip() for line in table[2:]]


def test_each_row_has_one_mutant_and_each_mutant_a_row() -> None:
    listed = Counter(rows())
    removed = Counter(mutant.row for mutant in read_mutants())
    assert sorted((listed - removed).elements()) == [], f"rows without a mutant:{WHAT_TO_DO}"
    assert sorted((removed - listed).elements()) == [], f"mutants without a row:{WHAT_TO_DO}"
    assert len(listed) >= 30


@pytest.mark.parametrize("path", sorted(PATCHES.glob("*.patch")), ids=lambda path: path.stem)
def test_a_mutant_applies_to_the_code_as_it_is(path: Path) -> None:
    check = ["git", "apply", "--check", str(path)]
    result = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, (
        f"The code that {path.name} changes was itself changed: write the patch anew, and see its "
        f"test turn red with python -m tools.mutants {path.stem}.\n{result.stderr}"
    )


@pytest.mark.parametrize("path", sorted(PATCHES.glob("*.patch")), ids=lambda path: path.stem)
def test_a_mutants_test_exists(path: Path) -> None:
    runner, *arguments = read_mutant(path).test
    folder = ROOT / FRONTEND if runner == "vitest" else ROOT
    files = [re.sub("::.*", "", argument) for argument in arguments if "/" in argument]
    assert files
    for file in files:
        assert (folder / file).exists(), file


def test_a_patch_without_its_lines_is_refused_by_name(tmp_path: Path) -> None:
    patch = tmp_path / "broken.patch"
    patch.write_text("diff --git a/x b/x\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.patch must begin"):
        read_mutant(patch)
    patch.write_text("Row: a\nTest: make everything\n", encoding="utf-8")
    with pytest.raises(ValueError, match="vitest or pytest, not make"):
        read_mutant(patch)


@pytest.mark.parametrize(
    "test",
    [
        ("vitest", "src/engine/trim.test.ts", "-t", "no test has this name"),
        ("vitest", "src/engine/no-such-file.test.ts"),
        ("pytest", "tests/unit/test_fit.py", "-k", "no_test_has_this_name"),
        ("pytest", "tests/unit/test_no_such_file.py"),
    ],
    ids=" ".join,
)
def test_a_test_that_is_not_there_notices_nothing(test: tuple[str, ...]) -> None:
    verdict = verdict_of(Mutant(Path("any.patch"), "any", test), ROOT)
    assert verdict.startswith("NOT NOTICED: no test was run")


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("def test_it(): assert False", NOTICED),
        ("def test_it(): pass", "NOT NOTICED"),
        ("def test_it(no_such_fixture): pass", "NOT NOTICED: no test was run"),
    ],
)
def test_only_a_test_that_fails_notices(tmp_path: Path, body: str, verdict: str) -> None:
    (tmp_path / "test_it.py").write_text(body, encoding="utf-8")
    mutant = Mutant(Path("any.patch"), "any", ("pytest", str(tmp_path / "test_it.py")))
    assert verdict_of(mutant, ROOT).splitlines()[0] == verdict
