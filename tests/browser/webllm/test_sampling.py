"""Every setting of sampling takes effect, in both engines: what the visitor, the operator's record
and the model's own configuration say changes the answer."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.webllm.conftest import open_page
from tests.browser.webllm.harness import AppEngine, CpuEngine, Engine, user
from tests.support.built_mirror import build_models
from tests.support.faulty_mirror import FaultyMirror
from webllm_app.catalog import load_catalog
from webllm_app.embedded_model import SMOLLM2

pytestmark = pytest.mark.browser

TINY, OWN, BARE = "tiny-S-q0f32", "tiny-own", "tiny-bare"
ROOT = Path(__file__).parents[3]
CATALOG = ROOT / "components" / "webllm_chat" / "catalog.json"
GGUF = ROOT / "static" / "models" / SMOLLM2.gguf.name
QUESTION = user("Write a python function that reverses a list, and a table of 3 fruits.")
TOKENS = 48


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyMirror]:
    """A tiny model three times: as it is, with sampling of its own, and with none at all."""
    folder = tmp_path_factory.mktemp("variants")
    build_models(folder, dict.fromkeys((TINY, OWN, BARE), TINY))
    change_config(folder, OWN, temperature=0.0, repetition_penalty=1.9)
    change_config(
        folder,
        BARE,
        temperature=None,
        top_p=None,
        repetition_penalty=None,
        presence_penalty=None,
        frequency_penalty=None,
    )
    with FaultyMirror(folder) as running:
        yield running


def change_config(folder: Path, model_id: str, **changes: float | None) -> None:
    (path,) = folder.glob(f"**/{model_id}/**/mlc-chat-config.json")
    config = json.loads(path.read_text()) | changes
    path.unlink()  # it may be a link to the kit's own
    path.write_text(json.dumps({name: v for name, v in config.items() if v is not None}))


@pytest.fixture(scope="module")
def cpu(browser: Browser, site: FaultyMirror, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    page = open_page(browser, site)
    engine = CpuEngine(page)
    engine.load(served_gguf(site))
    return engine


def served_gguf(site: FaultyMirror) -> str:
    copy = site.folder / "model.gguf"
    if not copy.exists():
        shutil.copyfile(GGUF, copy)
    return "./model.gguf"


@pytest.fixture(scope="module")
def gpu(gpu_browser: Browser, site: FaultyMirror, variants: FaultyMirror) -> Engine:
    engine = AppEngine(open_page(gpu_browser, site), variants)
    engine.load(TINY)
    return engine


@pytest.fixture(params=["cpu", "gpu"])
def engine(request: pytest.FixtureRequest) -> Engine:
    value: Engine = request.getfixturevalue(request.param)
    return value


def answer(engine: Engine, **settings: Any) -> str:
    """An answer without chance, but for what `settings` say; None leaves a setting out."""
    return engine.reply(QUESTION, max_tokens=TOKENS, **settings).text


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": 1.8, "seed": 1},
        {"repetitionPenalty": 1.5},
        {"frequencyPenalty": 2},
        {"presencePenalty": 2},
    ],
    ids=lambda settings: "-".join(settings),
)
def test_a_setting_changes_the_answer(engine: Engine, settings: dict[str, float]) -> None:
    assert answer(engine, **settings) != answer(engine)


def test_a_seed_gives_the_same_answer_again_and_another_seed_another(engine: Engine) -> None:
    seven = answer(engine, temperature=1.5, seed=7)
    assert answer(engine, temperature=1.5, seed=7) == seven
    assert answer(engine, temperature=1.5, seed=8) != seven


def test_top_p_leaves_the_likeliest_tokens(engine: Engine) -> None:
    assert answer(engine, temperature=1.8, topP=0.01, seed=1) != answer(
        engine, temperature=1.8, topP=1, seed=1
    )


def test_the_smallest_top_p_leaves_one_token(cpu: Engine) -> None:
    # The tiny model's likeliest token may have less than this share.
    assert answer(cpu, temperature=1.8, topP=0.01, seed=1) == answer(cpu)


def test_an_answer_is_no_longer_than_its_limit(engine: Engine) -> None:
    short = engine.reply(QUESTION, max_tokens=5)
    assert short.finish == "length"
    assert answer(engine).startswith(short.text)
    assert len(answer(engine)) > len(short.text)


def undecided(engine: Engine, **settings: Any) -> str:
    """An answer for which nobody decided anything else."""
    nothing: dict[str, Any] = dict.fromkeys(("temperature", "topP", "repetitionPenalty"))
    return answer(engine, **nothing | settings)


def test_what_nobody_decided_is_the_models_own(
    gpu_browser: Browser, site: FaultyMirror, variants: FaultyMirror, gpu: Engine
) -> None:
    own = AppEngine(open_page(gpu_browser, site), variants)
    own.load(OWN)
    assert undecided(own) == answer(gpu, repetitionPenalty=1.9) != answer(gpu)
    assert undecided(own, repetitionPenalty=1) == answer(gpu)


def test_a_record_goes_before_the_models_own(
    gpu_browser: Browser, site: FaultyMirror, variants: FaultyMirror, gpu: Engine
) -> None:
    own = AppEngine(open_page(gpu_browser, site), variants)
    own.load(OWN, overrides={"repetition_penalty": 1.0, "frequency_penalty": -1.5})
    assert undecided(own) == answer(gpu, frequencyPenalty=-1.5) != answer(gpu)
    # One penalty chosen leaves the record's other alone.
    both = answer(gpu, frequencyPenalty=-1.5, presencePenalty=1)
    assert undecided(own, presencePenalty=1) == both != answer(gpu, presencePenalty=1)


def test_a_model_whose_configuration_says_nothing_answers(
    gpu_browser: Browser, site: FaultyMirror, variants: FaultyMirror, gpu: Engine
) -> None:
    bare = AppEngine(open_page(gpu_browser, site), variants)
    bare.load(BARE)
    assert undecided(bare)
    assert undecided(bare, temperature=0) == answer(gpu)


def test_penalties_reach_back_past_64_tokens(cpu: Engine) -> None:
    """llama.cpp's own reach is 64: whatever comes before is then left alone."""
    filler = " ".join(str(number) for number in range(100, 140))  # 160 tokens: one for each digit
    # An answer that begins as the question did begins with the same token.
    question = user(f"The sky is blue. {filler} What is the capital of France?")
    assert cpu.reply(question, max_tokens=1).text == "The"
    penalized = cpu.reply(question, max_tokens=1, presencePenalty=2, repetitionPenalty=2)
    assert penalized.text != "The"


def test_the_built_in_model_does_not_repeat_itself_with_the_values_of_its_catalog_entry(
    cpu: Engine,
) -> None:
    entry = load_catalog(CATALOG).by_id["SmolLM2-135M-Instruct-Q4_1-GGUF"]
    assert entry.sampling is not None
    system = {"role": "system", "content": entry.sampling.system_prompt or ""}
    question = user(
        "Write a python function that reverses a list, and a table of 3 fruits with colours"
    )
    settings = {
        "temperature": entry.sampling.temperature,
        "topP": entry.sampling.top_p,
        "repetitionPenalty": entry.sampling.repetition_penalty,
    }
    text = cpu.reply(system, question, max_tokens=400, **settings).text
    lines = Counter(line.strip() for line in text.splitlines() if len(line.strip()) > 10)
    assert lines
    assert max(lines.values()) <= 3
