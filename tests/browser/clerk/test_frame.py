"""The whole app with sign-in: who is signed in changes whose chat it is, never what is loaded."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocket, expect

from tests.browser.chat_page import ChatPage
from tests.browser.clerk.conftest import StandIn
from tests.browser.clerk.driver import SignIn
from tests.browser.clerk.instance import ADA, GRACE, SECRET_KEY
from tests.browser.conftest import AppServer

pytestmark = pytest.mark.browser

FRANCE = "What is the capital of France?"
LONG = "Write a long story about a lighthouse keeper and the sea."


def watch_phases(chat: ChatPage) -> None:
    """From here on every phase of the engine is noted, however short it is."""
    chat.engine.evaluate(
        """engine => {
          window.phases = [];
          const note = () => window.phases.push(engine.dataset.phase);
          new MutationObserver(note).observe(engine, { attributes: true });
        }"""
    )


def phases_since(chat: ChatPage) -> set[str]:
    seen: list[str] = chat.engine.evaluate("() => window.phases")
    return set(seen)


def test_who_signs_in_keeps_the_loaded_model_and_finds_only_their_own_chats(
    page: Page, open_app: AppServer
) -> None:
    chat, account = ChatPage(page, open_app.url), SignIn(page)
    chat.wait_until_ready()
    watch_phases(chat)
    chat.send(LONG)
    chat.wait_until_streaming()

    # The answer on its way ends with the guest's turn at the keyboard.
    account.sign_in(ADA)
    expect(chat.answers).to_have_count(0)
    # The model takes a moment to end the guest's answer; until then a question stays unsent.
    expect(chat.engine).to_have_attribute("data-phase", "ready")
    chat.send(FRANCE)
    assert "Paris" in chat.wait_until_answered()

    account.sign_out()
    expect(chat.component.get_by_text("lighthouse keeper").first).to_be_visible()
    expect(chat.component.get_by_text("Paris")).to_have_count(0)

    account.sign_in(GRACE)
    expect(chat.answers).to_have_count(0)
    for theirs in ("lighthouse keeper", "Paris"):
        expect(chat.component.get_by_text(theirs)).to_have_count(0)

    account.sign_out()
    account.sign_in(ADA)
    expect(chat.component.get_by_text("Paris").first).to_be_visible()
    expect(chat.engine).to_have_attribute("data-phase", "ready")
    assert phases_since(chat) == {"generating", "ready"}
    account.expect_not_nested()
    assert chat.errors == []


def test_doors_are_closed_until_signed_in_and_a_loaded_model_is_kept_behind_them(
    page: Page, closed_app: AppServer
) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    chat, account = ChatPage(page, closed_app.url), SignIn(page)
    expect(chat.notice("locked")).to_be_visible()
    account.expect_state("guest")
    expect(chat.composer).to_have_count(0)
    expect(chat.engine).to_have_attribute("data-phase", "starting")
    assert not [url for url in fetched if ".gguf" in url]

    account.sign_in(ADA)
    chat.wait_until_ready()
    watch_phases(chat)
    chat.send(FRANCE)
    assert "Paris" in chat.wait_until_answered()

    account.sign_out()
    expect(chat.notice("locked")).to_be_visible()
    expect(chat.composer).to_have_count(0)
    expect(chat.component.get_by_text("Paris")).to_have_count(0)

    account.sign_in(ADA)
    expect(chat.composer).to_be_visible()
    expect(chat.component.get_by_text("Paris").first).to_be_visible()
    expect(chat.engine).to_have_attribute("data-phase", "ready")
    assert phases_since(chat) == {"generating", "ready"}


def test_a_renewed_token_does_not_touch_the_answer_on_its_way(
    page: Page, open_app: AppServer, stand_in: StandIn
) -> None:
    # clerk-js renews 15 s before the end.
    stand_in.instance.token_life = 20
    chat, account = ChatPage(page, open_app.url), SignIn(page)
    account.sign_in(ADA)
    chat.wait_until_ready()
    chat.send(LONG)
    chat.wait_until_streaming()
    answer = chat.answers.last.get_by_test_id("answer")
    for _ in range(2):
        before = answer.inner_text().split()[:-1]
        with page.expect_request(lambda request: "/tokens" in request.url, timeout=30_000):
            pass
        assert answer.inner_text().split()[: len(before)] == before
    expect(chat.answers).to_have_count(1)
    expect(chat.answers.last).to_have_attribute("data-status", re.compile("streaming|done"))
    account.expect_state("user")


def test_without_clerk_guests_chat(page: Page, open_app: AppServer, stand_in: StandIn) -> None:
    stand_in.instance.down = True
    chat, account = ChatPage(page, open_app.url), SignIn(page)
    chat.wait_until_ready()
    account.expect_state("unavailable", timeout=30_000)
    expect(account.area).to_contain_text("You can go on as a guest.")
    chat.send(FRANCE)
    assert "Paris" in chat.wait_until_answered()


def test_without_clerk_closed_doors_stay_closed_and_say_so(
    page: Page, closed_app: AppServer, stand_in: StandIn
) -> None:
    stand_in.instance.down = True
    chat, account = ChatPage(page, closed_app.url), SignIn(page)
    account.expect_state("unavailable", timeout=30_000)
    expect(account.area).to_contain_text("This app needs it")
    expect(account.area).not_to_contain_text("guest")
    expect(chat.notice("locked")).to_be_visible()


def test_signing_out_in_one_tab_closes_the_other(
    page: Page, context: BrowserContext, closed_app: AppServer
) -> None:
    chat, account = ChatPage(page, closed_app.url), SignIn(page)
    account.sign_in(ADA)
    expect(chat.composer).to_be_visible()
    other = ChatPage(context.new_page(), closed_app.url)
    expect(other.composer).to_be_visible(timeout=20_000)
    account.sign_out()
    expect(other.notice("locked")).to_be_visible(timeout=20_000)
    SignIn(other.page).expect_state("guest")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_way_in_is_in_sight(page: Page, closed_app: AppServer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    chat, account = ChatPage(page, closed_app.url), SignIn(page)
    button = account.frame.get_by_test_id("sign-in")
    expect(button).to_be_in_viewport(ratio=1)
    expect(chat.notice("locked")).to_be_in_viewport(ratio=1)
    account.open_form()
    expect(account.frame.get_by_role("button", name="Continue", exact=True)).to_be_in_viewport()
    overflow = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
    assert overflow <= 0


def test_no_token_or_secret_comes_back_from_python_or_stays_anywhere(
    page: Page, open_app: AppServer, stand_in: StandIn
) -> None:
    urls: list[str] = []
    received: list[str] = []

    def record(socket: WebSocket) -> None:
        socket.on(
            "framereceived",
            lambda data: received.append(data if isinstance(data, str) else data.decode("latin-1")),
        )

    page.on("request", lambda request: urls.append(request.url))
    page.on("websocket", record)
    chat, account = ChatPage(page, open_app.url), SignIn(page)
    account.sign_in(ADA)
    chat.go_to("Troubleshooting")
    expect(chat.component.locator('[data-check="webgpu"]')).to_be_visible()
    chat.go_to("Model status")
    expect(page.get_by_role("heading", name="Model status")).to_be_visible()
    chat.go_to("Troubleshooting")
    expect(chat.component.locator('[data-check="webgpu"]')).to_be_visible()
    shown = [page.content(), chat.component.locator("html").inner_html()]
    seen = "".join([*urls, *received, *shown, open_app.log.read_text()])

    assert "CLERK_SECRET_KEY" in seen, "the diagnosis does not name the settings"
    assert SECRET_KEY not in seen
    # Who it is concerns the chat no more than the token: it gets a key that says nothing.
    assert ADA.id not in "".join(shown)
    assert len(stand_in.instance.tokens) > 0
    for token in stand_in.instance.tokens:
        assert token.rsplit(".", 1)[1] not in seen


def test_who_signs_in_can_bring_along_what_they_said_as_a_guest(
    page: Page, open_app: AppServer
) -> None:
    chat, account = ChatPage(page, open_app.url), SignIn(page)
    chat.send("Something about lighthouses")
    expect(chat.component.get_by_text("about lighthouses").first).to_be_visible()
    account.sign_in(ADA)
    offer = chat.notice("guest-chats")
    expect(offer).to_contain_text("1 conversation")
    expect(chat.component.get_by_text("about lighthouses")).to_have_count(0)
    offer.get_by_role("button", name="Move to mine").click()
    expect(offer).to_have_count(0)
    account.sign_out()
    expect(chat.composer).to_be_visible()
    expect(chat.component.get_by_text("about lighthouses")).to_have_count(0)
