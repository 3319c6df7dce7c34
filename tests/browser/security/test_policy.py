"""The policy of the chat's page: whatever gets into it, code comes from the app's server alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.browser.chat_page import ChatPage
from tests.browser.conftest import AppServer, OpenChat

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[3]

VIOLATION = """(_, attack) => new Promise((resolve) => {
  const refused = ({ effectiveDirective }) => resolve(effectiveDirective);
  document.addEventListener('securitypolicyviolation', refused, { once: true });
  setTimeout(() => resolve('nothing was refused'), 5000);
  const element = document.createElement(attack.tag);
  for (const [name, value] of Object.entries(attack.attributes)) element.setAttribute(name, value);
  element.textContent = attack.text ?? '';
  document.body.append(element);
  if (attack.submit) element.submit();
  element.click?.();
})"""
ATTACKS = {
    "a script of another host": (
        {"tag": "script", "attributes": {"src": "https://evil.example/x.js"}},
        "script-src-elem",
    ),
    "a script in the page": (
        {"tag": "script", "attributes": {}, "text": "parent.hacked = 1"},
        "script-src-elem",
    ),
    "a script in an attribute": (
        {"tag": "button", "attributes": {"onclick": "parent.hacked = 1"}},
        "script-src-attr",
    ),
    "a frame": (
        {"tag": "iframe", "attributes": {"src": "https://evil.example/"}},
        "frame-src",
    ),
    "a form": (
        {
            "tag": "form",
            "attributes": {"action": "https://evil.example/", "method": "post"},
            "submit": True,
        },
        "form-action",
    ),
    "a plug-in": (
        {"tag": "object", "attributes": {"data": "https://evil.example/x.pdf"}},
        "object-src",
    ),
    "another base for addresses": (
        {"tag": "base", "attributes": {"href": "https://evil.example/"}},
        "base-uri",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_page_refuses(open_chat: OpenChat, attack: str) -> None:
    what, directive = ATTACKS[attack]
    asked: list[str] = []
    chat = open_chat()
    expect(chat.composer).to_be_visible()

    def note(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    chat.page.context.route("**://evil.example/**", note)
    assert chat.component.locator("html").evaluate(VIOLATION, what) == directive
    assert asked == []
    assert chat.page.evaluate("window.hacked") is None


def documented_policy() -> str:
    """The one for proxies, as an operator would copy it."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    return str(re.findall(r'add_header Content-Security-Policy "([^"]+)"', text)[0])


def sent_with(policy: str, context: BrowserContext) -> None:
    """As a proxy would, for pages and workers; the rest has none of its own."""

    def answer(route: Route) -> None:
        if route.request.resource_type not in ("document", "script"):
            route.continue_()
            return
        response = route.fetch()
        headers = {**response.headers, "content-security-policy": policy}
        route.fulfill(response=response, headers=headers)

    # A page that was handed over like this counts as one of the internet, its server as local.
    context.grant_permissions(["local-network-access"])
    context.route("**/*", answer)


@pytest.mark.parametrize("by", ["the page alone", "a proxy"])
def test_a_whole_visit_needs_nothing_that_the_policy_refuses(
    browser: Browser, app: AppServer, by: str
) -> None:
    context = browser.new_context()
    if by == "a proxy":
        sent_with(documented_policy(), context)
    chat = ChatPage(context.new_page(), app.url)
    chat.wait_until_ready()
    chat.send("What is the capital of France?")
    assert "Paris" in chat.wait_until_answered()
    chat.button("Settings").click()
    expect(chat.component.get_by_role("dialog")).to_be_visible()
    chat.page.keyboard.press("Escape")
    chat.go_to("Model status")
    expect(chat.component.get_by_role("searchbox")).to_be_visible()
    chat.go_to("Troubleshooting")
    expect(chat.component.locator('[data-check="webgpu"]')).to_be_visible()
    chat.go_to("Chat")
    expect(chat.answers).to_have_count(1)
    # Chromium writes each violation into the console as an error.
    assert chat.errors == []
    context.unroute_all(behavior="ignoreErrors")
    context.close()
