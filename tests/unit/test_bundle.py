"""The committed bundle: nothing of the operator's in it, nothing missing from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from webllm_app.settings import Settings, names_of

DIST = Path(__file__).parents[2] / "components" / "webllm_chat" / "frontend" / "dist"
FILES = [path for path in DIST.rglob("*") if path.is_file()]


def test_no_setting_was_bundled() -> None:
    # The build tool takes up variables with this prefix; the advice may name others in words.
    known = {name for field in Settings.model_fields for name in names_of(field)}
    names = {name for name in known if name.startswith("VITE_")}
    assert "VITE_CLERK_SECRET_KEY" in names
    for path in FILES:
        content = path.read_bytes()
        for name in names:
            assert name.encode() not in content, f"{name} is in {path.name}"


def test_every_asset_the_page_names_is_there() -> None:
    index = (DIST / "index.html").read_text()
    assets = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', index)
    assert assets
    assert all((DIST / asset).is_file() for asset in assets)


@pytest.mark.parametrize("engine", ["webllm.worker", "wllama.worker", "download.worker"])
def test_engines_are_not_part_of_the_chat_shell(engine: str) -> None:
    shell = (DIST / "index.html").read_text()
    assert engine not in shell
    assert any(path.name.startswith(engine) for path in FILES)
