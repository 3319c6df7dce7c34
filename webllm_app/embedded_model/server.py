"""Fetches the embedded model beside the running app and tells the browser how far it is.

The browser polls `app/static/models/status.json` and fetches the GGUF only once `state` is
`ready`, so no script run waits and no session is blocked.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from webllm_app.addresses import MaskAddresses
from webllm_app.embedded_model.artifact import MODELS_DIRECTORY, SMOLLM2, EmbeddedModel
from webllm_app.embedded_model.download import Progress
from webllm_app.embedded_model.errors import EmbeddedModelError
from webllm_app.embedded_model.files import atomic_write_text
from webllm_app.embedded_model.install import (
    bytes_kept,
    ensure_embedded_model,
    is_in_place,
    verify,
)

STATUS_FILE = "status.json"
SECONDS_BETWEEN_REPORTS = 0.25
SECONDS_BETWEEN_VERIFICATIONS = 60.0
FIRST_RETRY_SECONDS = 5.0
LONGEST_RETRY_SECONDS = 300.0
PUBLIC_REASON = "The server could not fetch the model; its log says why."
"""All that `status.json` says: anybody can read it, and reasons name addresses and folders."""

State = Literal["ready", "fetching", "failed"]

logger = logging.getLogger(__name__)
# An index or proxy may be set with a password.
logger.addFilter(MaskAddresses())


class EmbeddedModelStatus(BaseModel):
    """What `status.json` holds. `received` and `total` count the download, in bytes;
    `size` and `sha256` describe the GGUF file to be had under `file` beside it."""

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    state: State
    received: int
    total: int
    file: str
    size: int
    sha256: str
    error: str | None = None


class Ensure(Protocol):
    """The shape of `ensure_embedded_model`."""

    def __call__(
        self, on_progress: Progress | None = None, *, directory: Path, model: EmbeddedModel
    ) -> Path: ...


class EmbeddedModelServer:
    """Keeps the embedded model in place for the browser; one per server process.

    Its methods may be called from any session's thread, on every rerun, and return at once.
    """

    def __init__(
        self,
        *,
        directory: Path = MODELS_DIRECTORY,
        model: EmbeddedModel = SMOLLM2,
        ensure: Ensure = ensure_embedded_model,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory = directory
        self._model = model
        self._ensure = ensure
        self._clock = clock
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._status = self._describe("fetching", 0)
        self._failures = 0
        self._next_attempt = float("-inf")
        self._next_verification = float("-inf")
        self._next_report = float("-inf")

    def start_in_background(self) -> EmbeddedModelStatus:
        """Sees to it that the model is there or on its way; returns how far it is.

        After a failure it tries again, 5 s later at first and 5 minutes later at last; calls in
        between change nothing.
        """
        with self._lock:
            if self._is_working():
                return self._status
            if is_in_place(directory=self._directory, model=self._model):
                if self._status.state != "ready" or not self._status_path().is_file():
                    self._report("ready", self._model.wheel.size)
            elif self._clock() >= self._next_attempt:
                self._start(self._fetch)
            return self._status

    def check_again(self) -> EmbeddedModelStatus:
        """For when a browser found a file broken: reads this one in full, replaces it if it is.

        Does so at most once a minute, since any visitor can claim a broken file.
        """
        with self._lock:
            if not self._is_working() and self._clock() >= self._next_verification:
                self._next_verification = self._clock() + SECONDS_BETWEEN_VERIFICATIONS
                self._start(self._verify_and_fetch)
            return self._status

    def wait(self, timeout: float | None = None) -> None:
        """Waits until no work is under way, `timeout` seconds at most."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _is_working(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _start(self, work: Callable[[], None]) -> None:
        self._report("fetching", bytes_kept(directory=self._directory, model=self._model))
        self._thread = threading.Thread(target=work, name="embedded-model", daemon=True)
        self._thread.start()

    def _verify_and_fetch(self) -> None:
        verify(directory=self._directory, model=self._model)
        self._fetch()

    def _fetch(self) -> None:
        try:
            self._ensure(self._report_progress, directory=self._directory, model=self._model)
        except EmbeddedModelError as error:
            self._fail(str(error))
        except Exception as error:  # a thread's last line of defence: the page must hear of it
            logger.exception("Fetching the embedded model failed")
            self._fail(f"Fetching the embedded model failed unexpectedly: {error!r}.")
        else:
            self._failures = 0
            self._report("ready", self._model.wheel.size)

    def _fail(self, message: str) -> None:
        logger.warning(message)
        delay = min(FIRST_RETRY_SECONDS * 2**self._failures, LONGEST_RETRY_SECONDS)
        self._failures += 1
        self._next_attempt = self._clock() + delay
        self._report("failed", self._status.received, PUBLIC_REASON)

    def _report_progress(self, received: int, _total: int) -> None:
        if self._clock() >= self._next_report:
            self._report("fetching", received)

    def _report(self, state: State, received: int, error: str | None = None) -> None:
        self._next_report = self._clock() + SECONDS_BETWEEN_REPORTS
        self._status = self._describe(state, received, error)
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            atomic_write_text(self._status_path(), self._status.model_dump_json())
        except OSError:
            logger.exception("The embedded model's status could not be written")

    def _describe(
        self, state: State, received: int, error: str | None = None
    ) -> EmbeddedModelStatus:
        return EmbeddedModelStatus(
            state=state,
            received=received,
            total=self._model.wheel.size,
            file=self._model.gguf.name,
            size=self._model.gguf.size,
            sha256=self._model.gguf.sha256,
            error=error,
        )

    def _status_path(self) -> Path:
        return self._directory / STATUS_FILE


embedded_model_server = EmbeddedModelServer()
"""The process's own; a rerun of a script finds the same one."""
