"""Downloads one pinned file, going on from where an earlier attempt stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import requests

from webllm_app.embedded_model.artifact import PinnedFile, has_content
from webllm_app.embedded_model.errors import EmbeddedModelError
from webllm_app.embedded_model.index import TIMEOUT_SECONDS, without_password

Progress = Callable[[int, int], None]
"""Called with the bytes received so far and the bytes in all."""

CHUNK_BYTES = 256 * 1024
ATTEMPTS_WITHOUT_PROGRESS = 4
RETRY_SECONDS = 1.0


def download(
    session: requests.Session,
    address: str,
    pinned: PinnedFile,
    part: Path,
    on_progress: Progress,
) -> None:
    """Fills `part` with the pinned file and verifies it.

    A broken connection is resumed by a range request; what `part` already holds is kept, also
    from an earlier run. When what was kept turns out to be wrong, the file is fetched once more
    from the start.

    Raises:
        EmbeddedModelError: the server can't be reached, refuses, or sends something else.
        OSError: `part` cannot be written.
    """
    kept = received_bytes(part, pinned)
    _fill(session, address, pinned, part, on_progress)
    if has_content(part, pinned):
        return
    part.unlink()
    if kept:
        _fill(session, address, pinned, part, on_progress)
        if has_content(part, pinned):
            return
        part.unlink()
    raise EmbeddedModelError(
        f"The download of {pinned.name} is not the file this app was made for.",
        f"Its SHA-256 from {without_password(address)} differs from the one pinned in the app; "
        "a proxy or mirror may have changed it. It was thrown away.",
        "Try again, or set PIP_INDEX_URL to another package index.",
    )


def received_bytes(part: Path, pinned: PinnedFile) -> int:
    """How much of the file an earlier attempt left, in bytes; more than there is counts as none."""
    try:
        size = part.stat().st_size
    except FileNotFoundError:
        return 0
    return size if size <= pinned.size else 0


def _fill(
    session: requests.Session, address: str, pinned: PinnedFile, part: Path, on_progress: Progress
) -> None:
    failures = 0
    while (received := received_bytes(part, pinned)) < pinned.size:
        try:
            _continue(session, address, pinned, part, received, on_progress)
        except requests.RequestException as error:
            progressed = received_bytes(part, pinned) > received
            failures = 1 if progressed else failures + 1
            if failures >= ATTEMPTS_WITHOUT_PROGRESS or not _is_passing(error):
                raise _unreachable(address, pinned, part, error) from error
            time.sleep(RETRY_SECONDS * failures)


def _continue(
    session: requests.Session,
    address: str,
    pinned: PinnedFile,
    part: Path,
    received: int,
    on_progress: Progress,
) -> None:
    headers = {"Accept-Encoding": "identity"}
    if received:
        headers["Range"] = f"bytes={received}-"
    with session.get(address, headers=headers, stream=True, timeout=TIMEOUT_SECONDS) as response:
        response.raise_for_status()
        if not _resumes_at(response, received):
            received = 0
        announced = response.headers.get("Content-Length")
        if announced is not None and int(announced) != pinned.size - received:
            raise _wrong_length(address, pinned, announced)
        with part.open("ab" if received else "wb") as file:
            for chunk in response.iter_content(CHUNK_BYTES):
                file.write(chunk)
                received += len(chunk)
                if received > pinned.size:
                    raise _wrong_length(address, pinned, f"more than {pinned.size}")
                on_progress(received, pinned.size)
    if received < pinned.size:
        raise requests.ConnectionError("the connection ended early")


def _resumes_at(response: requests.Response, received: int) -> bool:
    return response.status_code == requests.codes.partial_content and response.headers.get(
        "Content-Range", ""
    ).startswith(f"bytes {received}-")


def _is_passing(error: requests.RequestException) -> bool:
    """Whether trying again may help: not when the server said no for good (4xx)."""
    response = error.response
    if response is None:
        return True
    return response.status_code >= 500 or response.status_code in (408, 425, 429)


def _wrong_length(address: str, pinned: PinnedFile, sent: str) -> EmbeddedModelError:
    return EmbeddedModelError(
        f"{without_password(address)} is not {pinned.name}.",
        f"It sent {sent} bytes where {pinned.size} are in all; "
        "a sign-in page of the network may have answered in its place.",
        "Open any web page to see whether this network asks for a sign-in, then try again.",
    )


def _unreachable(
    address: str, pinned: PinnedFile, part: Path, error: requests.RequestException
) -> EmbeddedModelError:
    kept = received_bytes(part, pinned) / 1e6
    why = (
        f"The server answered {error.response.status_code} for {without_password(address)}."
        if error.response is not None
        else f"The connection to {without_password(address)} failed ({type(error).__name__})."
    )
    return EmbeddedModelError(
        f"The download of {pinned.name} stopped at {kept:.1f} of {pinned.size / 1e6:.1f} MB.",
        why,
        "Check the network connection and try again: what is here is kept, "
        "and the download goes on from there.",
    )
