"""Component values are hostile input: whatever arrives, the page gets a state it can show."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from components.webllm_chat.parsing import MAX_VALUE_BYTES, parse_engine_state
from components.webllm_chat.protocol import EngineReport, EngineState, Label, SharedMessage

GOOD: dict[str, Any] = {
    "protocol": 1,
    "sequence": 7,
    "phase": "ready",
    "active_model": "SmolLM2-135M-Instruct-Q4_1-GGUF",
    "backend": "wllama",
    "choice": "no-gpu",
    "ladder": [
        {
            "model_id": "SmolLM2-135M-Instruct-Q4_1-GGUF",
            "backend": "wllama",
            "state": "active",
            "progress": 100,
        }
    ],
    "device": None,
    "error_kind": None,
    "speeds": {"time_to_first_token_s": 2.5, "decode_tokens_per_s": 11.0},
    "counters": {"turns": 1, "tokens": 9, "recoveries": 0},
}


def test_before_the_first_value_the_engine_is_starting() -> None:
    assert parse_engine_state(None) == EngineState(phase="starting")


def test_a_good_value_is_understood() -> None:
    state = parse_engine_state(GOOD)
    assert state.phase == "ready"
    assert state.active_model == "SmolLM2-135M-Instruct-Q4_1-GGUF"
    assert state.ladder[0].progress == 100
    assert state.problem is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phase": "dancing"}, "phase"),
        ({"sequence": -1}, "sequence"),
        ({"sequence": 10**400}, "sequence"),
        ({"memory_budget_mb": 10**400}, "memory_budget_mb"),
        ({"active_model": "a" * 201}, "active_model"),
        ({"active_model": "what is my secret?"}, "active_model"),
        ({"error_kind": "It failed because of you"}, "error_kind"),
        ({"protocol": 2}, "protocol"),
        ({"ladder": [{"model_id": "x"}]}, "ladder.0"),
        ({"ladder": GOOD["ladder"] * 65}, "ladder"),
        ({"speeds": {"time_to_first_token_s": -1, "decode_tokens_per_s": 1}}, "speeds"),
        ({"conversation": "hello"}, "conversation"),
        ({"problem": "forged"}, "problem"),
    ],
)
def test_a_bad_field_is_named(change: dict[str, Any], field: str) -> None:
    state = parse_engine_state(GOOD | change)
    assert state.phase == "rejected"
    assert f"field {field}" in (state.problem or "")


@pytest.mark.parametrize("value", ["text", 3, [], [GOOD], True, float("nan"), object(), b"x"])
def test_what_is_no_report_is_refused(value: object) -> None:
    assert parse_engine_state(value).phase == "rejected"


@pytest.mark.parametrize("value", [None, {}])
def test_nothing_said_yet_is_the_start(value: object) -> None:
    assert parse_engine_state(value) == EngineState()


def test_a_long_name_of_a_field_is_cut() -> None:
    state = parse_engine_state(GOOD | {"x" * 10_000: 1})
    assert state.phase == "rejected"
    assert len(state.problem or "") < 300


def test_a_refused_value_is_not_repeated() -> None:
    state = parse_engine_state(GOOD | {"phase": "my diary"})
    assert "diary" not in state.model_dump_json()


def test_a_huge_value_is_refused_by_size() -> None:
    state = parse_engine_state(GOOD | {"x": "a" * MAX_VALUE_BYTES})
    assert state.phase == "rejected"
    assert "bytes" in (state.problem or "")


def test_deep_nesting_is_refused() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    assert parse_engine_state(value).phase == "rejected"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


@given(st.dictionaries(st.sampled_from(list(GOOD)), json_values))
def test_no_mutation_of_a_report_escapes(change: dict[str, Any]) -> None:
    state = parse_engine_state(GOOD | change)
    assert state.phase in EngineReport.model_json_schema()["$defs"]["Phase"]["enum"]


def free_text(schema: Any) -> list[str]:
    """The parts of a JSON schema that could hold a sentence: whatever is not a number, one of a few
    words, or a string of at most 200 characters."""
    match schema:
        case {"$ref": _} | {"enum": _} | {"const": _}:
            return []  # what is referred to is looked at where it is defined
        case {"anyOf": choices}:
            return [part for choice in choices for part in free_text(choice)]
        case {"type": "integer" | "number" | "boolean" | "null"}:
            return []
        case {"type": "string", "maxLength": most} if most <= 200:
            return []
        case {"type": "array", "items": items}:
            return free_text(items)
        case {"type": "object", "additionalProperties": False}:
            return [part for field in schema["properties"].values() for part in free_text(field)]
    return [json.dumps(schema)]


def free_text_of(model: type[BaseModel]) -> list[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return [found for part in parts for found in free_text(part)]


def test_no_field_of_a_report_can_hold_a_conversation() -> None:
    assert free_text_of(EngineReport) == []


@pytest.mark.parametrize(
    "kind",
    [str, Any, str | None, list[str], dict[str, int], Label | str, list[Any], SharedMessage],
    ids=str,
)
def test_a_field_that_could_hold_one_would_be_found(kind: Any) -> None:
    extended = create_model("Extended", __base__=EngineReport, added=(kind, ...))
    assert len(free_text_of(extended)) == 1


SHARED = {"messages": [{"role": "user", "text": "Why?", "model_id": None}]}


def test_messages_are_taken_only_where_they_are_shared() -> None:
    state = parse_engine_state(GOOD | SHARED, share_messages=True)
    assert [message.text for message in state.messages] == ["Why?"]
    refused = parse_engine_state(GOOD | SHARED)
    assert refused.phase == "rejected"
    assert "field messages" in (refused.problem or "")
    assert "Why?" not in refused.model_dump_json()


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "system", "text": "x", "model_id": None}],
        [{"role": "user", "text": "x" * 100_001, "model_id": None}],
        [{"role": "user", "text": "x", "model_id": None}] * 201,
        "text",
    ],
)
def test_shared_messages_have_bounds(messages: object) -> None:
    state = parse_engine_state(GOOD | {"messages": messages}, share_messages=True)
    assert state.phase == "rejected"
    assert "field messages" in (state.problem or "")
