"""Who this visitor is, from one verified token to the next. No Streamlit in here."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import SecretStr

from webllm_app.auth.claims import Claims
from webllm_app.auth.reasons import Reason, TokenRejected

GRACE = 300
"""Seconds after a token's `exp` until its claims no longer count: the hard cap. Long enough for
a script that streams, or a tab in the background, to miss several refreshes."""

_REMEMBERED_SIGN_OUTS = 100_000


class Verifier(Protocol):
    """Whatever turns a token into claims, or raises `TokenRejected`."""

    def verify(self, token: object) -> Claims:
        """Return the claims of a valid token."""
        ...


class SignInReport(Protocol):
    """What the sign-in component says. A claim by the browser, not a fact."""

    @property
    def seq(self) -> int:
        """Grows with every report of a page."""
        ...

    @property
    def status(self) -> str:
        """`signed-in`, `signed-out` or `unavailable`."""
        ...

    @property
    def token(self) -> SecretStr | None:
        """The session token, with `signed-in`."""
        ...


class EndedSessions:
    """The ids of Clerk sessions that were signed out here, for all tabs of all visitors.

    A signed-out session's last token still verifies for up to a minute, and `st.context.cookies`
    shows it for as long as the tab's connection lives. Clerk never revives a session id.
    """

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, session_id: str) -> None:
        """Remember a session as ended; the oldest of very many is forgotten."""
        with self._lock:
            self._ids[session_id] = None
            while len(self._ids) > _REMEMBERED_SIGN_OUTS:
                self._ids.popitem(last=False)

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._ids


ENDED_SESSIONS = EndedSessions()
"""The one of this process."""


@dataclass(slots=True)
class Identity:
    """One browser tab's visitor. Holds claims, never a token.

    Attributes:
        refused: Why the last token was refused; None after one that was accepted.
        sign_out_requests: How often Python asked the browser to sign out.
        last_seq: Number of the last report taken; older ones are replays.
    """

    ended: EndedSessions = field(default_factory=lambda: ENDED_SESSIONS)
    refused: Reason | None = None
    sign_out_requests: int = 0
    last_seq: int = -1
    _claims: Claims | None = None
    _belongings: dict[str, Any] = field(default_factory=dict)
    _owner: str | None = None

    def user(self, now: float) -> Claims | None:
        """Return the verified claims, or None for a guest.

        Args:
            now: Seconds since 1970-01-01 UTC.
        """
        claims = self._claims
        if claims is None or now >= claims.exp + GRACE or claims.sid in self.ended:
            return None
        return claims

    def wants_token(self, now: float) -> bool:
        """True past the soft deadline: the claims still count, but a newer token is due."""
        return self._claims is not None and now >= self._claims.exp

    def belongings(self, now: float) -> dict[str, Any]:
        """Return what was kept for this very user; emptied whenever another one appears."""
        user = self.user(now)
        self._hand_over(user.sub if user else None)
        return self._belongings

    def take(self, report: SignInReport, verifier: Verifier) -> None:
        """Take a report of the component, unless it is a replay."""
        if report.seq <= self.last_seq:
            return
        self.last_seq = report.seq
        if report.status == "signed-out":
            self._end()
            self.refused = None
        elif report.status == "signed-in" and report.token is not None:
            self.admit(report.token.get_secret_value(), verifier)

    def admit(self, token: str, verifier: Verifier) -> None:
        """Verify a token and become its user; with a bad one everything stays as it was."""
        try:
            claims = verifier.verify(token)
            if claims.sid in self.ended:
                raise TokenRejected(Reason.SIGNED_OUT, "sid")
        except TokenRejected as rejected:
            self.refused = rejected.reason
            return
        self.refused = None
        self._claims = claims
        self._hand_over(claims.sub)

    def sign_out(self) -> None:
        """End the session here and now, and have the browser do the same."""
        self._end()
        self.sign_out_requests += 1

    def _end(self) -> None:
        if self._claims is not None:
            self.ended.add(self._claims.sid)
        self._claims = None
        self._hand_over(None)

    def _hand_over(self, owner: str | None) -> None:
        if owner != self._owner:
            self._belongings = {}
            self._owner = owner
