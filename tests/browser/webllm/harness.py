"""The engines of `frontend/harness`, as Python objects: the app's WebLLM backend, and WebLLM."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from playwright.sync_api import Page

from tests.support.faulty_mirror import FaultyMirror

Message = dict[str, str]

_names = count(1)


class EngineError(Exception):
    """What an engine failed with, as the app's table of kinds names it."""

    def __init__(self, kind: str, detail: str):
        super().__init__(f"{kind}: {detail}")
        self.kind, self.detail = kind, detail


@dataclass(frozen=True)
class Answer:
    text: str
    finish: str
    """Why it ended: the app's word, or WebLLM's."""
    prompt_tokens: int
    """Tokens that were read for it."""


def user(content: str) -> Message:
    return {"role": "user", "content": content}


def assistant(content: str) -> Message:
    return {"role": "assistant", "content": content}


@dataclass
class Engine:
    """One engine in one worker of the page."""

    page: Page
    name: str

    def ask(self, *messages: Message, max_tokens: int = 8, **options: Any) -> None:
        """Begin an answer, greedily; `answer` waits for its end."""
        raise NotImplementedError

    def answer(self) -> Answer:
        """The answer that was begun, when it has ended.

        Raises:
            EngineError: The engine failed.
        """
        value = self._outcome("answer")
        return Answer(value["text"], value["finish"], value["promptTokens"])

    def reply(self, *messages: Message, **options: Any) -> Answer:
        self.ask(*messages, **options)
        return self.answer()

    def wait_for_tokens(self, number: int) -> None:
        self.page.wait_for_function(
            "([name, number]) => window.harness.tokens(name) >= number", arg=[self.name, number]
        )

    def stop(self) -> None:
        self._call("stop")

    def unload(self) -> None:
        self._call("unload")

    def terminate(self) -> None:
        self._call("terminate")

    def lose_devices(self) -> int:
        """Destroy the GPU devices of the worker; the number that were lost."""
        lost: int = self._call("loseDevices")
        return lost

    def wait_for_device(self) -> None:
        self._call("hasDevice")

    def hide_webgpu(self) -> None:
        """Let the worker's browser be one that has no WebGPU."""
        self._call("hideWebGPU")

    def lower_limit(self, limit: str, value: int) -> None:
        """Let the GPU have a lower limit than it has."""
        self._call("lowerLimit", limit, value)

    def _outcome(self, method: str, *arguments: object) -> Any:
        outcome = self._call(method, *arguments)
        if "error" in outcome:
            raise EngineError(**outcome["error"])
        return outcome.get("value")

    def _call(self, method: str, *arguments: object) -> Any:
        return self.page.evaluate(
            "([method, ...rest]) => window.harness[method](...rest)",
            [method, self.name, *arguments],
        )


class AppEngine(Engine):
    """The app's own backend."""

    def __init__(self, page: Page, mirror: FaultyMirror):
        super().__init__(page, f"app {next(_names)}")
        self.mirror = mirror
        self._call("startApp", "backend")

    def load(self, model_id: str, **how: Any) -> None:
        """Load a model of the mirror; `how` is as for `begin_loading`.

        Raises:
            EngineError: It could not be loaded.
        """
        self.begin_loading(model_id, **how)
        self.loaded()

    def begin_loading(
        self,
        model_id: str,
        *,
        library: str | None = None,
        context_window: int = 1024,
        overrides: dict[str, float] | None = None,
    ) -> None:
        record = model_record(self.mirror, model_id, library)
        weights = {
            "model": record["model"],
            "modelLib": record["model_lib"],
            "overrides": overrides or {},
            "cacheBackend": "cache",
            "integrity": None,
            "modelManifest": None,
        }
        request = {"modelId": model_id, "contextWindow": context_window, "weights": weights}
        self._call("load", request)

    def loaded(self) -> None:
        self._outcome("loaded")

    def ask(self, *messages: Message, max_tokens: int = 8, **options: Any) -> None:
        sampling = {"temperature": 0, "topP": 1, "repetitionPenalty": 1}
        request = {"messages": messages, "maxTokens": max_tokens, **sampling, **options}
        undecided = {name for name, value in request.items() if value is None}
        self._call("ask", {name: request[name] for name in request.keys() - undecided})


class CpuEngine(Engine):
    """The app's own backend on the CPU."""

    def __init__(self, page: Page):
        super().__init__(page, f"cpu {next(_names)}")
        self._call("startApp", "cpu")

    def load(self, file: str, *, context_window: int = 1024) -> None:
        """Load the GGUF file at an address of the page's own server.

        Raises:
            EngineError: It could not be loaded.
        """
        self._call("load", {"modelId": "cpu", "contextWindow": context_window, "file": file})
        self._outcome("loaded")

    def ask(self, *messages: Message, max_tokens: int = 8, **options: Any) -> None:
        request = {"messages": messages, "maxTokens": max_tokens, "temperature": 0, **options}
        self._call("ask", request)


class PlainEngine(Engine):
    """WebLLM as it comes, in a worker."""

    def __init__(self, page: Page, *records: dict[str, Any]):
        super().__init__(page, f"plain {next(_names)}")
        self._call("startPlain", records)

    def load(self, model_id: str, *, context_window: int = 1024) -> None:
        self._call("load", {"modelId": model_id, "context_window_size": context_window})
        self._outcome("loaded")

    def ask(self, *messages: Message, max_tokens: int = 8, **options: Any) -> None:
        request = {"messages": messages, "max_tokens": max_tokens, "temperature": 0, **options}
        self._call("ask", request)


def model_record(
    mirror: FaultyMirror, model_id: str, library: str | None = None, **more: Any
) -> dict[str, Any]:
    """A model of the mirror as an entry of WebLLM's `model_list`."""
    return {
        "model_id": model_id,
        "model": f"{mirror.origin}/mlc-ai/{model_id}/resolve/main/",
        "model_lib": f"{mirror.origin}/libs/{library or model_id}.wasm",
        **more,
    }
