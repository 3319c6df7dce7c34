"""What `webllm_chat()` takes where the embedding app says nothing: models and settings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from components.webllm_chat.protocol import EngineSettings, ModelEntry

CATALOG = Path(__file__).parent / "catalog.json"
DEFAULT_MODEL = "SmolLM2-360M-Instruct-q4f16_1-MLC"


@lru_cache
def known_models() -> dict[str, ModelEntry]:
    """The models of `catalog.json` by their id."""
    rows = json.loads(CATALOG.read_text(encoding="utf-8"))["models"]
    return {row["model_id"]: ModelEntry.model_validate(row) for row in rows}


def offered_models(models: Sequence[ModelEntry | str] | None) -> list[ModelEntry]:
    """The entries of the models on offer.

    Args:
        models: entries, or ids of the catalog; None: the ones that the ladder climbs. With an id
            of a build for 16-bit arithmetic the 32-bit one comes along, for GPUs without.

    Raises:
        ValueError: an id is not in the catalog, or `models` is not a list.
    """
    known = known_models()
    if models is None:
        return [entry for entry in known.values() if entry.named]
    if isinstance(models, str):
        raise ValueError(f"webllm_chat: `models` is a list of models: write [{models!r}].")  # noqa: TRY004
    offered: dict[str, ModelEntry] = {}
    for model in models:
        entry = _entry(model, known)
        sibling = known.get(entry.f32_sibling or "") if isinstance(model, str) else None
        for each in (entry, sibling):
            if each is not None:
                offered.setdefault(each.model_id, each)
    return list(offered.values())


def default_settings(
    models: Sequence[ModelEntry | str] | None, system_prompt: str | None
) -> EngineSettings:
    """Starts with the first of the models that were asked for.

    The engine lives in a worker of the page around the component: in a page script Streamlit takes
    the component's frame away at each page switch, and the model outlives that.
    """
    first = DEFAULT_MODEL if not models else models[0]
    model_id = first if isinstance(first, str) else first.model_id
    return EngineSettings(default_model=model_id, system_prompt=system_prompt, engine_host="parent")


def _entry(model: ModelEntry | str, known: dict[str, ModelEntry]) -> ModelEntry:
    if isinstance(model, ModelEntry):
        return model
    if model in known:
        return known[model]
    close = get_close_matches(str(model), known, n=3, cutoff=0.4)
    hint = f" Did you mean {', '.join(close)}?" if close else ""
    raise ValueError(f"webllm_chat: `models` names {model!r}, which is not in the catalog.{hint}")
