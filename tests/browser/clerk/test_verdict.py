"""Clerk says yes; what Python then says, and what the visitor hears of it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.clerk.conftest import StandIn, start_with_clerk
from tests.browser.clerk.driver import SignIn, Visitor
from tests.browser.clerk.instance import ADA
from tests.browser.clerk.tunnel import tunnel

pytestmark = pytest.mark.browser

SMALL = "tests/browser/clerk/app_script.py"


def test_a_token_for_another_origin_is_refused_with_the_reason(
    page: Page, stand_in: StandIn, tmp_path: Path
) -> None:
    elsewhere = {"CLERK_AUTHORIZED_PARTIES": "https://elsewhere.example.com"}
    server = start_with_clerk(stand_in, tmp_path / "log.txt", script=SMALL, **elsewhere)
    try:
        visitor = Visitor(page, server.url)
        SignIn(page).sign_in(ADA)
        expect(visitor.notice).to_contain_text("did not accept it (authorized-party)")
        visitor.expect_user(None)
        with page.expect_request(lambda request: "/tokens" in request.url):
            visitor.frame.get_by_test_id("notice-retry").click()
        expect(visitor.notice).to_contain_text("authorized-party")
    finally:
        server.kill()


def test_keys_that_cannot_be_read_are_told_from_a_refusal(
    page: Page, stand_in: StandIn, tmp_path: Path
) -> None:
    nowhere = {"CLERK_JWT_KEY": "", "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    server = start_with_clerk(stand_in, tmp_path / "log.txt", script=SMALL, **nowhere)
    try:
        visitor = Visitor(page, server.url)
        SignIn(page).sign_in(ADA)
        expect(visitor.notice).to_contain_text("could not check it with Clerk just now")
        visitor.expect_user(None)
    finally:
        server.kill()


def test_without_a_key_of_its_own_python_reads_the_instances(
    page: Page, stand_in: StandIn, tmp_path: Path
) -> None:
    with tunnel(stand_in.port) as proxy:
        through = {
            "CLERK_JWT_KEY": "",
            "HTTPS_PROXY": proxy,
            "NO_PROXY": "",
            "REQUESTS_CA_BUNDLE": str(stand_in.certificate),
        }
        server = start_with_clerk(stand_in, tmp_path / "log.txt", script=SMALL, **through)
        try:
            Visitor(page, server.url).sign_in(ADA)
        finally:
            server.kill()
