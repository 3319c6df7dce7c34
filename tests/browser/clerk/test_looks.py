"""The component keeps to the space and the theme it is given."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.clerk.conftest import StandIn
from tests.browser.clerk.driver import Visitor
from tests.browser.clerk.instance import ADA
from tests.browser.conftest import AppServer

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("width", "place"), [(1100, ""), (360, "?place=main"), (900, "?place=main")]
)
def test_form_fits(
    browser: Browser,
    app: AppServer,
    stand_in: StandIn,
    tmp_path: Path,
    scheme: Literal["light", "dark"],
    width: int,
    place: str,
) -> None:
    stand_in.instance.reset()
    context = browser.new_context(
        ignore_https_errors=True, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    try:
        page = context.new_page()
        visitor = Visitor(page, f"{app.url}/{place}")
        visitor.open_form()
        button = visitor.frame.get_by_role("button", name="Continue", exact=True)
        expect(button).to_be_in_viewport(ratio=1)
        name = f"{scheme}-{width}"
        page.screenshot(path=tmp_path / f"{name}-form.png")
        root = visitor.frame.locator("html")
        assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
        visitor.enter(ADA)
        visitor.expect_state("user")
        page.screenshot(path=tmp_path / f"{name}-user.png")
        assert root.evaluate("e => getComputedStyle(e).colorScheme") == scheme
        expect(visitor.frame.get_by_test_id("sign-out")).to_be_in_viewport(ratio=1)
    finally:
        context.close()


@pytest.mark.parametrize(
    ("browsers", "chosen", "sign_in", "go_on"),
    [
        ("de-AT", None, "Anmelden", "Fortsetzen"),
        ("de-DE", "es", "Iniciar sesión", "Continuar"),
        ("fr-FR", None, "Sign in", "Continue"),
    ],
)
def test_speaks_the_visitors_language(
    browser: Browser,
    app: AppServer,
    stand_in: StandIn,
    browsers: str,
    chosen: str | None,
    sign_in: str,
    go_on: str,
) -> None:
    """Our words and Clerk's; what the visitor chose in the chat's settings comes first."""
    stand_in.instance.reset()
    context = browser.new_context(ignore_https_errors=True, locale=browsers)
    if chosen:
        context.add_init_script(f"localStorage.setItem('webllm-chat.locale', '{chosen}')")
    try:
        visitor = Visitor(context.new_page(), app.url)
        visitor.expect_state("guest")
        button = visitor.frame.get_by_test_id("sign-in")
        expect(button).to_have_text(sign_in)
        button.click()
        expect(visitor.frame.get_by_role("button", name=go_on, exact=True)).to_be_visible()
    finally:
        context.close()
