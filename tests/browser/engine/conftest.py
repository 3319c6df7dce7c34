"""Small models under the ids of the ladder's first rungs, from a mirror that fails on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import AppServer, free_port, start_app
from tests.support.built_mirror import built_mirror
from tests.support.faulty_mirror import FaultyMirror

FIRST = "SmolLM2-360M-Instruct-q4f32_1-MLC"
BETTER = "Qwen2.5-0.5B-Instruct-q4f32_1-MLC"
# The first answers fast and without sense; the better one makes sense, and is slow in software.
MODELS = {FIRST: "tiny-S-q0f32", BETTER: "SmolLM2-135M-Instruct-q4f32_1"}


@pytest.fixture(scope="package")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    with built_mirror(tmp_path_factory.mktemp("mirror"), MODELS) as running:
        yield running


@pytest.fixture(autouse=True)
def _healed(mirror: FaultyMirror) -> Iterator[None]:
    yield
    mirror.heal()


StartApp = Callable[..., AppServer]


@pytest.fixture(scope="module")
def start(mirror: FaultyMirror, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartApp]:
    """Starts the app with software WebGPU as its GPU and the mirror as its hub."""
    servers: list[AppServer] = []

    def start_mirrored(**environment: str) -> AppServer:
        server = start_app(
            free_port(),
            tmp_path_factory.mktemp("app") / "log.txt",
            WEBLLM_ALLOW_SOFTWARE_GPU="true",
            WEBLLM_MODEL_MIRROR=mirror.origin,
            **environment,
        )
        servers.append(server)
        return server

    yield start_mirrored
    for server in servers:
        server.kill()


@pytest.fixture
def chat(gpu_browser: Browser, app: AppServer) -> Iterator[ChatPage]:
    """A visitor's own, fresh browser profile."""
    context = gpu_browser.new_context()
    yield ChatPage(context.new_page(), app.url)
    context.close()
