"""Fetching the real clerk-js and its interface: the npm packages alone, pinned by hash.

Only their built files are served; installing them would bring hundreds of packages along.
"""

import base64
import hashlib
import json
import subprocess
import tarfile
from pathlib import Path

_PINS = Path(__file__).with_name("scripts.json")


def fetch_scripts(cache: Path) -> Path:
    """Return a folder with the unpacked packages `clerk-js` and `ui`, fetching what is missing.

    Raises:
        RuntimeError: A package is not what was pinned.
    """
    pins: dict[str, dict[str, str]] = json.loads(_PINS.read_text())
    folder = cache / hashlib.sha256(_PINS.read_bytes()).hexdigest()[:12]
    for name, pin in pins.items():
        if not (folder / name).exists():
            _fetch(name, pin, folder)
    return folder


def _fetch(name: str, pin: dict[str, str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(
        ["npm", "pack", "--silent", pin["package"]],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = folder / packed.stdout.split()[-1]
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if pin["integrity"] != f"sha512-{digest}":
        raise RuntimeError(f"{pin['package']} is not the package pinned in {_PINS.name}")
    unpacked = folder / f"{name}.part"
    with tarfile.open(archive) as tar:
        tar.extractall(unpacked, filter="data")
    (unpacked / "package").rename(folder / name)
    unpacked.rmdir()
    archive.unlink()
