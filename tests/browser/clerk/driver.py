"""What a visitor does with the sign-in, and what the app then shows."""

import json
from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser.clerk.instance import PASSWORD, User


class SignIn:
    """The sign-in component in a tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator('iframe[title="components.clerk_auth.clerk_auth"]')

    @property
    def area(self) -> Locator:
        return self.frame.get_by_test_id("clerk-auth")

    @property
    def notice(self) -> Locator:
        return self.frame.get_by_test_id("auth-notice")

    def expect_state(self, state: str, timeout: float = 20_000) -> None:
        expect(self.area).to_have_attribute("data-state", state, timeout=timeout)

    def open_form(self) -> None:
        self.expect_state("guest")
        self.frame.get_by_test_id("sign-in").click()
        expect(self.frame.locator("input[name=identifier]")).to_be_visible()

    def enter(self, user: User, password: str = PASSWORD) -> None:
        self.frame.locator("input[name=identifier]").fill(user.email)
        self.frame.get_by_role("button", name="Continue", exact=True).click()
        self.frame.locator("input[name=password]:visible").fill(password)
        self.frame.get_by_role("button", name="Continue", exact=True).click()

    def sign_in(self, user: User) -> None:
        """Returns when clerk-js has a session; what Python makes of it is still to come."""
        self.open_form()
        self.enter(user)
        self.expect_state("user")

    def sign_out(self) -> None:
        self.frame.get_by_test_id("sign-out").click()
        self.expect_state("guest")

    def expect_not_nested(self) -> None:
        """The frame must never have gone anywhere: it would show the app inside itself."""
        assert [frame.url for frame in self.page.frames if "component/" in frame.url]
        expect(self.frame.get_by_test_id("stApp")).to_have_count(0)
        expect(self.area).to_be_visible()


class Visitor(SignIn):
    """A tab with the small app open, which shows what Python knows."""

    def __init__(self, page: Page, url: str) -> None:
        super().__init__(page)
        page.goto(url)

    def expect_user(self, user: User | None) -> None:
        """Wait until Python has verified this user, or none."""
        wanted = f'"sub": {json.dumps(user.id if user else None)}'
        expect(self.page.locator(".st-key-claims")).to_contain_text(wanted, timeout=20_000)

    def claims(self) -> dict[str, Any]:
        shown = self.page.locator(".st-key-claims").inner_text()
        result: dict[str, Any] = json.loads(shown)
        return result

    def kept(self) -> str:
        """What lies in the app's session state, as text."""
        return self.page.locator(".st-key-kept").inner_text()

    def sign_in(self, user: User) -> None:
        super().sign_in(user)
        self.expect_user(user)

    def sign_out(self) -> None:
        super().sign_out()
        self.expect_user(None)
