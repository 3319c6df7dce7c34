"""Signing in, staying signed in, and signing out, with the real clerk-js."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.clerk.conftest import App, StandIn
from tests.browser.clerk.driver import Visitor
from tests.browser.clerk.instance import ADA, GRACE

pytestmark = pytest.mark.browser


def test_sign_in_reload_sign_out(page: Page, app: App) -> None:
    visitor = Visitor(page, app.url)
    visitor.expect_user(None)
    visitor.sign_in(ADA)
    expect(visitor.frame.get_by_test_id("user-name")).to_have_text("Ada Lovelace")
    visitor.expect_not_nested()

    page.reload()
    visitor.expect_user(ADA)
    visitor.expect_state("user")

    visitor.sign_out()
    visitor.expect_not_nested()
    page.reload()
    visitor.expect_state("guest")
    visitor.expect_user(None)
