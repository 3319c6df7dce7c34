"""Copy models from Hugging Face, and their libraries from WebLLM's host, into a mirror.

A pull that was interrupted goes on where it stopped: whole files are kept, and shards continue from
their `.part` files. A model appears in the mirror when all of it is there and verified.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tools.model_kit.catalog import CatalogModel, load_catalog
from tools.model_kit.errors import ModelKitError
from tools.model_kit.manifest import SEGMENT, Manifest
from tools.model_kit.mirror import Mirror

CHUNK = 64 << 10  # bytes; a chunk that breaks off is lost
TIMEOUT = (10, 60)  # seconds to connect, and between two chunks
ATTEMPTS = 4  # a connection that breaks is taken up again this often, less one


def catalog_models(model_ids: Sequence[str]) -> list[CatalogModel]:
    """The catalog's entries for these ids.

    Raises:
        ModelKitError: The catalog has no such model.
    """
    known = {model.model_id: model for model in load_catalog()}
    missing = [model_id for model_id in model_ids if model_id not in known]
    if missing:
        raise ModelKitError(
            f"the app's catalog has no model {', '.join(missing)}; see "
            "components/webllm_chat/catalog.json for the ids it has"
        )
    return [known[model_id] for model_id in model_ids]


@dataclass(frozen=True)
class Puller:
    """Pulls into `mirror`.

    `hub`, where given, is the origin weights come from (`<hub>/mlc-ai/<id>/resolve/main/`), and
    `library_host` the address of a folder that holds the libraries; else the catalog's addresses.
    """

    mirror: Mirror
    hub: str | None = None
    library_host: str | None = None

    def pull(self, model: CatalogModel) -> Manifest:
        """Copy one model, verify it, and add it to the mirror.

        Raises:
            ModelKitError: A host cannot be reached, a file is not there or not what it should be,
                or the disk is full.
        """
        name = model.repository
        staged = self.mirror.folder(name).parent / "pulling"
        with disk_errors(staged):
            staged.mkdir(parents=True, exist_ok=True)
            self._pull_weights(self._weights_address(model), staged)
            library = self.mirror.library(model.library_name)
            if not library.exists():
                library.parent.mkdir(parents=True, exist_ok=True)
                fetch(self._library_address(model), library)
            return self.mirror.install(name, staged, model.library_name)

    def _weights_address(self, model: CatalogModel) -> str:
        if self.hub is not None:
            return f"{self.hub.rstrip('/')}/mlc-ai/{model.repository}/resolve/main"
        address = model.model.rstrip("/")
        return address if "/resolve/" in address else f"{address}/resolve/main"

    def _library_address(self, model: CatalogModel) -> str:
        if self.library_host is None:
            return model.model_lib
        return f"{self.library_host.rstrip('/')}/{model.library_name}"

    def _pull_weights(self, address: str, staged: Path) -> None:
        chat = fetch_json(f"{address}/mlc-chat-config.json", staged / "mlc-chat-config.json")
        tensors = fetch_json(f"{address}/tensor-cache.json", staged / "tensor-cache.json")
        for name in map(safe_name, chat["tokenizer_files"]):
            if not (staged / name).exists():
                fetch(f"{address}/{name}", staged / name)
        shards = tensors["records"]
        for number, shard in enumerate(shards, 1):
            name = safe_name(shard["dataPath"])
            if not (staged / name).exists():
                report(f"{name} ({number} of {len(shards)}, {shard['nbytes'] / 1e6:.1f} MB)")
                fetch_shard(f"{address}/{name}", staged / name, shard)


def safe_name(name: str) -> str:
    """The name, if it stays in its folder."""
    if not re.fullmatch(SEGMENT, name):
        raise ModelKitError(f"the model's own file list names {name!r}, which is no file name")
    return name


def fetch_json(address: str, target: Path) -> dict[str, Any]:
    """Fetch a JSON object anew, since it names the files that follow."""
    fetch(address, target)
    try:
        content = json.loads(target.read_bytes())
    except ValueError as error:
        target.unlink()
        raise ModelKitError(
            f"{address} is not JSON: the host answered with something else, perhaps a sign-in page"
        ) from error
    if not isinstance(content, dict):
        raise ModelKitError(f"{address} should hold a JSON object and does not")
    return content


def fetch(address: str, target: Path) -> None:
    """Fetch a small file whole; resumption is for shards."""
    report(target.name)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    download(address, part)
    part.replace(target)


def fetch_shard(address: str, target: Path, shard: dict[str, Any]) -> None:
    """Fetch a shard, going on from what is there, and compare it with its record."""
    part = target.with_name(f"{target.name}.part")
    download(address, part)
    size, wanted = part.stat().st_size, shard["nbytes"]
    if size != wanted:
        part.unlink()
        raise ModelKitError(
            f"{address} has {size} bytes where tensor-cache.json says {wanted}; pull again, and if "
            "that does not help, the host's copy is bad"
        )
    md5 = shard.get("md5sum")
    if md5 and md5_of(part) != md5:
        part.unlink()
        raise ModelKitError(
            f"{address} does not match its MD5 in tensor-cache.json; what came was deleted: pull "
            "again, and if that does not help, the host's copy is bad"
        )
    part.replace(target)


def download(address: str, part: Path) -> None:
    """Append to `part` what it lacks of the file at `address`, through broken connections."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return download_once(address, part)
        except requests.HTTPError as error:
            raise ModelKitError(describe(address, error.response.status_code)) from error
        except requests.RequestException as error:
            if attempt == ATTEMPTS:
                raise ModelKitError(
                    f"{address} could not be fetched ({error}). Check the network and any proxy, "
                    "then run the same command: it goes on where it stopped"
                ) from error
    return None


def download_once(address: str, part: Path) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
    with requests.get(address, headers=headers, stream=True, timeout=TIMEOUT) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            return  # nothing lacks: the caller compares sizes
        response.raise_for_status()
        resumed = response.status_code == requests.codes.partial_content
        with part.open("ab" if resumed else "wb") as file:
            for chunk in response.iter_content(CHUNK):
                file.write(chunk)


def describe(address: str, status: int) -> str:
    if status == requests.codes.not_found:
        return f"{address} does not exist (404): the host has no such model or file"
    if status in (requests.codes.unauthorized, requests.codes.forbidden):
        return f"{address} may not be read ({status}): the host wants permission for this model"
    return f"{address} answered {status}; try again later"


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn a full disk into a message."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ModelKitError(
            f"the disk is full: free some space for {folder}, then run the same command: it goes "
            "on where it stopped"
        ) from error


def md5_of(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest()


def report(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
