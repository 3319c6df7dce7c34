"""Takes each fallback out in turn and expects its test to notice: `python -m tools.mutants`.

Every mutant is applied to a copy of the last commit, so the working tree stays as it is.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from tools.mutants.mutant import ROOT, DoesNotApplyError, Mutant, mutated, read_mutants
from tools.mutants.verdict import FRONTEND, NOTICED, run, verdict_of
from tools.node import prefer_own_node

COPY = ROOT / ".cache" / "mutants"
# What git does not keep, and tests need; the copy borrows it.
BORROWED = (
    Path(".venv"),
    Path(".cache/model_kit"),
    FRONTEND / "node_modules",
    Path("components/clerk_auth/frontend/node_modules"),
)
# Streamlit serves no file through a symbolic link, so these are linked one by one.
SERVED = Path("static/models")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help="only these; default: all")
    parser.add_argument("--check", action="store_true", help="only see that every mutant applies")
    options = parser.parse_args(arguments)
    mutants = read_mutants()
    names = set(options.names) or {mutant.name for mutant in mutants}
    if unknown := sorted(names - {mutant.name for mutant in mutants}):
        parser.error(f"no mutant is called {', '.join(unknown)}")
    mutants = [mutant for mutant in mutants if mutant.name in names]
    prefer_own_node()
    copy = make_copy()
    changed = mutated(mutants, copy)
    survivors = [m for m in mutants if not is_noticed(m, changed[m.name], copy, options.check)]
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


def is_noticed(mutant: Mutant, text: str | DoesNotApplyError, copy: Path, only_check: bool) -> bool:
    if isinstance(text, DoesNotApplyError):
        print(text, file=sys.stderr)
        return False
    if only_check:
        return True
    (copy / mutant.file).write_text(text, encoding="utf-8")
    try:
        verdict = verdict_of(mutant, copy)
    finally:
        git("checkout", "--quiet", "--", ".", folder=copy)
    print(f"{mutant.name}: {verdict}", flush=True)
    return verdict == NOTICED


def git(*arguments: str, folder: Path = ROOT) -> None:
    run(["git", *arguments], folder).check_returncode()


if __name__ == "__main__":
    sys.exit(main())
