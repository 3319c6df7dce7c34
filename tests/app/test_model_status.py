"""The model status page below the component, run by Streamlit's own testing module."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.webllm_chat import Command, EngineState
from components.webllm_chat.protocol import AnswerSpeed, Counters, DeviceReport, LoadMeasurement
from tests.app.conftest import components
from webllm_app.preparation import CATALOG_PATH

PAGE = "pages/model_status.py"
SMALL = "SmolLM2-360M-Instruct-q4f16_1-MLC"
SMALL_F32 = "SmolLM2-360M-Instruct-q4f32_1-MLC"
GPU = DeviceReport(
    webgpu="available",
    secure_context=True,
    shader_f16=False,
    fallback_adapter=False,
    vendor="acme",
    architecture="one",
    description="",
    max_buffer_size=2**31 - 4,
    max_storage_buffer_binding_size=2**31 - 4,
    device_memory_gb=8,
    mobile=False,
)


def reported(**fields: Any) -> dict[str, Any]:
    state = EngineState(sequence=3, phase="ready", device=GPU, memory_budget_mb=4096, **fields)
    return state.model_dump(mode="json", exclude={"problem", "messages"})


def status_page(app: AppTest, **fields: Any) -> AppTest:
    app.session_state["webllm_chat"] = reported(**fields)
    app.run()
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def sent_command(app: AppTest) -> Any:
    return json.loads(components(app)[0].proto.json_args)["command"]


def button(app: AppTest) -> Any:
    return next(each for each in app.button if each.label == "Use this")


def words(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.markdown, *app.success, *app.warning, *app.info])


def test_the_figures_are_the_engines(app: AppTest) -> None:
    active = {"active_model": SMALL_F32, "backend": "webllm", "context_window": 2048}
    speeds = [AnswerSpeed(model_id=SMALL_F32, decode_tokens_per_s=12.3)]
    status_page(
        app,
        **active,
        load_times=[LoadMeasurement(model_id=SMALL_F32, first_s=12.25)],
        recent_speeds=speeds,
        counters=Counters(turns=7, tokens=70, recoveries=0),
    )
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Model in use"] == "SmolLM2 360M"
    assert metrics["Context window"] == "2,048 tokens"
    said = words(app)
    assert "SmolLM2 360M, first visit: 12.2 s measured here" in said
    assert "from the cache: 5-15 s published, not measured here" in said
    assert "answer 7 by SmolLM2 360M: 12.3 tokens per second" in said


def test_the_calculator_takes_the_build_this_gpu_can_run(app: AppTest) -> None:
    status_page(app)
    quantization = next(each for each in app.selectbox if each.label == "Quantization")
    assert quantization.value is not None
    assert quantization.value.kernels == "f32"
    assert "Fits this GPU's limits" in words(app)


def test_context_and_quantization_change_the_estimate_and_the_verdict(
    app: AppTest,
) -> None:
    status_page(app)
    model = next(each for each in app.selectbox if each.label == "Model")
    model.select("Llama 3.1 8B").run()
    memory = {m.label: m.value for m in app.metric}["GPU memory"]
    assert memory == "6,101 MB"
    assert "Does not fit" in words(app)
    assert "this GPU is thought to hold 4,096" in words(app)
    window = next(each for each in app.slider if "Context window" in each.label)
    assert (window.min, window.max) == (512, 131_072)
    window.set_value(512).run()
    smaller = {m.label: m.value for m in app.metric}["GPU memory"]
    assert int(smaller.split()[0].replace(",", "")) < 6101
    quantization = next(each for each in app.selectbox if each.label == "Quantization")
    f16 = next(each for each in quantization.options if "f16" in each)
    quantization.select(f16).run()
    assert "needs 16-bit arithmetic" in words(app)
    assert button(app).disabled


def test_use_this_sends_one_command_until_it_is_acknowledged(app: AppTest) -> None:
    status_page(app, acknowledged=4)
    assert sent_command(app) is None
    next(each for each in app.selectbox if each.label == "Model").select("SmolLM2 360M").run()
    next(each for each in app.slider if "Context window" in each.label).set_value(1024).run()
    button(app).click().run()
    wanted = Command(id=5, name="use-model", model_id=SMALL_F32, context_window=1024)
    assert sent_command(app) == wanted.model_dump()
    app.run()
    assert sent_command(app) == wanted.model_dump()
    active = {"active_model": SMALL_F32, "backend": "webllm", "context_window": 1024}
    app.session_state["webllm_chat"] = reported(acknowledged=5, **active)
    app.run()
    app.run()
    assert sent_command(app) is None
    assert button(app).disabled  # It is in use.


def test_without_a_gpu_nothing_is_said_to_fit(app: AppTest) -> None:
    app.session_state["webllm_chat"] = reported() | {
        "device": GPU.model_copy(update={"webgpu": "missing"}).model_dump()
    }
    app.run()
    app.switch_page(PAGE).run()
    assert "This browser offers no GPU" in words(app)
    assert button(app).disabled


def test_settings_are_shown_with_their_origin_and_secrets_masked(
    app: AppTest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLERK_SECRET_KEY", "sk_test_abcdefghijkl1234")
    monkeypatch.setenv("WEBLLM_MAX_TOKENS", "77")
    status_page(app)
    table = next(
        each.proto.body for each in app.get("html") if "WEBLLM_MAX_TOKENS" in each.proto.body
    )
    row = next(part for part in table.split("<tr>") if "WEBLLM_MAX_TOKENS" in part)
    assert "<code>77</code> (from environment)" in row
    assert "sk_test_••••" in table
    assert "1234" not in table


def test_every_model_of_the_page_is_one_of_the_catalog(app: AppTest) -> None:
    status_page(app)
    names = {row["name"] for row in json.loads(CATALOG_PATH.read_text())["models"]}
    options = next(each for each in app.selectbox if each.label == "Model").options
    assert len(options) > 40
    assert set(options) <= names
