"""The app with software WebGPU as its GPU and a mirror as its hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.conftest import free_port, start_app
from tests.support.faulty_mirror import FaultyMirror


@contextmanager
def running_app(mirror: FaultyMirror, folder: str, **environment: str) -> Iterator[str]:
    """Runs the app for as long as it is measured; its address.

    Args:
        folder: takes the app's log.
        environment: variables added to this process's own.
    """
    server = start_app(
        free_port(),
        Path(folder) / "log.txt",
        WEBLLM_ALLOW_SOFTWARE_GPU="true",
        WEBLLM_MODEL_MIRROR=mirror.origin,
        **environment,
    )
    try:
        yield server.url
    finally:
        server.kill()
