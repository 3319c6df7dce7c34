"""Signing in with Clerk, in the browser: clerk-js in, session token out.

The component shows the visitor's name and a form; who they are is for Python to verify.
"""

import json
import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, Literal

import streamlit as st
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from streamlit.components.v1 import declare_component
from streamlit.components.v1.custom_component import CustomComponent

from components.clerk_auth.page import page_folder

__all__ = ["ClerkAuthValue", "clerk_auth"]

_LONGEST_TOKEN = 8_192
_LARGEST_SEQ = 2**53 - 1
"""The largest whole number that JavaScript counts exactly."""

_log = logging.getLogger(__name__)


class ClerkAuthValue(BaseModel):
    """One report of the component: what the browser claims, parsed as hostile input.

    Attributes:
        seq: Grows with every report.
        status: `signed-in`, `signed-out`, or `unavailable` where Clerk cannot be reached.
        token: The session token, unverified; only with `signed-in`, and there only once.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    seq: Annotated[int, Field(ge=0, le=_LARGEST_SEQ)]
    status: Literal["signed-in", "signed-out", "unavailable"]
    token: Annotated[SecretStr, Field(min_length=1, max_length=_LONGEST_TOKEN)] | None

    @model_validator(mode="after")
    def _token_only_when_signed_in(self) -> "ClerkAuthValue":
        if self.token is not None and self.status != "signed-in":
            raise ValueError("a token belongs to 'signed-in' alone")
        return self


@lru_cache(maxsize=1)
def _component(publishable_key: str, frontend_api: str) -> CustomComponent:
    """Declared on first use: an app without sign-in serves nothing of it."""
    return declare_component("clerk_auth", path=page_folder(publishable_key, frontend_api))


def clerk_auth(
    *,
    publishable_key: str,
    frontend_api: str,
    required: bool,
    acknowledged: int,
    refused: str | None,
    sign_out_requests: int,
    wants_token: bool,
    on_report: Callable[[ClerkAuthValue], object],
    key: str,
) -> None:
    """Show the sign-in, and hand each report to `on_report` before the script runs.

    The report goes to a callback and not into the return value, so that a token is never in
    `st.session_state` while any script runs. Mount it once. In an app whose script takes long, or
    streams, do so inside an `st.fragment`: renewing the token every minute then reruns that
    fragment alone.

    Args:
        publishable_key: The instance's publishable key; public. It stands in the page that is
            served and never in a message.
        frontend_api: Host name of the instance's Frontend API, which that key names. The page's
            policy lets scripts come from there and nowhere else.
        required: True where guests may not go on; only words depend on it.
        acknowledged: `seq` of the last report that was taken; -1 for none.
        refused: Why the last token was refused; None if it was accepted.
        sign_out_requests: How often the browser was asked to sign out.
        wants_token: True asks for a newer token.
        on_report: Takes a report.
        key: Name of the component in `st.session_state`; constant.
    """

    def hand_over() -> None:
        raw = st.session_state.get(key)
        # Streamlit keeps what a component sent; from here on it keeps nothing.
        st.session_state[key] = None
        report = parse_report(raw)
        if report is not None:
            on_report(report)

    try:
        component = _component(publishable_key, frontend_api)
    except OSError as error:
        _log.error("Sign-in cannot be shown: %s", error)
        st.error(
            "Sign-in cannot be shown, because this server has no folder for temporary files. "
            "Whoever runs it can name one that is writable in `TMPDIR`."
        )
        return
    component(
        required=required,
        acknowledged=acknowledged,
        refused=refused,
        sign_out_requests=sign_out_requests,
        wants_token=wants_token,
        key=key,
        default=None,
        on_change=hand_over,
    )


def parse_report(raw: Any) -> ClerkAuthValue | None:
    """Read what a browser sent; None for anything the component would not send."""
    if raw is None:
        return None
    try:
        # Through JSON, because strict mode would otherwise want a SecretStr for the token.
        return ClerkAuthValue.model_validate_json(json.dumps(raw))
    except (ValidationError, TypeError, ValueError, RecursionError) as error:
        # Never the error's text: it may quote a token.
        _log.warning("Refused a sign-in report: %s", type(error).__name__)
        return None
