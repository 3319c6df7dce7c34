"""Where the named parts of source files are: functions, methods, classes, constants."""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from tools.node import prefer_own_node

VITE = Path("components/webllm_chat/frontend/node_modules/vite")
SCRIPT = Path(__file__).with_name("places.mjs")
TYPESCRIPT = {".ts", ".tsx"}

# By a name such as `Class.method`, where each such part begins, and where it has ended.
Places = dict[str, list[tuple[int, int]]]


def places_in(files: list[Path], root: Path) -> dict[Path, Places]:
    """The named parts of each file; a file in another language than Python and TypeScript has none.

    Args:
        files: relative to `root`.
        root: of the checkout they are in.
    """
    places: dict[Path, Places] = {
        file: _python_places((root / file).read_text(encoding="utf-8"))
        if file.suffix == ".py"
        else {}
        for file in files
    }
    return places | _typescript_places([file for file in files if file.suffix in TYPESCRIPT], root)


def _typescript_places(files: list[Path], root: Path) -> dict[Path, Places]:
    if not files:
        return {}
    prefer_own_node()
    command = ["node", str(SCRIPT), str(root / VITE), *(str(root / file) for file in files)]
    answer = json.loads(subprocess.check_output(command, text=True))
    return {
        file: {
            name: [(start, end) for start, end in spans]
            for name, spans in answer[str(root / file)].items()
        }
        for file in files
    }


def _python_places(text: str) -> Places:
    lines = text.splitlines(keepends=True)
    starts = [0, *accumulate(len(line) for line in lines)]

    def offset(line: int, column: int) -> int:
        # Python counts columns in bytes.
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    places: Places = {}
    for name, node in _named_parts(ast.parse(text), ()):
        end = offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
        places.setdefault(name, []).append((offset(node.lineno, node.col_offset), end))
    return places


def _named_parts(node: ast.AST, outer: tuple[str, ...]) -> Iterator[tuple[str, ast.stmt]]:
    for child in ast.iter_child_nodes(node):
        names = outer
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names = (*outer, child.name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names = (*outer, name)
        if names != outer and isinstance(child, ast.stmt):
            yield ".".join(names), child
        yield from _named_parts(child, names)
