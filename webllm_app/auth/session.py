"""Sign-in for one Streamlit session: the set-up, the cookies and the claims together."""

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from webllm_app.auth.claims import Claims
from webllm_app.auth.config import AuthConfig, AuthMode, verifier_for
from webllm_app.auth.identity import Identity, SignInReport, Verifier
from webllm_app.auth.reasons import Reason

_STATE_KEY = "auth_identity"


class AuthSession:
    """The visitor of this tab. Make one at the top of each run; what lasts is in session state.

    On the first run, before the component has said anything, the visitor may already be known
    from Clerk's cookie. Later runs never look at it: Streamlit freezes cookies when the tab
    connects, so that one would still sign in after signing out.

    Args:
        config: The checked set-up.
        verifier: Verifies tokens; by default the process's own for `config`.
        clock: Returns seconds since 1970-01-01 UTC.
    """

    def __init__(
        self,
        config: AuthConfig,
        *,
        verifier: Verifier | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.config = config
        self._verifier = verifier
        self._clock = clock
        first_run = _STATE_KEY not in st.session_state
        self._identity: Identity = st.session_state.setdefault(_STATE_KEY, Identity())
        if first_run and config.enabled:
            self._try_cookies()
        self._drawn_for = self._user_id()

    def user(self) -> Claims | None:
        """Return the verified claims, or None for a guest."""
        return self._identity.user(self._clock()) if self.config.enabled else None

    @property
    def user_key(self) -> str | None:
        """`Claims.user_key` of the user; None for a guest."""
        user = self.user()
        return user.user_key if user else None

    @property
    def locked(self) -> bool:
        """True where chat must stay closed: sign-in is required, and there is no user."""
        return self.config.mode is AuthMode.REQUIRED and self.user() is None

    def update(self, report: SignInReport) -> None:
        """Take what the component reported.

        A report that was seen before, or is older than one that was, changes nothing.
        """
        if self.config.enabled:
            self._identity.take(report, self._get_verifier())

    def changed(self) -> bool:
        """True if the user is another one than when this object was made.

        What the run that made it has drawn is then out of date, and `st.rerun()` is due.
        """
        return self._user_id() != self._drawn_for

    @property
    def refused(self) -> Reason | None:
        """Why the last token was refused; None if it was accepted."""
        return self._identity.refused

    def sign_out(self) -> None:
        """End the session at once in Python; the component then signs out of Clerk."""
        self._identity.sign_out()

    def user_state(self) -> dict[str, Any]:
        """Return a dictionary for things of this user; another user finds it empty."""
        return self._identity.belongings(self._clock())

    def component_args(self) -> dict[str, Any]:
        """Return what the sign-in component must know, as keyword arguments for it."""
        return {
            "publishable_key": self.config.key.text if self.config.key else "",
            "frontend_api": self.config.key.host if self.config.key else "",
            "required": self.config.mode is AuthMode.REQUIRED,
            "acknowledged": self._identity.last_seq,
            "refused": self._identity.refused,
            "sign_out_requests": self._identity.sign_out_requests,
            "wants_token": self._identity.wants_token(self._clock()),
        }

    def _user_id(self) -> str | None:
        user = self.user()
        return user.sub if user else None

    def _get_verifier(self) -> Verifier:
        return self._verifier or verifier_for(self.config)

    def _try_cookies(self) -> None:
        assert self.config.key is not None  # noqa: S101 - what `enabled` means
        cookies = st.context.cookies
        # The suffixed cookie belongs to this instance; the plain one may be another app's.
        for name in (f"__session_{self.config.key.cookie_suffix}", "__session"):
            token = cookies.get(name)
            if token and self.user() is None:
                self._identity.admit(token, self._get_verifier())
        # A cookie is often a minute old and refused; the component's word is still to come.
        self._identity.refused = None


def require_user() -> Claims:
    """Return the signed-in user, or show a request to sign in and end the page here.

    For pages of one's own, after the frame has run.
    """
    identity = st.session_state.get(_STATE_KEY)
    user = identity.user(time.time()) if isinstance(identity, Identity) else None
    if user is None:
        st.info("Please sign in to see this page.", icon=":material/lock:")
        st.stop()
    return user
