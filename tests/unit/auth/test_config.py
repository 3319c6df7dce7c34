"""What the operator set, and what comes of it."""

import base64

import pytest
from pydantic import SecretStr

from tests.unit.auth.forge import PEM
from webllm_app.auth import AuthConfig
from webllm_app.auth.config import verifier_for
from webllm_app.auth.keys import PublishableKey

KEY = "pk_test_Y2FsbS1vdHRlci00Mi5jbGVyay5hY2NvdW50cy5kZXYk"
SECRET = SecretStr("sk_test_abcdefghijklmnop")


def encode(host: str) -> str:
    return base64.b64encode(host.encode()).decode()


def test_publishable_key() -> None:
    key = PublishableKey.parse(KEY)
    assert (key.live, key.host) == (False, "calm-otter-42.clerk.accounts.dev")
    assert key.issuer == "https://calm-otter-42.clerk.accounts.dev"
    assert key.jwks_url == f"{key.issuer}/.well-known/jwks.json"
    assert PublishableKey.parse("pk_live_" + encode("clerk.example.com$").rstrip("=")).live
    assert len(key.cookie_suffix) == 8


@pytest.mark.parametrize(
    "text",
    [
        "", "pk_test_=", "pk_prod_" + encode("clerk.example.com$"), "pk_test_!!!!", KEY[:-6],
        KEY + "x" * 500, "pk_test_" + encode("clerk.example.com"),
        "pk_test_" + encode("a.com/$"), "pk_test_" + encode("evil.com#@a.com$"),
        "pk_test_" + encode("localhost$"), "pk_test_" + encode("ü.com$"),
        "sk_test_abcdefghijklmnop", "Пk_test_x",
    ],
)  # fmt: skip
def test_malformed_publishable_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        PublishableKey.parse(text)
    required = AuthConfig.from_values(mode="required", publishable_key=text)
    optional = AuthConfig.from_values(publishable_key=text)
    assert required.closed
    assert not optional.enabled
    assert not optional.closed
    if text:
        assert "CLERK_PUBLISHABLE_KEY" in optional.problems[0]
        assert text not in optional.problems[0]


def test_no_key_is_guest_mode() -> None:
    config = AuthConfig.from_values()
    assert not config.enabled
    assert config.problems == ()


def test_good_values() -> None:
    config = AuthConfig.from_values(
        mode="Required",
        publishable_key=f' "{KEY}" ',
        jwt_key=PEM.replace("\n", "\\n"),
        secret_key=SECRET,
        authorized_parties=["https://chat.example.com/", "", "https://chat.example.com"],
    )
    assert config.enabled
    assert config.authorized_parties == ("https://chat.example.com",)
    assert (config.problems, config.advice) == ((), ())
    assert SECRET.get_secret_value() not in repr(config)


def test_missing_parties_are_advised_in_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    # A key of its own, because the process remembers each set-up's verifier.
    key = "pk_test_" + encode("missing-parties.example.com$")
    config = AuthConfig.from_values(publishable_key=key)
    assert "authorized parties" in config.advice[0]
    assert verifier_for(config) is verifier_for(config)
    assert [record.message for record in caplog.records] == list(config.advice)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"jwt_key": "nonsense"}, "CLERK_JWT_KEY"),
        ({"secret_key": SecretStr("nonsense")}, "CLERK_SECRET_KEY"),
        ({"secret_key": SecretStr("sk_live_abcdefgh")}, "CLERK_SECRET_KEY"),
        ({"authorized_parties": ["https://chat.example.com/path"]}, "CLERK_AUTHORIZED_PARTIES"),
        ({"authorized_parties": ["chat.example.com"]}, "CLERK_AUTHORIZED_PARTIES"),
        ({"mode": "requierd"}, "WEBLLM_AUTH"),
    ],
)
def test_problems_name_the_setting(values: dict[str, object], named: str) -> None:
    config = AuthConfig.from_values(publishable_key=KEY, **values)  # type: ignore[arg-type]
    assert not config.enabled
    assert named in config.problems[0]
    assert "nonsense" not in config.problems[0]


def test_misspelt_mode_closes() -> None:
    assert AuthConfig.from_values(mode="requierd", publishable_key=KEY).closed


def test_off_is_off() -> None:
    assert not AuthConfig.from_values(mode="off", publishable_key=KEY).enabled
