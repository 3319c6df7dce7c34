"""What the claims say of the user."""

import re
from dataclasses import replace

from tests.unit.auth.forge import ISSUER, NOW, ORIGIN, PEM, token
from webllm_app.auth import ClerkVerifier

VERIFIER = ClerkVerifier(
    issuer=ISSUER, authorized_parties=[ORIGIN], public_key=PEM, clock=lambda: NOW
)


def test_user_key_is_the_users_own_for_each_session_and_says_nothing_about_them() -> None:
    first = VERIFIER.verify(token({"sub": "user_ada", "sid": "sess_1"}))
    later = VERIFIER.verify(token({"sub": "user_ada", "sid": "sess_2", "iat": NOW - 1}))
    assert first.user_key == later.user_key
    assert re.fullmatch(r"[0-9a-f]{32}", first.user_key)


def test_user_key_tells_users_and_instances_apart() -> None:
    ada = VERIFIER.verify(token({"sub": "user_ada"}))
    keys = {
        ada.user_key,
        VERIFIER.verify(token({"sub": "user_bob"})).user_key,
        replace(ada, iss="https://clerk.example.com").user_key,
    }
    assert len(keys) == 3
