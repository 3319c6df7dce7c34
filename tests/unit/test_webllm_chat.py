"""What `webllm_chat()` hands to the component, and what it says about wrong arguments."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

import components.webllm_chat as package
from components.webllm_chat import EngineSettings, webllm_chat
from components.webllm_chat.defaults import DEFAULT_MODEL, known_models, offered_models
from components.webllm_chat.protocol import SharingReport
from webllm_app.catalog import load_catalog
from webllm_app.preparation import CATALOG_PATH

SMALL = "SmolLM2-360M-Instruct-q4f16_1-MLC"
SMALL_F32 = "SmolLM2-360M-Instruct-q4f32_1-MLC"


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The arguments of the last mount; `value` is what the component has sent."""
    sent: dict[str, Any] = {"value": None}

    def component(**arguments: Any) -> Any:
        sent.update(arguments)
        return sent["value"]

    monkeypatch.setattr(package, "_component", lambda: component)
    return sent


def test_nothing_has_to_be_given(mounted: dict[str, Any]) -> None:
    assert webllm_chat().phase == "starting"
    assert mounted["settings"]["default_model"] == DEFAULT_MODEL
    # In a page script the frame goes at each page switch; the page around it keeps the engine.
    assert mounted["settings"]["engine_host"] == "parent"
    assert mounted["key"] == "webllm_chat"
    assert mounted["share_messages"] is False
    assert mounted["offer"]["catalog"] == "ladder"
    offered = [entry.model_id for entry in offered_models(None)]
    assert SMALL in offered
    assert len(offered) < len(known_models())


def test_models_by_id_start_with_the_first_and_bring_their_32_bit_build(
    mounted: dict[str, Any],
) -> None:
    webllm_chat([SMALL])
    assert mounted["settings"]["default_model"] == SMALL
    assert json.loads(mounted["offer"]["listed"]) == [SMALL, SMALL_F32]


def test_an_entry_of_ones_own_is_offered_as_it_is() -> None:
    own = known_models()[SMALL].model_copy(update={"model_id": "mine", "name": "Mine"})
    assert offered_models([own]) == [own]


def test_a_model_that_is_not_in_the_catalog_is_named_with_what_was_meant() -> None:
    with pytest.raises(ValueError, match=r"'SmolLM2-360M', .* Did you mean SmolLM2"):
        webllm_chat(["SmolLM2-360M"])


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (SMALL, rf"is a list of models: write \['{SMALL}'\]"),
        ([], "is empty"),
        ([5], "names 5, which is not in the catalog"),
    ],
)
def test_what_is_no_list_of_models_is_named(models: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        webllm_chat(models)


def test_words_and_height_reach_the_component(mounted: dict[str, Any]) -> None:
    webllm_chat(system_prompt="Be brief.", starters=["Hello"], height=500, key="mine")
    assert mounted["settings"]["system_prompt"] == "Be brief."
    assert mounted["starters"] == ["Hello"]
    assert mounted["height"] == 500
    assert mounted["key"] == "mine"


def test_a_system_prompt_goes_before_the_one_of_the_settings(mounted: dict[str, Any]) -> None:
    settings = EngineSettings(default_model=SMALL, system_prompt="Be long.", max_tokens=7)
    webllm_chat(settings=settings, system_prompt="Be brief.")
    assert mounted["settings"]["system_prompt"] == "Be brief."
    assert mounted["settings"]["max_tokens"] == 7


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"height": 10}, "height"),
        ({"starters": ["x" * 301]}, "starters"),
        ({"starters": ["x"] * 13}, "starters"),
        ({"user": "somebody@example.org"}, "user"),
        ({"issue_url": "example.org/issues"}, "issue_url"),
    ],
)
def test_a_wrong_argument_is_named(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        webllm_chat(**arguments)


def test_messages_come_back_only_where_they_are_shared(mounted: dict[str, Any]) -> None:
    report = SharingReport().model_dump(mode="json")
    mounted["value"] = report | {"messages": [{"role": "user", "text": "Why?", "model_id": None}]}
    assert [message.text for message in webllm_chat(share_messages=True).messages] == ["Why?"]
    assert webllm_chat().phase == "rejected"


def test_without_a_choice_the_named_models_are_on_offer() -> None:
    named = [entry for entry in load_catalog(CATALOG_PATH).models if entry.named]
    assert [entry.model_id for entry in offered_models(None)] == [e.model_id for e in named]
