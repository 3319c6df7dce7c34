"""Points the catalog at a mirror of the model hub.

Layout of a mirror: `<mirror>/<owner>/<repository>/resolve/main/<file>` for weights, as on Hugging
Face, and `<mirror>/libs/<name>.wasm` for the compiled libraries.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from webllm_app.catalog.entries import ModelEntry
from webllm_app.catalog.loading import Catalog

HUB = "huggingface.co"
LIBRARY_HOST = "raw.githubusercontent.com"


def apply_mirror(catalog: Catalog, mirror: str) -> Catalog:
    """The catalog with every hub address replaced; addresses elsewhere stay as they are."""
    return replace(catalog, models=tuple(_mirrored(entry, mirror) for entry in catalog.models))


def _mirrored(entry: ModelEntry, mirror: str) -> ModelEntry:
    base = mirror.rstrip("/")
    changes: dict[str, str] = {}
    weights = urlsplit(entry.model)
    if weights.hostname == HUB:
        owner, repository = weights.path.strip("/").split("/")[:2]
        changes["model"] = f"{base}/{owner}/{repository}/resolve/main/"
    library = urlsplit(entry.model_lib or "")
    if library.hostname == LIBRARY_HOST:
        changes["model_lib"] = f"{base}/libs/{library.path.rpartition('/')[2]}"
    return entry.model_copy(update=changes)
