"""What the sign-in component may say, and that everything else is dropped without a trace."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.clerk_auth import parse_report

GOOD: dict[str, Any] = {"seq": 3, "status": "signed-in", "token": "a.b.c"}


def test_a_report_is_read() -> None:
    report = parse_report(GOOD)
    assert report is not None
    assert (report.seq, report.status) == (3, "signed-in")
    assert report.token is not None
    assert report.token.get_secret_value() == "a.b.c"
    assert "a.b.c" not in repr(report)


@pytest.mark.parametrize("status", ["signed-in", "signed-out", "unavailable"])
def test_every_status_comes_without_a_token_too(status: str) -> None:
    report = parse_report({"seq": 0, "status": status, "token": None})
    assert report is not None
    assert report.token is None


@pytest.mark.parametrize(
    "change",
    [
        {"seq": "3"},
        {"seq": 3.0},
        {"seq": True},
        {"seq": -1},
        {"seq": 2**53},
        {"seq": float("nan")},
        {"status": "admin"},
        {"status": None},
        {"status": "signed-out"},
        {"status": "unavailable"},
        {"token": ""},
        {"token": "x" * 8_193},
        {"token": 1},
        {"token": ["a.b.c"]},
        {"token": "\ud800"},
        {"sub": "user_grace"},
    ],
)
def test_a_forged_report_is_dropped_and_its_token_not_logged(
    change: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    secret = "eyJzZWNyZXQ"
    forged = {"seq": 3, "status": "signed-in", "token": f"{secret}.b.c"} | change
    assert parse_report(forged) is None
    assert "Refused a sign-in report" in caplog.text
    assert secret not in caplog.text


@pytest.mark.parametrize("value", ["user_grace", 1, [], [GOOD], {}, b"x", object()])
def test_what_is_no_report_is_dropped(value: object) -> None:
    assert parse_report(value) is None


def test_deep_nesting_is_dropped() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    assert parse_report(value) is None


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.sampled_from([*GOOD, "sub"]), _json))
def test_no_mutation_escapes(change: dict[str, Any]) -> None:
    said = GOOD | change
    report = parse_report(said)
    # What is taken is what was said, and nothing that the rules above refuse.
    if report is not None:
        token = report.token and report.token.get_secret_value()
        assert {"seq": report.seq, "status": report.status, "token": token} == said
        assert type(report.seq) is int
        assert token is None or report.status == "signed-in"
