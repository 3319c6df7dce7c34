"""File operations that hold when two processes meet: atomic replacement and an exclusive lock."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

LOCK_POLL_SECONDS = 0.1
REPLACE_ATTEMPTS = 20


def atomic_write_text(path: Path, text: str) -> None:
    """Writes `text` so that a reader sees the old file or the new one, never a half of either."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def replace(source: Path, target: Path) -> None:
    """`os.replace`, patient with Windows, which refuses while somebody reads `target`."""
    for attempt in range(REPLACE_ATTEMPTS):
        try:
            source.replace(target)
            return
        except PermissionError:
            if sys.platform != "win32" or attempt == REPLACE_ATTEMPTS - 1:
                raise
            time.sleep(LOCK_POLL_SECONDS)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Holds `path` as a lock against every other thread and process, waiting for its turn.

    The operating system owns the lock: a process that dies lets go of it, so no lock is ever stale.
    """
    with path.open("ab") as file:
        while not _try_lock(file):
            time.sleep(LOCK_POLL_SECONDS)
        try:
            yield
        finally:
            _unlock(file)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
