"""What a mutant is, and what it makes of the code."""

from __future__ import annotations

import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.places import Places, places_in

ROOT = Path(__file__).parents[2]
MUTANTS = ROOT / "tests" / "mutants"
KEYS = {"row", "test", "file", "in", "replace", "with"}
OPTIONAL = {"in"}
RUNNERS = ("vitest", "pytest")


class DoesNotApplyError(ValueError):
    """The code that a mutant changes is not there, or there more than once."""


@dataclass(frozen=True)
class Mutant:
    """One change, the row of docs/failures.md it belongs to, and the test that must notice.

    `file` is relative to the repository's root; `place` is a name in it, None for all of it.
    """

    name: str
    row: str
    test: tuple[str, ...]
    file: Path
    place: str | None
    replaced: str
    replacement: str


def read_mutants(folder: Path = MUTANTS) -> list[Mutant]:
    """
    Raises:
        ValueError: a mutant lacks a key, has an unknown one or an unknown runner, or its name is
            taken; the message names it.
    """
    mutants: dict[str, Mutant] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in mutants:
                raise ValueError(f"{path.name}: the name {name} is taken.")
            mutants[name] = _mutant(f"{path.name}: {name}", name, table)
    return list(mutants.values())


def _mutant(where: str, name: str, table: dict[str, str]) -> Mutant:
    if missing := sorted(KEYS - OPTIONAL - table.keys()):
        raise ValueError(f"{where} lacks {', '.join(missing)}.")
    if unknown := sorted(table.keys() - KEYS):
        raise ValueError(f"{where} has {', '.join(unknown)}, which mean nothing.")
    test = tuple(shlex.split(table["test"]))
    if not test or test[0] not in RUNNERS:
        raise ValueError(f"{where}: its test must be run by {' or '.join(RUNNERS)}.")
    return Mutant(
        name,
        table["row"],
        test,
        Path(table["file"]),
        table.get("in"),
        table["replace"],
        table["with"],
    )


def mutated(mutants: list[Mutant], root: Path = ROOT) -> dict[str, str | DoesNotApplyError]:
    """By each mutant's name its file's changed text, or why there is none.

    Args:
        mutants: the mutants.
        root: of the checkout they are to change.
    """
    files = {mutant.file for mutant in mutants if (root / mutant.file).is_file()}
    places = places_in(sorted(files), root)
    changed: dict[str, str | DoesNotApplyError] = {}
    for mutant in mutants:
        try:
            changed[mutant.name] = _changed(mutant, root, places)
        except DoesNotApplyError as error:
            changed[mutant.name] = error
    return changed


def _changed(mutant: Mutant, root: Path, places: dict[Path, Places]) -> str:
    if mutant.file not in places:
        raise DoesNotApplyError(f"{mutant.name}: there is no file {mutant.file}.")
    text = (root / mutant.file).read_text(encoding="utf-8")
    start, end = 0, len(text)
    if mutant.place is not None:
        found = places[mutant.file].get(mutant.place, [])
        where = f"{mutant.name}: {mutant.place} is"
        if len(found) != 1:
            raise DoesNotApplyError(f"{where} {len(found)} times, not once, in {mutant.file}.")
        start, end = found[0]
    matches = list(_pattern(mutant.replaced).finditer(text, start, end))
    if len(matches) != 1:
        raise DoesNotApplyError(
            f"{mutant.name}: this is {len(matches)} times, not once, in "
            f"{mutant.place or 'all'} of {mutant.file}:\n{mutant.replaced}"
        )
    before, after = text[: matches[0].start()], text[matches[0].end() :]
    return f"{before}{mutant.replacement}{after}"


def _pattern(text: str) -> re.Pattern[str]:
    """Finds the text, whatever space stands where it has some."""
    return re.compile(r"\s+".join(re.escape(word) for word in text.split()))
