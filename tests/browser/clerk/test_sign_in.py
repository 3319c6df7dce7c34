"""Signing in, staying signed in, and signing out, with the real clerk-js."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.clerk.conftest import StandIn
from tests.browser.clerk.driver import Visitor
from tests.browser.clerk.instance import ADA, EMAIL_CODE, GRACE, PASSWORD, User
from tests.browser.conftest import AppServer

pytestmark = pytest.mark.browser


def test_sign_in_reload_sign_out(page: Page, app: AppServer, stand_in: StandIn) -> None:
    # clerk-js would now rather navigate through its own host than stay.
    stand_in.instance.cookie_expires_in = 3_600
    visitor = Visitor(page, app.url)
    visitor.expect_user(None)
    visitor.sign_in(ADA)
    expect(visitor.frame.get_by_test_id("user-name")).to_have_text("Ada Lovelace")
    expect(visitor.frame.locator(".avatar img")).to_be_visible()
    visitor.expect_not_nested()

    page.reload()
    visitor.expect_user(ADA)
    visitor.expect_state("user")

    visitor.sign_out()
    visitor.expect_not_nested()
    page.reload()
    visitor.expect_state("guest")
    visitor.expect_user(None)


def test_a_newcomer_makes_an_account_in_the_same_form(page: Page, app: AppServer) -> None:
    visitor = Visitor(page, app.url)
    visitor.open_form()
    newcomer = User("user_new", "new@example.com", "New", "Comer")
    visitor.frame.locator("input[name=identifier]").fill(newcomer.email)
    visitor.frame.get_by_role("button", name="Continue", exact=True).click()
    visitor.frame.locator("input[name=password]:visible").fill(PASSWORD)
    visitor.frame.get_by_role("button", name="Continue", exact=True).click()
    visitor.frame.get_by_label("verification code").first.press_sequentially(EMAIL_CODE)
    visitor.expect_state("user")
    visitor.expect_user(newcomer)
    visitor.expect_not_nested()


def test_wrong_password(page: Page, app: AppServer) -> None:
    visitor = Visitor(page, app.url)
    visitor.open_form()
    visitor.enter(ADA, "wrong password")
    expect(visitor.frame.get_by_text("Password is incorrect", exact=False).first).to_be_visible()
    visitor.expect_user(None)


def test_token_is_renewed_while_an_answer_streams(
    page: Page, app: AppServer, stand_in: StandIn
) -> None:
    stand_in.instance.token_life = 21
    visitor = Visitor(page, f"{app.url}/?stream=14")
    visitor.sign_in(ADA)
    runs = visitor.claims()["runs"]
    page.get_by_role("button", name="Stream").click()
    expect(page.locator(".st-key-stream")).to_contain_text(re.compile(r"tick ([3-9]|\d\d)"))
    before = len(stand_in.instance.tokens)
    expect(page.locator(".st-key-stream")).to_contain_text("stream done", timeout=30_000)
    assert len(stand_in.instance.tokens) > before
    # The click was one run; renewing the token must not have started another.
    assert visitor.claims()["runs"] == runs + 1
    visitor.expect_user(ADA)


def test_oauth_in_a_window_of_its_own(page: Page, app: AppServer) -> None:
    visitor = Visitor(page, app.url)
    visitor.open_form()
    with page.expect_popup() as opened:
        visitor.frame.get_by_role("button", name="Google").click()
    opened.value.locator("#agree").click()
    visitor.expect_user(ADA)
    visitor.expect_not_nested()


def test_blocked_window_is_explained(page: Page, app: AppServer) -> None:
    page.add_init_script("window.open = () => null")
    visitor = Visitor(page, app.url)
    visitor.open_form()
    visitor.frame.get_by_role("button", name="Google").click()
    expect(visitor.notice).to_contain_text("Allow pop-ups")
    visitor.expect_not_nested()


def test_another_user_finds_nothing_of_the_first(page: Page, app: AppServer) -> None:
    visitor = Visitor(page, app.url)
    visitor.sign_in(ADA)
    page.get_by_role("button", name="Keep a note").click()
    expect(page.locator(".st-key-belongings")).to_contain_text("note of user_ada")
    visitor.sign_out()
    expect(page.locator(".st-key-belongings")).to_contain_text("nothing")
    visitor.sign_in(GRACE)
    expect(page.locator(".st-key-belongings")).to_contain_text("nothing")


def test_a_clock_set_back_does_not_mute_the_sign_in(page: Page, app: AppServer) -> None:
    page.add_init_script(
        """const hours = Number(localStorage.getItem('clockBack')), now = Date.now.bind(Date);
        Date.now = () => now() - hours * 3_600_000;"""
    )
    visitor = Visitor(page, app.url)
    visitor.sign_in(ADA)
    frame = next(frame for frame in page.frames if "/component/" in frame.url)
    frame.evaluate("localStorage.setItem('clockBack', '1')")
    frame.evaluate("location.reload()")
    visitor.expect_state("user")
    visitor.sign_out()


def test_python_signs_out_at_once(page: Page, app: AppServer) -> None:
    visitor = Visitor(page, app.url)
    visitor.sign_in(ADA)
    page.get_by_role("button", name="Sign out in Python").click()
    visitor.expect_user(None)
    visitor.expect_state("guest")


def test_instance_down(page: Page, app: AppServer, stand_in: StandIn) -> None:
    stand_in.instance.down = True
    visitor = Visitor(page, app.url)
    visitor.expect_state("unavailable", timeout=30_000)
    page.get_by_role("button", name="Keep a note").click()
    expect(page.locator(".st-key-belongings")).to_contain_text("note of guest")
    stand_in.instance.down = False
    visitor.frame.get_by_test_id("auth-retry").click()
    visitor.sign_in(ADA)


def test_blocked_scripts(page: Page, app: AppServer) -> None:
    page.route("**/npm/@clerk/**", lambda route: route.abort())
    visitor = Visitor(page, app.url)
    visitor.expect_state("unavailable")
    visitor.expect_user(None)
    page.unroute("**/npm/@clerk/**")
    visitor.frame.get_by_test_id("auth-retry").click()
    visitor.sign_in(ADA)


@pytest.mark.parametrize(
    "value",
    [
        '{"seq": 9007199254740991, "status": "signed-in", "token": "a.b.c"}',
        '{"seq": 1, "status": "signed-in", "sub": "user_grace"}',
        '"user_grace"',
    ],
)
def test_forged_report_changes_nothing(page: Page, app: AppServer, value: str) -> None:
    visitor = Visitor(page, app.url)
    visitor.sign_in(ADA)
    frame = next(frame for frame in page.frames if "/component/" in frame.url)
    frame.evaluate(
        """value => window.parent.postMessage({isStreamlitMessage: true,
        type: 'streamlit:setComponentValue', dataType: 'json', value: JSON.parse(value)}, '*')""",
        value,
    )
    page.get_by_role("button", name="Keep a note").click()
    expect(page.locator(".st-key-belongings")).to_contain_text("note of user_ada")
    visitor.expect_user(ADA)


def test_two_visitors_and_two_tabs_stay_apart(
    page: Page, context: BrowserContext, browser: Browser, app: AppServer
) -> None:
    ada, guest = Visitor(page, app.url), Visitor(context.new_page(), app.url)
    ada.sign_in(ADA)
    guest.expect_user(None)
    other = browser.new_context(ignore_https_errors=True)
    try:
        grace = Visitor(other.new_page(), app.url)
        grace.expect_user(None)
        grace.sign_in(GRACE)
        ada.expect_user(ADA)
    finally:
        other.close()


def test_no_token_is_left_anywhere(page: Page, app: AppServer, stand_in: StandIn) -> None:
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    visitor = Visitor(page, app.url)
    visitor.sign_in(ADA)
    page.get_by_role("button", name="Keep a note").click()
    expect(page.locator(".st-key-belongings")).to_contain_text("note of user_ada")
    seen = visitor.kept() + app.log.read_text() + "".join(urls) + page.url
    assert "user_ada" in seen
    for token in stand_in.instance.tokens:
        assert token not in seen
        assert token.rsplit(".", 1)[1] not in seen
