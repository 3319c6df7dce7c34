"""How the component is told which models are on offer: in few bytes, made once."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import components.webllm_chat as package
from components.webllm_chat import ModelEntry, offers, webllm_chat
from components.webllm_chat.defaults import known_models, offered_models
from components.webllm_chat.protocol import Offer

SMALL = "SmolLM2-360M-Instruct-q4f16_1-MLC"
SMALL_F32 = "SmolLM2-360M-Instruct-q4f32_1-MLC"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What a server hands out as files; empty, like everything that is kept between runs."""
    served = tmp_path / "served"
    served.mkdir()
    monkeypatch.setattr(offers, "_folder", lambda: (served, "../app.offers"))
    offers._offers.clear()
    offers._texts.clear()
    yield served
    offers._offers.clear()
    offers._texts.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The arguments of each run."""
    runs: list[dict[str, Any]] = []
    monkeypatch.setattr(package, "_component", lambda: lambda **arguments: runs.append(arguments))
    return runs


def own(number: int = 0, **fields: Any) -> ModelEntry:
    return known_models()[SMALL].model_copy(update={"model_id": f"mine-{number}", **fields})


def mirrored() -> list[ModelEntry]:
    """The whole catalogue with other addresses, as a mirror makes it."""
    models = known_models().values()
    return [m.model_copy(update={"model": f"https://mirror.example/{m.model_id}"}) for m in models]


def entries_of(offer: Offer, folder: Path) -> list[dict[str, Any]]:
    """What a browser makes of an offer."""
    known = {each.model_id: each.model_dump(mode="json") for each in known_models().values()}
    if offer.catalog is not None:
        return [each for each in known.values() if offer.catalog == "all" or each["named"]]
    text = offer.listed
    if offer.file is not None:
        text = (folder / offer.file.removeprefix("../app.offers/")).read_text(encoding="utf-8")
    return [known[row] if isinstance(row, str) else row for row in json.loads(text or "")]


OFFERS: dict[str, list[ModelEntry | str] | None] = {
    "default": None,
    "ladder": [m for m in known_models().values() if m.named],
    "catalogue": list(known_models().values()),
    "ids": [SMALL, "Qwen3-0.6B-q4f16_1-MLC"],
    "own": [own()],
    "own and ids": [own(), SMALL],
    "catalogue and own": [*known_models().values(), own()],
    "turned": list(reversed(known_models().values())),
    "mirrored": list(mirrored()),
    "165 of the operator's": [own(number) for number in range(165)],
    "not ASCII": [own(best_for="Für Ä, 日本語 und 😀")],
}


@pytest.mark.parametrize("models", OFFERS.values(), ids=OFFERS.keys())
def test_a_browser_finds_the_models_in_their_order(
    models: list[ModelEntry | str] | None, folder: Path
) -> None:
    offer = offers.offer_of(models)
    expected = [entry.model_dump(mode="json") for entry in offered_models(models)]
    assert entries_of(offer, folder) == expected


@pytest.mark.parametrize("models", OFFERS.values(), ids=OFFERS.keys())
def test_the_arguments_of_a_run_are_a_few_hundred_bytes(
    models: list[ModelEntry | str] | None, sent: list[dict[str, Any]]
) -> None:
    webllm_chat(models)
    assert len(json.dumps(sent[0])) < 800
    if models is None:
        assert len(json.dumps(sent[0])) < 450


@pytest.mark.parametrize("models", OFFERS.values(), ids=OFFERS.keys())
def test_every_run_hands_on_the_same_string(
    models: list[ModelEntry | str] | None, sent: list[dict[str, Any]]
) -> None:
    for _ in range(3):
        # A script makes its list anew with each run, and perhaps its own entries.
        again = models and [m if isinstance(m, str) else m.model_copy() for m in models]
        webllm_chat(models and list(models))
        webllm_chat(again)
    first = sent[0].get("offer", {})
    for run in sent[1:]:
        for field, value in run.get("offer", {}).items():
            assert value is first[field]
    assert all(run == sent[0] for run in sent)


def test_nothing_is_made_anew_for_the_same_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    models = mirrored()
    offer = offers.offer_of(models)
    monkeypatch.setattr(offers, "offered_models", pytest.fail)
    assert offers.offer_of(list(models)) is offer


def test_entries_that_took_anothers_place_in_memory_are_not_taken_for_it() -> None:
    seen = set()
    for number in range(200):
        models = [own(number)]
        offer = offers.offer_of(models)
        seen.add(offer.file or offer.listed)
        del models
        gc.collect(0)
    assert len(seen) == 200


def test_a_file_is_named_by_the_hash_of_its_content_and_written_once(folder: Path) -> None:
    offer = offers.offer_of(mirrored())
    (path,) = folder.iterdir()
    assert offer.file == f"../app.offers/{sha256(path.read_bytes()).hexdigest()}.json"
    assert offer.listed is None
    before = path.stat()
    offers._offers.clear()
    offers._texts.clear()
    assert offers.offer_of(mirrored()) == offer
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_without_a_place_for_files_the_text_goes_to_the_browser_as_one_string(
    monkeypatch: pytest.MonkeyPatch, sent: list[dict[str, Any]]
) -> None:
    def denied() -> tuple[Path, str]:
        raise PermissionError(13, "Read-only file system")

    monkeypatch.setattr(offers, "_folder", denied)
    for _ in range(2):
        webllm_chat(mirrored())
    assert [row["model_id"] for row in json.loads(sent[0]["offer"]["listed"])] == list(
        known_models()
    )
    assert sent[1]["offer"]["listed"] is sent[0]["offer"]["listed"]


def test_ever_new_lists_fill_neither_disk_nor_memory(folder: Path) -> None:
    for number in range(offers.MOST_FILES * 3):
        offer = offers.offer_of([own(number)])
        assert [entry["model_id"] for entry in entries_of(offer, folder)] == [f"mine-{number}"]
    assert len(list(folder.iterdir())) == offers.MOST_FILES
    assert len(offers._offers) == offers.MOST_OFFERS
    assert len(offers._texts) == offers.MOST_OFFERS


def test_the_folder_is_served_beside_the_component(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    folder, address = offers._folder()
    assert folder.is_dir()
    assert address.endswith(".webllm_chat_offers")
    assert offers._folder() == (folder, address)
