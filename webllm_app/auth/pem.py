"""Reading an RSA public key the way it arrives through environment variables and secrets."""

import base64
import binascii
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

MIN_KEY_BITS = 2048
"""NIST SP 800-131A rev. 2, table 2: shorter RSA keys are disallowed. Clerk's have 2048."""

_LONGEST_PEM = 16_384
_ARMOUR = re.compile(r"-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----", re.DOTALL)


def load_public_key(text: str) -> RSAPublicKey:
    r"""Read a PEM public key, forgiving what shells, `.env` files and dashboards do to it.

    Accepted: real newlines, CRLF, literal `\n`, everything on one line, surrounding quotes and
    indentation.

    Args:
        text: The key, from `-----BEGIN PUBLIC KEY-----` to `-----END PUBLIC KEY-----`.

    Raises:
        ValueError: What is wrong with it, in words that name no part of the key.
    """
    if len(text) > _LONGEST_PEM:
        raise ValueError("it is far too long for a public key")
    unescaped = text.replace("\\r", "\n").replace("\\n", "\n")
    armoured = _ARMOUR.search(unescaped)
    if armoured is None:
        raise ValueError(
            "it does not run from '-----BEGIN PUBLIC KEY-----' to '-----END PUBLIC KEY-----'"
        )
    label, body = armoured.groups()
    if label != "PUBLIC KEY":
        raise ValueError(f"it is a {label.lower()!r}, not a 'public key'")
    try:
        # Only the base64 matters, so one-line and indented forms read like any other.
        key = load_der_public_key(base64.b64decode("".join(body.split()), validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        raise ValueError("the text between its BEGIN and END lines is damaged") from None
    if not isinstance(key, RSAPublicKey):
        raise ValueError("it is not an RSA key")  # noqa: TRY004 - text was given, of the right type
    if key.key_size < MIN_KEY_BITS:
        raise ValueError(f"it has {key.key_size} bits, and at least {MIN_KEY_BITS} are needed")
    return key
