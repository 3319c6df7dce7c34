"""Sign-in with Clerk: nobody is anybody until Python has verified their session token."""

from webllm_app.auth.claims import Claims
from webllm_app.auth.config import AuthConfig, AuthMode
from webllm_app.auth.reasons import Reason, TokenRejected
from webllm_app.auth.session import AuthSession, require_user
from webllm_app.auth.verifier import ClerkVerifier

__all__ = [
    "AuthConfig",
    "AuthMode",
    "AuthSession",
    "Claims",
    "ClerkVerifier",
    "Reason",
    "TokenRejected",
    "require_user",
]
