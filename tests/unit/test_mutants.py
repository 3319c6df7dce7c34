"""Every mutant still applies and names its row; every row of docs/failures.md has one."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tools.mutants.__main__ import main
from tools.mutants.mutant import (
    ROOT,
    DoesNotApplyError,
    Mutant,
    mutated,
    read_mutants,
)
from tools.mutants.verdict import FRONTEND, NOTICED, verdict_of

MUTANTS = read_mutants()
WHAT_TO_DO = """
Each row of docs/failures.md has one mutant in tests/mutants/ that takes its fallback out of the
code. Write the missing one (tools/mutants/__init__.py says how), and see its test turn red:
python -m tools.mutants NAME. Where a row was renamed or removed, its mutant follows.
"""


def rows() -> list[str]:
    lines = (ROOT / "docs/failures.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")]
    return [line.strip("|").split("|")[0].strip() for line in table[2:]]


def test_each_row_has_one_mutant_and_each_mutant_a_row() -> None:
    listed = Counter(rows())
    removed = Counter(mutant.row for mutant in MUTANTS)
    assert sorted((listed - removed).elements()) == [], f"rows without a mutant:{WHAT_TO_DO}"
    assert sorted((removed - listed).elements()) == [], f"mutants without a row:{WHAT_TO_DO}"
    assert len(listed) >= 30


each_mutant = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)


@cache
def all_mutated() -> dict[str, str | DoesNotApplyError]:
    return mutated(MUTANTS)


@each_mutant
def test_a_mutant_applies_to_the_code_as_it_is(mutant: Mutant) -> None:
    text = all_mutated()[mutant.name]
    assert isinstance(text, str), (
        f"{text}\nWrite it anew, and see its test turn red: python -m tools.mutants {mutant.name}"
    )
    assert text.split() != (ROOT / mutant.file).read_text(encoding="utf-8").split()


@each_mutant
def test_a_mutants_test_exists(mutant: Mutant) -> None:
    runner, *arguments = mutant.test
    folder = ROOT / FRONTEND if runner == "vitest" else ROOT
    files = [re.sub("::.*", "", argument) for argument in arguments if "/" in argument]
    assert files
    for file in files:
        assert (folder / file).exists(), file


def table(**changes: str | None) -> str:
    keys: dict[str, str | None] = {
        "row": "a row",
        "test": "pytest tests/unit",
        "file": "a.py",
        "replace": "a",
        "with": "b",
        **changes,
    }
    lines = [f"{key} = '{value}'" for key, value in keys.items() if value is not None]
    return "\n".join(["[broken]", *lines, ""])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (table(row=None), r"a\.toml: broken lacks row\."),
        (table(file=None, test=None), r"a\.toml: broken lacks file, test\."),
        (table(function="f"), r"a\.toml: broken has function, which mean nothing\."),
        (table(test="make everything"), r"a\.toml: broken: .* by vitest or pytest"),
        (table(test=""), r"a\.toml: broken: .* by vitest or pytest"),
    ],
)
def test_a_mutant_that_is_not_whole_is_refused_by_name(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_mutants(tmp_path)


def test_two_mutants_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(table(), encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.toml: the name broken is taken"):
        read_mutants(tmp_path)


def test_an_unknown_name_is_not_taken_for_no_mutants(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["no-such-mutant", "device-lost"])
    assert "no mutant is called no-such-mutant" in capsys.readouterr().err


TYPESCRIPT = """
/** é and 🙂 are one character each. */
const LIMIT = [1, 2];
export function first(limit: number): number {
  return limit <
    3 ? 1 : 2;
}
class Engine<T> {
  #limit = 3;
  get limit(): number {
    return this.#limit < 3 ? 1 : 2;
  }
  #start(limit: T): void {
    const inner = (limit: T) => limit < 3;
  }
}
const second = (limit: number): boolean => (limit < 3);
"""
PYTHON = """
# é and 🙂 are one character each.
LIMIT: int = 3
OTHER = 3
def first(limit):
    "é"; return limit < 3
