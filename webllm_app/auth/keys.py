"""What a Clerk publishable key says: which instance, and for what use."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

_FORM = re.compile(r"pk_(test|live)_([A-Za-z0-9+/_-]+={0,2})")
_HOST = re.compile(
    r"(?=.{4,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+",
)
_LONGEST_KEY = 400


@dataclass(frozen=True, slots=True)
class PublishableKey:
    """A parsed publishable key (`pk_test_…` or `pk_live_…`); public by nature.

    Attributes:
        text: The key itself, as the browser needs it.
        live: True for a production instance, False for a development instance.
        host: Host name of the instance's Frontend API.
    """

    text: str
    live: bool
    host: str

    @classmethod
    def parse(cls, text: str) -> "PublishableKey":
        """Read a key: `pk_test_` or `pk_live_`, then base64 of the host name and a `$`.

        Raises:
            ValueError: What is wrong with it, without repeating it: it may be a secret by mistake.
        """
        if text.startswith("sk_"):
            raise ValueError("it is a secret key. Take it out, and replace it in Clerk's dashboard")
        form = _FORM.fullmatch(text) if len(text) <= _LONGEST_KEY else None
        if form is None:
            raise ValueError("it does not have the form 'pk_test_…' or 'pk_live_…'")
        try:
            decoded = _decode(form[2])
        except (ValueError, binascii.Error):
            raise ValueError("the part after 'pk_…_' is damaged") from None
        host = decoded.removesuffix("$")
        if host == decoded or not _HOST.fullmatch(host):
            raise ValueError("the part after 'pk_…_' names no Clerk instance; it may be cut off")
        return cls(text=text, live=form[1] == "live", host=host)

    @property
    def issuer(self) -> str:
        """The `iss` of every session token of this instance."""
        return f"https://{self.host}"

    @property
    def jwks_url(self) -> str:
        """Where the instance publishes its public keys."""
        return f"https://{self.host}/.well-known/jwks.json"

    @property
    def cookie_suffix(self) -> str:
        """What clerk-js appends to its cookies, so that instances on one domain stay apart.

        Base64url of the key's SHA-1, first eight characters: `getCookieSuffix` in
        `@clerk/shared`. A label, not a protection.
        """
        digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).digest()
        return base64.urlsafe_b64encode(digest).decode()[:8]


def _decode(text: str) -> str:
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    return base64.b64decode(padded, altchars=b"-_" if set(text) & set("-_") else None).decode(
        "ascii"
    )
