"""The examples of the documentation run, and say to the component what they seem to say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.webllm_chat.protocol import SharingReport

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def run(name: str, value: Any = None) -> AppTest:
    app = AppTest.from_file(str(EXAMPLES / name), default_timeout=30)
    if value is not None:
        app.session_state["webllm_chat"] = value
    return app.run()


def arguments(app: AppTest) -> Any:
    return json.loads(app.get("component_instance")[0].proto.json_args)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_it_runs_and_mounts_one_chat(path: Path) -> None:
    app = run(path.name)
    assert not app.exception
    assert len(app.get("component_instance")) == 1


def test_minimal_takes_three_lines() -> None:
    lines = (EXAMPLES / "minimal.py").read_text().split('"""')[-1].split("\n")
    assert len([line for line in lines if line]) <= 3


def test_tutor_sets_models_prompt_starters_and_height() -> None:
    sent = arguments(run("tutor.py"))
    assert sent["settings"]["default_model"] == "Qwen2.5-0.5B-Instruct-q4f16_1-MLC"
    assert "Beginner" in sent["settings"]["system_prompt"]
    assert len(sent["starters"]) == 2
    assert sent["height"] == 560


def test_shared_counts_what_the_visitor_wrote() -> None:
    messages = [
        {"role": "user", "text": "How are you?", "model_id": None},
        {"role": "assistant", "text": "Fine, thank you.", "model_id": "x"},
    ]
    app = run("shared.py", SharingReport().model_dump(mode="json") | {"messages": messages})
    assert [metric.value for metric in app.metric] == ["1", "3"]