class Engine:
    @property
    def limit(self):
        return self._limit < 3
    async def start(self, limit):
        def inner(): return limit < 3
"""


def change(folder: Path, name: str, place: str | None, replaced: str) -> str | DoesNotApplyError:
    (folder / "a.ts").write_text(TYPESCRIPT, encoding="utf-8")
    (folder / "a.py").write_text(PYTHON, encoding="utf-8")
    vite = folder / FRONTEND / "node_modules/vite"
    vite.parent.mkdir(parents=True)
    vite.symlink_to(ROOT / FRONTEND / "node_modules/vite")
    mutant = Mutant("any", "any", ("pytest",), Path(name), place, replaced, "CHANGED")
    return mutated([mutant], folder)["any"]


@pytest.mark.parametrize(
    ("name", "place", "replaced", "line"),
    [
        ("a.ts", "LIMIT", "1, 2", "const LIMIT = [CHANGED];"),
        ("a.ts", "first", "limit < 3", "  return CHANGED ? 1 : 2;"),
        ("a.ts", "Engine.limit", "#limit < 3", "    return this.CHANGED ? 1 : 2;"),
        ("a.ts", "Engine.#limit", "3", "  #limit = CHANGED;"),
        ("a.ts", "Engine.#start", "limit < 3", "    const inner = (limit: T) => CHANGED;"),
        (
            "a.ts",
            "Engine.#start.inner",
            "3",
            "    const inner = (limit: T) => limit < CHANGED;",
        ),
        ("a.ts", "second", "< 3", "const second = (limit: number): boolean => (limit CHANGED);"),
        ("a.ts", None, "[1, 2]", "const LIMIT = CHANGED;"),
        ("a.py", "LIMIT", "3", "LIMIT: int = CHANGED"),
        ("a.py", "OTHER", "3", "OTHER = CHANGED"),
        ("a.py", "first", "limit  < 3", '    "é"; return CHANGED'),
        ("a.py", "Engine.limit", "3", "        return self._limit < CHANGED"),
        ("a.py", "Engine.start.inner", "3", "        def inner(): return limit < CHANGED"),
    ],
)
def test_only_the_named_place_changes(
    tmp_path: Path, name: str, place: str | None, replaced: str, line: str
) -> None:
    text = change(tmp_path, name, place, replaced)
    assert isinstance(text, str)
    before = (tmp_path / name).read_text(encoding="utf-8").splitlines()
    assert [new for new in text.splitlines() if new not in before] == [line]


@pytest.mark.parametrize(
    ("name", "place", "replaced", "message"),
    [
        ("a.ts", "gone", "3", "any: gone is 0 times, not once, in a.ts"),
        ("a.py", "Engine.first", "3", "any: Engine.first is 0 times, not once, in a.py"),
        ("a.ts", "first", "limit > 3", "any: this is 0 times, not once, in first of a.ts"),
        ("a.ts", "first", "limit", "any: this is 2 times, not once, in first of a.ts"),
        ("a.py", None, "< 3", "any: this is 3 times, not once, in all of a.py"),
        ("b.ts", "first", "3", "any: there is no file b.ts"),
    ],
)
def test_a_mutant_that_does_not_apply_says_so_by_name(
    tmp_path: Path, name: str, place: str | None, replaced: str, message: str
) -> None:
    error = change(tmp_path, name, place, replaced)
    assert isinstance(error, DoesNotApplyError)
    assert str(error).startswith(message)


def mutant_of(test: tuple[str, ...]) -> Mutant:
    return Mutant("any", "any", test, Path("any.py"), None, "a", "b")


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
    verdict = verdict_of(mutant_of(test), ROOT)
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
    verdict_now = verdict_of(mutant_of(("pytest", str(tmp_path / "test_it.py"))), ROOT)
    assert verdict_now.splitlines()[0] == verdict
