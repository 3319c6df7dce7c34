"""Which model is chosen, and what happens when WebLLM's cannot be had."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import (
    AppServer,
    free_port,
    start_app,
)

pytestmark = pytest.mark.browser


def test_an_unreachable_hub_leads_to_the_embedded_model(
    gpu_browser: Browser, app: AppServer
) -> None:
    context = gpu_browser.new_context()
    context.route("https://huggingface.co/**", lambda route: route.abort())
    context.route("https://raw.githubusercontent.com/**", lambda route: route.abort())
    chat = ChatPage(context.new_page(), app.url)
    chat.wait_until_ready()
    expect(chat.engine).to_have_attribute("data-backend", "wllama")
    expect(chat.notice("hub-unreachable")).to_be_visible()
    context.close()


def test_a_forced_gpu_fails_with_a_reason_and_the_embedded_model_answers(
    gpu_browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("forced") / "log.txt"
    environment = {"WEBLLM_ALLOW_SOFTWARE_GPU": "true", "WEBLLM_BACKEND": "webgpu"}
    server = start_app(free_port(), log, **environment)
    context = gpu_browser.new_context()
    context.route("https://huggingface.co/**", lambda route: route.abort())
    context.route("https://raw.githubusercontent.com/**", lambda route: route.abort())
    try:
        chat = ChatPage(context.new_page(), server.url)
        chat.send("What is the capital of France?")
        assert "Paris" in chat.wait_until_answered()
        expect(chat.answers.last.locator('[data-kind="stepped-down"]')).to_be_visible()
        expect(chat.notice("network")).to_be_visible()
        expect(chat.engine).to_have_attribute("data-backend", "wllama")
    finally:
        context.close()
        server.kill()


def test_other_pages_load_no_model(gpu_browser: Browser, app: AppServer) -> None:
    context = gpu_browser.new_context()
    fetched: list[str] = []
    context.on("request", lambda request: fetched.append(request.url))
    chat = ChatPage(context.new_page(), f"{app.url}/troubleshooting")
    expect(chat.component.locator('[data-check="webgpu"]')).to_be_visible()
    expect(chat.engine).to_have_attribute("data-phase", "starting")
    assert not [url for url in fetched if ".gguf" in url or "huggingface" in url]
    context.close()
