"""Chat with a language model that runs in the visitor's browser: the Python face of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit.components.v1 as components
from streamlit.components.v1.custom_component import CustomComponent

from components.webllm_chat.commands import still_pending, use_model
from components.webllm_chat.defaults import default_settings
from components.webllm_chat.offers import offer_of
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
    SharedMessage,
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
    "SharedMessage",
    "View",
    "still_pending",
    "use_model",
    "webllm_chat",
]

_BUNDLE = Path(__file__).parent / "frontend" / "dist"


@cache
def _component() -> CustomComponent:
    """Declared on first use: Streamlit registers nothing that is declared outside a script run."""
    return components.declare_component("webllm_chat", path=_BUNDLE)


def webllm_chat(
    models: Sequence[ModelEntry | str] | None = None,
    *,
    system_prompt: str | None = None,
    starters: Sequence[str] | None = None,
    height: int | None = None,
    share_messages: bool = False,
    settings: EngineSettings | None = None,
    embedded: EmbeddedModel | None = None,
    view: View = "chat",
    locked: bool = False,
    user: str | None = None,
    command: Command | None = None,
    server: ServerFacts | None = None,
    issue_url: str | None = None,
    key: str = "webllm_chat",
) -> EngineState:
    """Shows the chat and returns what is known of the engine in this visitor's browser.

    Nothing has to be given::

        from components.webllm_chat import webllm_chat

        webllm_chat()

    In an app of several pages mount it once, in the script that calls `st.navigation`, before the
    page runs, with a constant `key`: then its iframe, and the model loaded in it, survives page
    switches.

    Args:
        models: the models on offer, as ids of the catalog or as entries of your own, the first to
            start with first. None: all of the ladder.
        system_prompt: read by the model before a conversation that has none of its own.
        starters: ways to begin, shown on the first screen, at most 12. None: the component's own;
            an empty list: none.
        height: of the chat in CSS pixels, at least 360. None: it fills the page.
        share_messages: hands finished messages of the open conversation to Python, in
            `EngineState.messages`. Off, no word of a conversation reaches the server; on, the
            visitor is told for as long as it is so.
        settings: what the operator decided for the engine. None: the defaults, with the first of
            `models`. Its own `system_prompt` gives way to the argument.
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
        ValueError: `models` names a model that is not in the catalog, or offers none; or an
            argument breaks the protocol (`pydantic.ValidationError`, which names the argument).
    """
    offer = offer_of(models)
    if models is not None and not models and embedded is None:
        raise ValueError("webllm_chat: `models` is empty, and no `embedded` model is given.")
    if settings is None:
        settings = default_settings(models, system_prompt)
    elif system_prompt is not None:
        settings = settings.model_copy(update={"system_prompt": system_prompt})
    args = RenderArgs(
        view=view,
        locked=locked,
        user=user,
        settings=settings,
        offer=offer,
        embedded=embedded,
        command=command,
        server=server,
        issue_url=issue_url,
        starters=None if starters is None else list(starters),
        height=height,
        share_messages=share_messages,
    )
    sent = args.model_dump(mode="json")
    sent["settings"] = settings.model_dump(mode="json", exclude_defaults=True)
    value: Any = _component()(**sent, key=key, default=None)
    return parse_engine_state(value, share_messages=share_messages)
