"""Tests, builds and tools run on a Node that is new enough, whatever the machine's own is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.node import FOLDER, OLDEST, PROGRAMS, prefer_own_node

ROOT = FOLDER.parents[1]
MAJOR = 'process.versions.node.split(".")[0]'


def program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
    path.chmod(0o755)


def install(folder: Path, own: int | None, offered: int) -> subprocess.CompletedProcess[str]:
    """Run the installer in a copy of it.

    Args:
        own: major version of the machine's Node, None where it has none.
        offered: major version that npm brings.
    """
    shutil.copytree(FOLDER, folder / "tools/node")
    shutil.copy(ROOT / "tools/install_system_packages.sh", folder / "tools")
    if own is not None:
        program(folder / "bin/node", f"echo {own}")
    brought = f"mkdir -p node_modules/.bin; printf '#!/bin/sh\\necho {offered}' > node_modules/.bin"
    program(folder / "bin/npm", f"{brought}/node; chmod +x node_modules/.bin/node")
    for name in ("cat", "chmod", "cp", "dirname", "mkdir", "sh"):
        found = shutil.which(name)
        assert found
        (folder / "bin" / name).symlink_to(found)
    return subprocess.run(
        ["tools/node/install.sh"],
        cwd=folder,
        env={"PATH": str(folder / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("own", [OLDEST, OLDEST + 4])
def test_a_node_that_is_new_enough_is_left_alone(tmp_path: Path, own: int) -> None:
    assert install(tmp_path, own, OLDEST).returncode == 0
    assert not (tmp_path / ".cache").exists()


@pytest.mark.parametrize("own", [None, 9, OLDEST - 2, OLDEST - 1])
def test_one_is_installed_where_the_machines_is_missing_or_too_old(
    tmp_path: Path, own: int | None
) -> None:
    assert install(tmp_path, own, OLDEST).returncode == 0
    installed = tmp_path / ".cache/node/node_modules/.bin/node"
    assert subprocess.check_output([installed], text=True) == f"{OLDEST}\n"
    # What is there is not installed again.
    (tmp_path / "bin/npm").unlink()
    again = subprocess.run(
        ["tools/node/install.sh"], cwd=tmp_path, env={"PATH": str(tmp_path / "bin")}, check=False
    )
    assert again.returncode == 0


def test_an_installed_node_that_is_too_old_too_is_said(tmp_path: Path) -> None:
    result = install(tmp_path, None, OLDEST - 1)
    assert result.returncode == 1
    assert f"Node {OLDEST} or newer" in result.stderr


def test_pinned_is_one_version_that_is_new_enough() -> None:
    pins = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["optionalDependencies"]
    assert len(pins) == 3
    (version,) = set(pins.values())
    assert int(version.split(".")[0]) >= OLDEST


@pytest.mark.parametrize("component", ["webllm_chat", "clerk_auth"])
def test_the_packages_say_which_node_they_need(component: str) -> None:
    package = ROOT / "components" / component / "frontend/package.json"
    assert json.loads(package.read_text(encoding="utf-8"))["engines"]["node"] == f">={OLDEST}"


@pytest.mark.parametrize(
    "command",
    [
        ["node", "--print", MAJOR],
        ["npx", "--no", "-c", f"node --print '{MAJOR}'"],
        ["make", "--silent", "--eval", f"show: ; @node --print '{MAJOR}'", "show"],
    ],
    ids=["a test's own", "through npx", "make's"],
)
def test_what_tests_start_runs_on_it(command: list[str]) -> None:
    assert int(subprocess.check_output(command, cwd=ROOT, text=True)) >= OLDEST


def test_the_own_node_goes_ahead_of_the_machines_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.node.PROGRAMS", FOLDER)
    monkeypatch.setenv("PATH", "/somewhere")
    prefer_own_node()
    prefer_own_node()
    assert os.environ["PATH"] == f"{FOLDER}{os.pathsep}/somewhere"


def test_without_an_own_node_the_machines_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tools.node.PROGRAMS", tmp_path / PROGRAMS.name)
    monkeypatch.setenv("PATH", "/somewhere")
    prefer_own_node()
    assert os.environ["PATH"] == "/somewhere"
