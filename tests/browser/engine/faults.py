"""Breaks real engines in a real browser, the way they break at visitors."""

from __future__ import annotations

import contextlib
import os
import re
import signal

from playwright.sync_api import Browser, BrowserContext, Error, Route, Worker

from tests.browser.chat_page import ChatPage

# The script of WebLLM's workers.
ENGINE_CODE = re.compile(r"/webllm\.worker\.js")

# Keeps hold of the GPU devices that WebLLM asks for, which its worker shows nobody.
HOLD_DEVICES = """
self.devices = [];
const requestDevice = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function (...args) {
  const device = await requestDevice.apply(this, args);
  self.devices.push(device);
  return device;
};
"""


def expose_engines(context: BrowserContext, script: str = HOLD_DEVICES) -> None:
    """Runs `script` in each WebLLM worker before its own code."""

    def prepend(route: Route) -> None:
        response = route.fetch(max_retries=3)
        route.fulfill(response=response, body=script + response.text())

    context.route(ENGINE_CODE, prepend)


def engine_workers(chat: ChatPage) -> list[Worker]:
    return [worker for worker in chat.page.workers if "webllm.worker" in worker.url]


def lose_the_device(chat: ChatPage) -> None:
    """What a driver's restart or a machine's sleep does."""
    for worker in engine_workers(chat):
        worker.evaluate("self.devices.forEach((device) => device.destroy())")


def crash_the_worker(chat: ChatPage) -> None:
    for worker in engine_workers(chat):
        worker.evaluate("void setTimeout(() => { throw new Error('unreachable'); })")


def hang_the_worker(chat: ChatPage) -> None:
    for worker in engine_workers(chat):
        worker.evaluate("void setTimeout(() => { for (;;); })")


def crash_the_tab(chat: ChatPage) -> None:
    """What the system does to a tab that takes too much memory: no event, no goodbye."""
    with contextlib.suppress(Error):
        chat.page.goto("chrome://crash")


def kill_the_gpu_process(browser: Browser) -> None:
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    for process in processes:
        if process["type"] == "GPU":
            os.kill(process["id"], signal.SIGKILL)
    session.detach()


def withhold_the_embedded_model(context: BrowserContext) -> None:
    """Leaves the CPU without a model: what the GPU cannot answer, nothing can."""
    failed = {
        "version": 1,
        "state": "failed",
        "received": 0,
        "total": 0,
        "file": "model.gguf",
        "size": 1,
        "sha256": "",
        "error": "The server has no space.",
    }
    context.route("**/status.json", lambda route: route.fulfill(json=failed))
