"""Every way a token can be wrong, and the few ways it can be right."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.auth.forge import (
    CLAIMS,
    GONE,
    HEADER,
    ISSUER,
    NOW,
    ORIGIN,
    OTHER_KEY,
    PEM,
    b64,
    hmac_with_public_key,
    sign_raw,
    token,
)
from webllm_app.auth import ClerkVerifier, Reason, TokenRejected
from webllm_app.auth.claims import Claims
from webllm_app.auth.verifier import CLOCK_SKEW, MAX_LIFETIME, MAX_TOKEN_LENGTH


def verifier(now: float = NOW, **changes: Any) -> ClerkVerifier:
    arguments: dict[str, Any] = {
        "issuer": ISSUER,
        "authorized_parties": [ORIGIN],
        "public_key": PEM,
        "clock": lambda: now,
    }
    return ClerkVerifier(**(arguments | changes))


def reason(value: object, **changes: Any) -> Reason:
    with pytest.raises(TokenRejected) as caught:
        verifier(**changes).verify(value)
    return caught.value.reason


def test_good_token() -> None:
    assert verifier().verify(token()) == Claims(
        iss=ISSUER,
        sub="user_1",
        sid="sess_1",
        iat=NOW,
        nbf=NOW - 10,
        exp=NOW + 60,
        azp=ORIGIN,
        jti="a1",
    )


@pytest.mark.parametrize(
    ("claims", "header"),
    [
        ({"jti": GONE, "v": GONE, "sts": GONE}, {}),
        ({}, {"cat": GONE, "typ": GONE}),
        ({"act": {"sub": "user_admin"}}, {}),
        ({"unknown": [1, {"deep": None}]}, {"oiat": 1, "unknown": "x"}),
    ],
)
def test_other_good_forms(claims: dict[str, Any], header: dict[str, Any]) -> None:
    assert verifier().verify(token(claims, header)).sub == "user_1"


def test_who_impersonates_is_told() -> None:
    assert verifier().verify(token({"act": {"sub": "user_admin"}})).actor == "user_admin"


def test_origin_is_optional_unless_configured() -> None:
    lenient = verifier(authorized_parties=[])
    assert lenient.verify(token({"azp": GONE})).azp is None


_WRONG_TIMES = ["1800000060", 1_800_000_060.5, True, None, [], {}, -1, 10**30, 10**400, "∞"]
_WRONG_TEXTS: list[Any] = [1, True, [], {}, "", "x" * 513, "a b", "a\nb", "ü", "\ud800"]
_HOSTILE_CLAIMS: list[tuple[dict[str, Any], Reason]] = [
    *(({name: GONE}, Reason.MISSING_CLAIM) for name in ("iss", "sub", "iat", "nbf", "exp")),
    *(({name: None}, Reason.MISSING_CLAIM) for name in ("iss", "sub")),
    *(
        ({name: value}, Reason.MISSING_CLAIM if value is None else Reason.CLAIM_TYPE)
        for name in ("iat", "nbf", "exp")
        for value in _WRONG_TIMES
    ),
    *(
        ({name: value}, Reason.CLAIM_TYPE)
        for name in ("iss", "sub", "sid", "azp", "jti")
        for value in _WRONG_TEXTS
    ),
    ({"sid": GONE}, Reason.TOKEN_CLASS),
    ({"sid": None}, Reason.TOKEN_CLASS),
    ({"iss": ISSUER + "/"}, Reason.ISSUER),
    ({"iss": ISSUER.upper()}, Reason.ISSUER),
    ({"iss": "https://other.clerk.accounts.dev"}, Reason.ISSUER),
    ({"iss": ISSUER[:-1]}, Reason.ISSUER),
    ({"azp": GONE}, Reason.AUTHORIZED_PARTY),
    ({"azp": ORIGIN + "/"}, Reason.AUTHORIZED_PARTY),
    ({"azp": ORIGIN + ".evil.com"}, Reason.AUTHORIZED_PARTY),
    ({"azp": "http://chat.example.com"}, Reason.AUTHORIZED_PARTY),
    ({"azp": "null"}, Reason.AUTHORIZED_PARTY),
    ({"exp": NOW + MAX_LIFETIME + 1}, Reason.LIFETIME),
    ({"exp": NOW - 20}, Reason.LIFETIME),
    ({"nbf": NOW - MAX_LIFETIME}, Reason.LIFETIME),
    ({"sts": "pending"}, Reason.PENDING),
    ({"sts": "unheard-of"}, Reason.PENDING),
    ({"sts": ["active"]}, Reason.PENDING),
    ({"act": "user_admin"}, Reason.CLAIM_TYPE),
    ({"act": {"sub": 1}}, Reason.CLAIM_TYPE),
    ({"act": {}}, Reason.MISSING_CLAIM),
]


@pytest.mark.parametrize(("claims", "expected"), _HOSTILE_CLAIMS)
def test_signed_but_wrong_claims(claims: dict[str, Any], expected: Reason) -> None:
    assert reason(token(claims)) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        *(
            ({"alg": alg}, Reason.ALGORITHM)
            for alg in ("none", "None", "HS256", "RS384", "RS512", "PS256", "ES256", "", GONE, 1)
        ),
        *(
            ({"typ": typ}, Reason.TOKEN_CLASS)
            for typ in ("at+jwt", "application/at+jwt", "JWE", 1, None)
        ),
        *(
            ({"cat": cat}, Reason.TOKEN_CLASS)
            for cat in ("cl_B7d4PD222AAA", "cl_B7d4PD333AAA", "cl_I7d4PD111III", "", None, 1)
        ),
        ({"kid": 1}, Reason.NOT_A_TOKEN),
        ({"crit": ["x"]}, Reason.NOT_A_TOKEN),
        ({"b64": False, "crit": ["b64"]}, Reason.NOT_A_TOKEN),
    ],
)
def test_wrong_header(header: dict[str, Any], expected: Reason) -> None:
    assert reason(token(header=header)) is expected


@pytest.mark.parametrize("header", [{"kid": GONE}, {"kid": ""}, {"kid": "k" * 257}])
def test_key_set_needs_a_key_id(header: dict[str, Any]) -> None:
    by_key_set = {"public_key": None, "jwks_url": "https://clerk.example.com/jwks.json"}
    assert reason(token(header=header), **by_key_set) is Reason.KEY_ID


def test_keys_are_not_confused() -> None:
    assert reason(hmac_with_public_key()) is Reason.ALGORITHM
    assert reason(token(key=OTHER_KEY)) is Reason.SIGNATURE
    head, body, _ = token().split(".")
    assert reason(f"{head}.{body}.{b64(b'x' * 256)}") is Reason.SIGNATURE
    unsigned = b64(json.dumps(HEADER | {"alg": "none"}).encode())
    assert reason(f"{unsigned}.{body}.{b64(b'x')}") is Reason.ALGORITHM


def test_embedded_key_is_ignored() -> None:
    jwk = {"kty": "RSA", "n": "AQAB", "e": "AQAB"}
    header = {"jwk": jwk, "jku": "https://evil.example", "x5u": "https://evil.example"}
    assert reason(token(header=header, key=OTHER_KEY)) is Reason.SIGNATURE


@pytest.mark.parametrize(
    "value",
    [
        None, 1, True, b"", [], {}, object(), token().encode(),
        "", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", " ", "\0", "\ud800", "é.é.é",
        token() + "=", token() + "\n", " " + token(), "Bearer " + token(), token() + ".",
        token().replace(".", "..", 1), token()[:-1] + "+",
        sign_raw(b"[]", b"{}"), sign_raw(b"1", b"{}"), sign_raw(b"", b"{}"),
        sign_raw(b"[" * 3000, b"{}"), sign_raw(b'{"a":' * 1000, b"{}"),
        sign_raw(b"\xff\xfe", b"{}"), sign_raw(b'{"alg":' + b"9" * 5000 + b"}", b"{}"),
        *(
            sign_raw(json.dumps(HEADER).encode(), payload)
            for payload in (
                b"[]", b"null", b"1", b'"x"', b"{", b"\xff", b"[" * 3000, b"9" * 5000, b" ",
            )
        ),
    ],
)  # fmt: skip
def test_malformed(value: object) -> None:
    assert reason(value) is Reason.NOT_A_TOKEN


@pytest.mark.parametrize("text", [b"NaN", b"Infinity", b"1e400"])
def test_numbers_that_are_none(text: bytes) -> None:
    payload = json.dumps(CLAIMS).encode().replace(str(CLAIMS["exp"]).encode(), text)
    assert reason(sign_raw(json.dumps(HEADER).encode(), payload)) is Reason.CLAIM_TYPE


def test_size_cap_comes_first() -> None:
    assert reason("é" * (MAX_TOKEN_LENGTH + 1)) is Reason.TOO_LARGE
    assert reason("é" * MAX_TOKEN_LENGTH) is Reason.NOT_A_TOKEN


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOW + 60 + CLOCK_SKEW - 0.001, None),
        (NOW + 60 + CLOCK_SKEW, Reason.EXPIRED),
        (NOW - CLOCK_SKEW, None),
        (NOW - CLOCK_SKEW - 0.001, Reason.NOT_YET_VALID),
        (float("nan"), Reason.EXPIRED),
    ],
)
def test_clock_at_the_edges(now: float, expected: Reason | None) -> None:
    if expected is None:
        assert verifier(now).verify(token()).sub == "user_1"
    else:
        assert reason(token(), now=now) is expected


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_each_start_has_its_own_edge(claim: str) -> None:
    def starting(moment: int) -> str:
        return token({"iat": NOW - 1, "nbf": NOW - 1} | {claim: moment})

    assert verifier().verify(starting(NOW + CLOCK_SKEW)).sub == "user_1"
    assert reason(starting(NOW + CLOCK_SKEW + 1)) is Reason.NOT_YET_VALID


def test_the_longest_life_has_its_edge() -> None:
    def lasting(seconds: int) -> str:
        return token({"iat": NOW, "nbf": NOW, "exp": NOW + seconds})

    assert verifier().verify(lasting(MAX_LIFETIME)).sub == "user_1"
    assert reason(lasting(MAX_LIFETIME + 1)) is Reason.LIFETIME


_GOOD = token()


@settings(max_examples=500)
@given(st.data())
def test_no_mutant_passes(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(_GOOD)))
    end = data.draw(st.integers(start, min(len(_GOOD), start + 12)))
    mutant = _GOOD[:start] + data.draw(st.text(max_size=12)) + _GOOD[end:]
    if mutant == _GOOD:
        return
    reason(mutant)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@settings(max_examples=300)
@given(st.sampled_from(sorted(CLAIMS)), _json)
def test_any_signed_value_is_judged(name: str, value: object) -> None:
    with contextlib.suppress(TokenRejected):
        claims = verifier().verify(token({name: value}))
        assert (claims.iss, claims.azp) == (ISSUER, ORIGIN)


def test_parser_gap_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: object) -> None:
        raise KeyError(token())

    monkeypatch.setattr("webllm_app.auth.verifier._read_header", explode)
    assert reason(token()) is Reason.NOT_A_TOKEN
    assert token() not in caplog.text


@pytest.mark.parametrize(
    "pem",
    [
        PEM,
        PEM.replace("\n", "\\n"),
        PEM.replace("\n", ""),
        PEM.replace("\n", " "),
        PEM.replace("\n", "\r\n"),
        f'"{PEM}"',
        "'" + PEM.replace("\n", "\\n") + "'",
        "\n  " + PEM.replace("\n", "\n  "),
    ],
)
def test_pem_as_it_arrives(pem: str) -> None:
    assert verifier(public_key=pem).verify(token()).sub == "user_1"


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": ""},
        {"public_key": None},
        {"jwks_url": "https://clerk.example.com/jwks.json"},
        {"public_key": "nonsense"},
        {"public_key": PEM[:-60]},
        {"public_key": None, "jwks_url": "file:///etc/passwd"},
        {"public_key": None, "jwks_url": "http://clerk.example.com/jwks.json"},
    ],
)
def test_wrong_set_up_is_said_at_once(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        verifier(**changes)


def test_one_origin_as_text_is_refused() -> None:
    with pytest.raises(TypeError, match="authorized_parties"):
        verifier(authorized_parties=ORIGIN)


def test_verdict_never_quotes_the_token() -> None:
    with pytest.raises(TokenRejected) as caught:
        verifier().verify(token(key=OTHER_KEY))
    assert str(caught.value) == "session token refused: signature"


@pytest.mark.parametrize("aud", ["other", "", ["other"], [], [1], None, 7, True, {"a": 1}])
@pytest.mark.parametrize("audience", [None, "chat"])
def test_a_token_for_another_audience_is_refused(aud: object, audience: str | None) -> None:
    assert reason(token({"aud": aud}), audience=audience) is Reason.AUDIENCE


@pytest.mark.parametrize("aud", ["chat", ["chat"], ["other", "chat"]])
def test_a_token_for_the_configured_audience_is_taken(aud: object) -> None:
    assert verifier(audience="chat").verify(token({"aud": aud})).sub == "user_1"
    assert reason(token({"aud": aud})) is Reason.AUDIENCE


def test_a_configured_audience_is_required() -> None:
    assert reason(token(), audience="chat") is Reason.AUDIENCE
    with pytest.raises(ValueError, match="audience"):
        verifier(audience="")
