"""Reads component values as what they are: input from a browser that may be hostile."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from components.webllm_chat.protocol import EngineReport, EngineState, SharingReport

MAX_VALUE_BYTES = 64 * 1024
# With messages, which the browser side keeps well below this.
MAX_SHARING_BYTES = 2 * 1024 * 1024
MAX_FIELD_CHARACTERS = 100


def parse_engine_state(value: Any, *, share_messages: bool = False) -> EngineState:
    """Returns the state a component value describes.

    Never raises: a value that is too large, or not what `EngineState` says, becomes a state
    whose phase is `rejected` and whose `problem` names the field. The refused value itself is
    not repeated anywhere.

    Args:
        value: what the component sent, or None before its first value.
        share_messages: accepts messages of the conversation; otherwise they are refused too.
    """
    if value is None:
        return EngineState()
    try:
        size = len(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        return _rejected("The component sent a value that is not JSON.")
    most = MAX_SHARING_BYTES if share_messages else MAX_VALUE_BYTES
    if size > most:
        return _rejected(f"The component sent {size:,} bytes; at most {most:,} are accepted.")
    try:
        report = (SharingReport if share_messages else EngineReport).model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        # The name of a field that nobody knows is the browser's word too.
        field = ".".join(str(part) for part in first["loc"])[:MAX_FIELD_CHARACTERS] or "value"
        return _rejected(f"The component's value is refused: field {field}: {first['msg']}.")
    return EngineState(**dict(report))


def _rejected(problem: str) -> EngineState:
    return EngineState(phase="rejected", problem=problem)
