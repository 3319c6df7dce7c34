"""No word of a conversation leaves the browser: every frame and request of a chat is read."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, WebSocket, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import AppServer, chromium

pytestmark = pytest.mark.browser


@pytest.fixture
def net_log(tmp_path: Path) -> Path:
    return tmp_path / "net.json"


def runs_of_eight_words(text: str) -> Iterator[str]:
    words = text.split()
    for start in range(max(1, len(words) - 7)):
        yield " ".join(words[start : start + 8])


def test_neither_prompt_nor_answer_occurs_in_any_frame_request_or_log(
    playwright: Playwright, app: AppServer, net_log: Path, server_log: Path
) -> None:
    nonce = f"zebra{secrets.token_hex(8)}"
    frames: list[bytes] = []

    def record(socket: WebSocket) -> None:
        for event in ("framesent", "framereceived"):
            socket.on(event, lambda payload: frames.append(as_bytes(payload)))

    # The net log holds every request of the whole browser, of workers too, with its body.
    flags = [f"--log-net-log={net_log}", "--net-log-capture-mode=Everything"]
    with chromium(playwright, *flags) as browser:
        page = browser.new_page()
        page.on("websocket", record)
        chat = ChatPage(page, app.url)
        chat.wait_until_ready()
        chat.send(f"Please say something nice about {nonce} and about the sea, in two sentences.")
        answer = chat.wait_until_answered()
        chat.go_to("Model status")
        chat.go_to("Chat")
        expect(chat.answers).to_have_count(1)
        urls = page.evaluate("performance.getEntries().map(entry => entry.name).join(' ')")

    assert len(answer.split()) >= 8
    assert frames
    traffic = b"\n".join([*frames, urls.encode(), *sent_in(net_log), server_log.read_bytes()])
    assert b"SmolLM2-135M" in traffic, "the recording sees nothing"
    for secret in [nonce, *runs_of_eight_words(answer)]:
        assert secret.encode() not in traffic


def as_bytes(payload: str | bytes) -> bytes:
    return payload.encode() if isinstance(payload, str) else payload


def sent_in(net_log: Path) -> Iterator[bytes]:
    """Every string of every event: addresses, headers, and bytes sent over plain sockets."""
    text = net_log.read_text(encoding="utf-8", errors="replace").rstrip().rstrip(",")
    if not text.endswith("}"):
        text += "]}"
    for event in json.loads(text)["events"]:
        yield json.dumps(event, ensure_ascii=False).encode()
        sent = event.get("params", {}).get("bytes")
        if isinstance(sent, str):
            yield decoded(sent)


def decoded(text: str) -> bytes:
    import base64
    import binascii

    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return text.encode()
