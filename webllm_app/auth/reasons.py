"""Why a session token was refused."""

from enum import StrEnum


class Reason(StrEnum):
    """One value per way a token can fail; safe to log and to show, never holds token text."""

    NOT_A_TOKEN = "not-a-token"  # noqa: S105 - a reason, not a password
    """The input is not a string, or not three base64url parts with a JSON object in front."""
    TOO_LARGE = "too-large"
    """Longer than `verifier.MAX_TOKEN_LENGTH`; refused before anything was decoded."""
    ALGORITHM = "algorithm"
    """The header names another algorithm than RS256."""
    TOKEN_CLASS = "token-class"  # noqa: S105
    """Signed by the same instance, but not a session token (`typ`, `cat`, or no `sid`)."""
    KEY_ID = "key-id"
    """The header names no key, so none can be chosen from the key set."""
    UNKNOWN_KEY = "unknown-key"
    """The instance's key set was read and has no such key."""
    KEYS_UNAVAILABLE = "keys-unavailable"
    """The instance's key set could not be read, and no key from before is young enough."""
    SIGNATURE = "signature"
    """The signature does not fit the header and payload."""
    MISSING_CLAIM = "missing-claim"
    """A claim that every session token carries is absent or null."""
    CLAIM_TYPE = "claim-type"
    """A claim is present with the wrong type or form."""
    ISSUER = "issuer"
    """Issued by another Clerk instance."""
    AUTHORIZED_PARTY = "authorized-party"
    """Issued for a page on another origin than the configured ones, or for none."""
    AUDIENCE = "audience"
    """Made for another audience than the configured one, or for one where none is configured."""
    EXPIRED = "expired"
    """`exp` has passed."""
    NOT_YET_VALID = "not-yet-valid"
    """`nbf` or `iat` lies in the future."""
    LIFETIME = "lifetime"
    """`exp`, `iat` and `nbf` span more than any session token does, or run backwards."""
    PENDING = "pending"
    """The visitor has signed in but must still finish a task that the instance requires."""
    SIGNED_OUT = "signed-out"
    """The token belongs to a session that was signed out here."""


class TokenRejected(Exception):  # noqa: N818 - a verdict, and the name callers know
    """A token was refused; the only exception that `ClerkVerifier.verify` raises.

    Attributes:
        reason: What was wrong.
        claim: The offending claim or header field, where there is one.
    """

    def __init__(self, reason: Reason, claim: str | None = None) -> None:
        self.reason = reason
        self.claim = claim
        super().__init__(f"session token refused: {reason}" + (f" ({claim})" if claim else ""))
