"""What an address may hold that is sent to every visitor's browser."""

from __future__ import annotations

import logging
import re
from urllib.parse import parse_qsl, unquote

# Browsers drop these before they read an address (https://url.spec.whatwg.org/#url-parsing).
_DROPPED = re.compile(r"[\t\r\n]")
_ABSOLUTE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?[/\\]{2,}|https?:[/\\]*", re.IGNORECASE)
_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^@%:\[\]]*)(?::[0-9]*)?")
_SECRET_NAME = re.compile(
    r"(?:.*[-_])?(?:token|secret|password|passwd|pwd|auth|authorization|credential|credentials"
    r"|sig|signature|key|apikey)",
    re.IGNORECASE,
)
# Hugging Face, GitHub, GitLab, AWS, Stripe and Clerk, OpenAI, JSON web tokens.
_SECRET_FORM = re.compile(
    r"(?<![A-Za-z0-9])(?:hf_[A-Za-z0-9]{10,}|gh[a-z]_[A-Za-z0-9]{16,}|github_pat_\w{16,}"
    r"|glpat-[\w-]{16,}|(?:AKIA|ASIA)[A-Z0-9]{16}|[sr]k_(?:live|test)_\w{8,}|sk-[\w-]{16,}"
    r"|eyJ[\w-]{8,}\.[\w-]+\.[\w-]+)"
)


def refuse_credentials(address: str) -> None:
    """Let no address pass that holds a password or token: browsers are sent it, and so everyone.

    A host is read as browsers read it; what is no host and port, as where a password's mark ends
    the host too early, counts as credentials. A token is known by its name in query or fragment,
    or by its own form anywhere.

    Args:
        address: absolute, or a path on this app's server.

    Raises:
        ValueError: it holds one; says so without repeating it.
    """
    text = _DROPPED.sub("", address).strip()
    start = _ABSOLUTE.match(text)
    if start and not _HOST.fullmatch(re.split(r"[/?#\\]", text[start.end() :], maxsplit=1)[0]):
        raise ValueError(
            "must name a server and nothing more before its path, no user name or password, "
            "because every visitor's browser is sent it. Let the server allow this app's "
            "visitors without one"
        )
    named = [name for part in _after_path(text) for name, _ in parse_qsl(part)]
    if any(_SECRET_NAME.fullmatch(name) for name in named) or _SECRET_FORM.search(unquote(text)):
        raise ValueError(
            "must not hold a token or key, because every visitor's browser is sent it. Let the "
            "server it names allow this app's visitors without one"
        )


def _after_path(address: str) -> list[str]:
    """Its query and its fragment."""
    return re.split(r"[?#]", address)[1:]


_USER_INFO = re.compile(r"(?<=[/\\]{2})[^\s'\"<>]*[\t\r\n]?(?:@|%(?:25)*40)")
_AFTER_PATH = re.compile(r"[?#][^\s'\"<>]*=[^\s'\"<>]*")


def without_secrets(text: str) -> str:
    """Return `text` without what may be a password or token in the addresses in it; for logs.

    Of an address everything before its last `@` goes, and all of a query or fragment that has
    values: rather too much than one form too little.
    """
    return _SECRET_FORM.sub("***", _AFTER_PATH.sub("?***", _USER_INFO.sub("***@", text)))


class MaskAddresses(logging.Filter):
    """Masks what a logger writes, tracebacks included: libraries quote whole addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; every handler then gets the masked one."""
        record.msg, record.args = without_secrets(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = without_secrets(logging.Formatter().formatException(record.exc_info))
        return True
