"""The table of errors that the component, the troubleshooting page and the docs share.

What the app does about each, and the test that pins it, is in docs/failures.md.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

TABLE_PATH = Path(__file__).parent.parent / "components" / "webllm_chat" / "errors.json"


class ErrorKind(BaseModel):
    """One kind of failure: how its text is recognised, and sentences for people."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    patterns: tuple[str, ...]
    seen: tuple[str, ...]
    """Messages as browsers and engines print them."""
    remedy: str
    cause: str
    app: str
    person: str
    actions: tuple[str, ...]
    """Buttons that help, best first; the component knows what they do."""


ERROR_KINDS: tuple[ErrorKind, ...] = TypeAdapter(tuple[ErrorKind, ...]).validate_python(
    json.loads(TABLE_PATH.read_text(encoding="utf-8"))
)
