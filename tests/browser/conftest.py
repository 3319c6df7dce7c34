"""A real Chromium against a real `streamlit run`; no part of the app is replaced."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.browser.chat_page import ChatPage

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A name that is this machine, and yet no secure context.
    "--host-resolver-rules=MAP chat.lan 127.0.0.1",
]
SOFTWARE_GPU_FLAGS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]


@dataclass
class AppServer:
    """A running `streamlit run`."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def start_app(
    port: int, log: Path, *, script: str = "streamlit_app.py", **environment: str
) -> AppServer:
    """Starts `streamlit run` and returns when it answers.

    Args:
        port: where it listens, on this machine only.
        log: takes what it prints.
        script: the app, from the repository's root.
        environment: variables added to this process's own.

    Raises:
        RuntimeError: it does not answer; says what it printed.
    """
    command = [sys.executable, "-m", "streamlit", "run", script]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    process = subprocess.Popen(
        command + options,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=log.open("ab"),
        stderr=subprocess.STDOUT,
    )
    server = AppServer(port, process, log)
    with requests.Session() as session:
        # Waits 0.1 s, 0.2 s, … up to 2 s between tries, about half a minute in all.
        patience = Retry(connect=20, backoff_factor=0.05, backoff_max=2)
        session.mount("http://", HTTPAdapter(max_retries=patience))
        try:
            session.get(f"http://127.0.0.1:{port}/_stcore/health").raise_for_status()
        except requests.RequestException as error:
            server.kill()
            raise RuntimeError(f"The app did not start: {log.read_text()}") from error
    return server


@pytest.fixture(scope="session")
def server_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server") / "log.txt"


@pytest.fixture(scope="session")
def app(server_log: Path) -> Iterator[AppServer]:
    """The app as it is, but that software WebGPU counts as a GPU."""
    server = start_app(free_port(), server_log, WEBLLM_ALLOW_SOFTWARE_GPU="true")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if CHROMIUM is None:
        pytest.fail("chromium is missing: tools/install_system_packages.sh installs it")
    with sync_playwright() as running:
        yield running


@contextmanager
def chromium(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*CHROMIUM_FLAGS, *flags], ignore_default_args=["--headless"]
    )
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium without a GPU: the app answers on the CPU."""
    with chromium(playwright) as running:
        yield running


@pytest.fixture(scope="module")
def gpu_browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium whose WebGPU is a software adapter; the app counts it only where told to."""
    with chromium(playwright, *SOFTWARE_GPU_FLAGS) as running:
        yield running


OpenChat = Callable[..., ChatPage]


@pytest.fixture
def open_chat(browser: Browser, app: AppServer) -> Iterator[OpenChat]:
    """Opens the app in a visitor's own, fresh browser profile."""
    contexts = []

    def open_page(
        url: str = app.url,
        *,
        width: int = 1280,
        height: int = 800,
        prepare: Callable[[BrowserContext], None] = lambda _: None,
    ) -> ChatPage:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        prepare(context)
        return ChatPage(context.new_page(), url)

    yield open_page
    for context in contexts:
        context.close()
