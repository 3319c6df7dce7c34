"""A page with engines and no interface, a mirror, and a browser with software WebGPU."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.built_mirror import built_mirror
from tests.support.engine_page import build_engine_page
from tests.support.faulty_mirror import FaultyMirror

MODELS = ("SmolLM2-135M-Instruct-q4f32_1", "tiny-S-q0f32", "tiny-M-q0f32")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    """Serves the page; see `build_engine_page`."""
    folder = tmp_path_factory.mktemp("site")
    build_engine_page(folder)
    with FaultyMirror(folder) as running:
        yield running


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    models = {name: name for name in MODELS}
    with built_mirror(tmp_path_factory.mktemp("mirror"), models) as running:
        yield running


@pytest.fixture
def mirror(served: FaultyMirror) -> Iterator[FaultyMirror]:
    """The mirror, whole again after each test, and with an empty log before it."""
    served.forget()
    yield served
    served.heal()


def open_page(browser: Browser, site: FaultyMirror, host: str = "127.0.0.1") -> Page:
    """The page in a profile of its own, where nothing is cached."""
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto(site.origin.replace("127.0.0.1", host) + "/index.html")
    page.wait_for_function("() => window.harness")
    return page


@pytest.fixture
def page(gpu_browser: Browser, site: FaultyMirror) -> Iterator[Page]:
    opened = open_page(gpu_browser, site)
    yield opened
    opened.context.close()
