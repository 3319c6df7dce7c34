"""Who the visitor is, from report to report."""

from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from tests.unit.auth.forge import ISSUER, NOW, ORIGIN, OTHER_KEY, PEM, token
from webllm_app.auth import ClerkVerifier, Reason
from webllm_app.auth.identity import GRACE, EndedSessions, Identity

VERIFIER = ClerkVerifier(
    issuer=ISSUER, authorized_parties=[ORIGIN], public_key=PEM, clock=lambda: NOW
)


@dataclass
class Report:
    seq: int
    status: str = "signed-in"
    token: SecretStr | None = None


@pytest.fixture
def identity() -> Identity:
    return Identity(ended=EndedSessions())


def sign_in(identity: Identity, seq: int, user: str = "user_1", session: str = "sess_1") -> None:
    signed = token({"sub": user, "sid": session})
    identity.take(Report(seq, token=SecretStr(signed)), VERIFIER)


def who(identity: Identity, now: float = NOW) -> str | None:
    user = identity.user(now)
    return user.sub if user else None


def test_sign_in_and_out(identity: Identity) -> None:
    assert who(identity) is None
    sign_in(identity, 1)
    assert who(identity) == "user_1"
    identity.take(Report(2, "signed-out"), VERIFIER)
    assert who(identity) is None


def test_replay_of_an_old_report_is_ignored(identity: Identity) -> None:
    sign_in(identity, 1, "user_1", "sess_1")
    sign_in(identity, 2, "user_2", "sess_2")
    sign_in(identity, 1, "user_1", "sess_1")
    sign_in(identity, 2, "user_1", "sess_1")
    assert who(identity) == "user_2"


def test_signed_out_session_never_returns(identity: Identity) -> None:
    sign_in(identity, 1)
    identity.sign_out()
    assert who(identity) is None
    assert identity.sign_out_requests == 1
    # The cookie still verifies, and so does a token that clerk-js sends before it has signed out.
    identity.admit(token(), VERIFIER)
    sign_in(identity, 2)
    assert who(identity) is None
    assert identity.refused is Reason.SIGNED_OUT
    sign_in(identity, 3, session="sess_new")
    assert who(identity) == "user_1"


def test_signing_out_ends_every_tab(identity: Identity) -> None:
    other = Identity(ended=identity.ended)
    sign_in(identity, 1)
    sign_in(other, 1)
    identity.sign_out()
    assert who(other) is None


def test_deadlines(identity: Identity) -> None:
    sign_in(identity, 1)
    assert not identity.wants_token(NOW + 59)
    assert identity.wants_token(NOW + 60)
    assert who(identity, NOW + 60 + GRACE - 1) == "user_1"
    assert who(identity, NOW + 60 + GRACE) is None


def test_bad_token_changes_nothing(identity: Identity) -> None:
    sign_in(identity, 1)
    identity.take(Report(2, token=SecretStr(token(key=OTHER_KEY))), VERIFIER)
    assert who(identity) == "user_1"
    assert identity.refused is Reason.SIGNATURE
    identity.take(Report(3, "unavailable"), VERIFIER)
    assert who(identity) == "user_1"


def test_another_user_finds_nothing(identity: Identity) -> None:
    sign_in(identity, 1)
    identity.belongings(NOW)["note"] = "mine"
    sign_in(identity, 2)
    assert identity.belongings(NOW) == {"note": "mine"}
    sign_in(identity, 3, "user_2", "sess_2")
    assert identity.belongings(NOW) == {}
    identity.belongings(NOW)["note"] = "theirs"
    identity.sign_out()
    assert identity.belongings(NOW) == {}


def test_nothing_kept_is_a_token(identity: Identity) -> None:
    sign_in(identity, 1)
    assert "user_1" in repr(identity)
    # As each part of a token begins.
    assert "eyJ" in token()
    assert "eyJ" not in repr(identity)
