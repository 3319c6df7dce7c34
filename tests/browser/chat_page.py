"""The chat as a visitor uses it, by its stable handles."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Locator, Page, expect

MODEL_READY_MS = 60_000
ANSWER_MS = 120_000


class ChatPage:
    """One visitor's tab."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda entry: self._note(entry.type, entry.text))
        page.goto(url)

    def _note(self, kind: str, text: str) -> None:
        # On a page of its own address Streamlit first looks for its server one level too deep.
        if kind == "error" and "_stcore" not in text:
            self.errors.append(text)

    @property
    def component(self) -> FrameLocator:
        return self.page.frame_locator('iframe[title*="webllm_chat"]')

    @property
    def engine(self) -> Locator:
        return self.component.get_by_test_id("engine")

    @property
    def composer(self) -> Locator:
        return self.component.get_by_test_id("composer")

    @property
    def answers(self) -> Locator:
        return self.component.locator('[data-testid="message"][data-role="assistant"]')

    def notice(self, kind: str) -> Locator:
        return self.component.locator(f'[data-testid="notice"][data-kind="{kind}"]')

    def button(self, name: str) -> Locator:
        return self.component.get_by_role("button", name=name, exact=True)

    def open_conversation(self, title: str) -> None:
        self.button(title).first.click()

    def wait_until_ready(self) -> None:
        expect(self.engine).to_have_attribute("data-phase", "ready", timeout=MODEL_READY_MS)

    def answer_greedily(self) -> None:
        """From here on this chat's models say the likeliest, so the same each time."""
        self.button("Settings").click()
        self.component.get_by_role("dialog").get_by_label("Temperature", exact=True).fill("0")
        self.page.keyboard.press("Escape")

    def send(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def wait_until_streaming(self) -> None:
        """Waits until some of the last answer has come, and more is to come."""
        answer = self.answers.last
        expect(answer).to_have_attribute("data-status", "streaming", timeout=ANSWER_MS)
        expect(answer.get_by_test_id("answer")).not_to_be_empty(timeout=ANSWER_MS)

    def wait_until_answered(self, status: str = "done") -> str:
        answer = self.answers.last
        expect(answer).to_have_attribute("data-status", status, timeout=ANSWER_MS)
        return answer.get_by_test_id("answer").inner_text()

    def go_to(self, title: str) -> None:
        self.page.get_by_role("link", name=title, exact=True).click()
