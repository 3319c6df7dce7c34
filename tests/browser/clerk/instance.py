"""The state of a pretended Clerk instance: its users, browsers, sessions and signing key."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

HOST = "calm-otter-42.clerk.accounts.dev"
ACCOUNTS = "https://calm-otter-42.accounts.dev"
PUBLISHABLE_KEY = "pk_test_Y2FsbS1vdHRlci00Mi5jbGVyay5hY2NvdW50cy5kZXYk"
SECRET_KEY = "sk_test_c3RhbmRpbnNlY3JldA"
KEY_ID = "ins_standin"
EMAIL_CODE = "424242"
PASSWORD = "correct horse battery"

Json = dict[str, Any]


@dataclass
class User:
    id: str
    email: str
    first_name: str
    last_name: str


ADA = User("user_ada", "ada@example.com", "Ada", "Lovelace")
GRACE = User("user_grace", "grace@example.com", "Grace", "Hopper")
USERS = {user.email: user for user in (ADA, GRACE)}


@dataclass
class Browser:
    """What Clerk keeps per browser; it calls this a client."""

    id: str
    sessions: dict[str, User] = field(default_factory=dict)
    sign_in: Json | None = None
    sign_up: Json | None = None
    origin: str = ""


@dataclass
class Instance:
    """A Clerk instance in memory.

    Attributes:
        token_life: Seconds from a token's issue to its expiry.
        down: Answer every API request with 503.
        cookie_expires_in: Seconds; under eight days clerk-js would rather navigate.
    """

    token_life: int = 60
    down: bool = False
    cookie_expires_in: int = 400 * 86_400
    browsers: dict[str, Browser] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    def reset(self) -> None:
        self.browsers.clear()
        self.tokens.clear()
        self.token_life, self.down, self.cookie_expires_in = 60, False, 400 * 86_400

    @property
    def public_pem(self) -> str:
        public = self.key.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def public_jwk(self) -> Json:
        jwk: Json = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return jwk | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}

    def new_browser(self) -> Browser:
        browser = Browser(id=f"dvb_{secrets.token_hex(8)}")
        self.browsers[browser.id] = browser
        return browser

    def start_session(self, browser: Browser, user: User) -> str:
        session_id = f"sess_{secrets.token_hex(8)}"
        browser.sessions[session_id] = user
        return session_id

    def mint(self, user: User, session_id: str, origin: str, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": f"https://{HOST}",
            "sub": user.id,
            "sid": session_id,
            "azp": origin,
            "iat": now,
            "nbf": now - 10,
            "exp": now + self.token_life,
            "jti": secrets.token_hex(10),
            "fva": [0, -1],
            "sts": "active",
            "v": 2,
        } | changes
        headers = {"kid": KEY_ID, "cat": "cl_B7d4PD111AAA"}
        token = jwt.encode(claims, self.key, "RS256", headers=headers)
        self.tokens.append(token)
        return token

    # What clerk-js reads; shapes as in Clerk's Frontend API reference.

    def user_json(self, user: User) -> Json:
        address = {
            "object": "email_address",
            "id": f"idn_{user.first_name}",
            "email_address": user.email,
            "verification": {"status": "verified", "strategy": "email_code"},
            "linked_to": [],
        }
        lists = (
            "phone_numbers",
            "web3_wallets",
            "external_accounts",
            "enterprise_accounts",
            "passkeys",
            "organization_memberships",
        )
        empty: Json = {name: [] for name in lists}
        return empty | {
            "object": "user",
            "id": user.id,
            "username": None,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "image_url": f"https://img.clerk.com/static/{user.id}",
            "has_image": True,
            "primary_email_address_id": address["id"],
            "email_addresses": [address],
            "public_metadata": {},
            "unsafe_metadata": {},
            "password_enabled": True,
            "created_at": 1_700_000_000_000,
            "updated_at": 1_700_000_000_000,
        }

    def session_json(self, browser: Browser, session_id: str) -> Json:
        user = browser.sessions[session_id]
        now = int(time.time() * 1000)
        return {
            "object": "session",
            "id": session_id,
            "status": "active",
            "expire_at": now + 7 * 86_400_000,
            "abandon_at": now + 30 * 86_400_000,
            "last_active_at": now,
            "last_active_organization_id": None,
            "actor": None,
            "tasks": None,
            "factor_verification_age": [0, -1],
            "user": self.user_json(user),
            "public_user_data": {
                "first_name": user.first_name,
                "last_name": user.last_name,
                "image_url": "",
                "has_image": False,
                "identifier": user.email,
                "user_id": user.id,
            },
            "last_active_token": {
                "object": "token",
                "jwt": self.mint(user, session_id, browser.origin),
            },
            "created_at": now,
            "updated_at": now,
        }

    def client_json(self, browser: Browser) -> Json:
        sessions = [self.session_json(browser, session_id) for session_id in browser.sessions]
        return {
            "object": "client",
            "id": browser.id.replace("dvb", "client"),
            "sessions": sessions,
            "sign_in": browser.sign_in,
            "sign_up": browser.sign_up,
            "last_active_session_id": sessions[-1]["id"] if sessions else None,
            "cookie_expires_at": int((time.time() + self.cookie_expires_in) * 1000),
            "captcha_bypass": False,
            "created_at": 1_700_000_000_000,
            "updated_at": 1_700_000_000_000,
        }


def sign_in_json(status: str, **changes: Any) -> Json:
    factor = {"strategy": "password"}
    return {
        "object": "sign_in",
        "id": "sia_standin",
        "status": status,
        "supported_identifiers": ["email_address"],
        "supported_first_factors": [factor] if status == "needs_first_factor" else [],
        "supported_second_factors": None,
        "first_factor_verification": None,
        "second_factor_verification": None,
        "identifier": None,
        "user_data": None,
        "created_session_id": None,
    } | changes


def sign_up_json(email: str, *, password: bool, **changes: Any) -> Json:
    missing = [] if password else ["password"]
    return {
        "object": "sign_up_attempt",
        "id": "sua_standin",
        "status": "missing_requirements",
        "required_fields": ["email_address", "password"],
        "optional_fields": [],
        "missing_fields": missing,
        "unverified_fields": ["email_address"],
        "verifications": {
            "email_address": {
                "object": "verification",
                "status": "unverified",
                "strategy": "email_code",
                "attempts": 0,
                "next_action": "needs_attempt",
                "supported_strategies": ["email_code"],
            },
            "phone_number": None,
            "web3_wallet": None,
            "external_account": None,
        },
        "email_address": email,
        "username": None,
        "phone_number": None,
        "web3_wallet": None,
        "first_name": None,
        "last_name": None,
        "has_password": password,
        "unsafe_metadata": {},
        "public_metadata": {},
        "external_account": None,
        "created_session_id": None,
        "created_user_id": None,
        "legal_accepted_at": None,
        "locale": None,
        "abandon_at": int((time.time() + 86_400) * 1000),
    } | changes
