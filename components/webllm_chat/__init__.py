"""Chat with a language model that runs in the visitor's browser: the Python face of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit.components.v1 as components

from components.webllm_chat.commands import still_pending, use_model
from components.webllm_chat.parsing import parse_engine_state
from components.webllm_chat.protocol import (
    Command,
    EmbeddedModel,
    EngineSettings,
    EngineState,
    ModelEntry,
    RenderArgs,
    ServerFacts,
    ServerSetting,
    View,
)

__all__ = [
    "Command",
    "EmbeddedModel",
    "EngineSettings",
    "EngineState",
    "ModelEntry",
    "ServerFacts",
    "ServerSetting",
    "View",
    "still_pending",
    "use_model",
    "webllm_chat",
]

_component = components.declare_component(
    "webllm_chat", path=Path(__file__).parent / "frontend" / "dist"
)


def webllm_chat(
    *,
    settings: EngineSettings,
    catalog: Sequence[ModelEntry],
    embedded: EmbeddedModel | None = None,
    view: View = "chat",
    locked: bool = False,
    user: str | None = None,
    command: Command | None = None,
    server: ServerFacts | None = None,
    issue_url: str | None = None,
    key: str = "webllm_chat",
) -> EngineState:
    """Shows the component and returns what is known of the engine in this visitor's browser.

    Mount it once, before the page runs, with a constant `key`: then its iframe, and the model
    loaded in it, survives page switches.

    Args:
        settings: what the operator decided for the engine.
        catalog: the models on offer.
        embedded: where this server hands out the model it brings along, or None.
        view: which of its views the component shows.
        locked: closes the chat (where sign-in is required) while keeping a loaded model.
        user: whose conversations are shown; another user of the same browser never sees them.
            A key that says nothing about the person, for example a hash of their id: 1 to 64
            letters, digits, `-` and `_`. None: the guest.
        command: what the page asks of the engine, once; see `EngineState.acknowledged`.
        server: what this server adds to the diagnostics' report; nothing secret.
        issue_url: where a visitor can send that report; without it no link is offered.
        key: Streamlit's identity of the component.

    Returns:
        The last valid state the component sent; its `phase` is `starting` before the first,
        and `rejected`, with `problem` naming the field, for a value that breaks the protocol.

    Raises:
        pydantic.ValidationError: an argument breaks the protocol; it names the argument.
    """
    args = RenderArgs(
        view=view,
        locked=locked,
        user=user,
        settings=settings,
        catalog=list(catalog),
        embedded=embedded,
        command=command,
        server=server,
        issue_url=issue_url,
    )
    value: Any = _component(**args.model_dump(mode="json"), key=key, default=None)
    return parse_engine_state(value)
