"""Making session tokens, good and bad."""

import base64
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NOW = 1_800_000_000
ISSUER = "https://calm-otter-42.clerk.accounts.dev"
ORIGIN = "https://chat.example.com"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "user_1",
    "sid": "sess_1",
    "azp": ORIGIN,
    "iat": NOW,
    "nbf": NOW - 10,
    "exp": NOW + 60,
    "jti": "a1",
    "fva": [0, -1],
    "v": 2,
    "sts": "active",
}
HEADER: dict[str, Any] = {
    "alg": "RS256",
    "typ": "JWT",
    "kid": "ins_1",
    "cat": "cl_B7d4PD111AAA",
}
GONE = object()
"""Stands for leaving a field out."""


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign_raw(header: bytes, payload: bytes, key: rsa.RSAPrivateKey = KEY) -> str:
    """Sign any bytes at all with RS256."""
    signing_input = f"{b64(header)}.{b64(payload)}"
    signature = key.sign(signing_input.encode(), padding.PKCS1v15(), SHA256())
    return f"{signing_input}.{b64(signature)}"


def token(
    claims: dict[str, Any] | None = None,
    header: dict[str, Any] | None = None,
    key: rsa.RSAPrivateKey = KEY,
) -> str:
    """Return the good token with these changes."""
    return sign_raw(_dump(HEADER | (header or {})), _dump(CLAIMS | (claims or {})), key)


def hmac_with_public_key() -> str:
    """The classic confusion: HS256, keyed with the public key's text."""
    head = b64(_dump(HEADER | {"alg": "HS256"}))
    body = b64(_dump(CLAIMS))
    hs256 = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{head}.{body}.{b64(hs256.sign(f'{head}.{body}'.encode(), PEM.encode()))}"


def _dump(fields: dict[str, Any]) -> bytes:
    return json.dumps({k: v for k, v in fields.items() if v is not GONE}).encode()
