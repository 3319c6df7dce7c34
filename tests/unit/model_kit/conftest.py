from __future__ import annotations

from pathlib import Path

import pytest

from tools.embedded_model import ensure_embedded_model
from tools.model_kit.build import Builder
from tools.model_kit.cache import BuildCache, cache_root
from tools.model_kit.mirror import Mirror


@pytest.fixture(scope="session")
def gguf() -> Path:
    """The embedded model's GGUF, SmolLM2-135M-Instruct."""
    return ensure_embedded_model()


@pytest.fixture(scope="session")
def builder(gguf: Path) -> Builder:
    """Builds from the developer's own cache, so that a warm run compiles nothing."""
    return Builder(BuildCache(cache_root()), gguf)


@pytest.fixture(scope="session")
def tiny_mirror(builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    """A mirror with one tiny model. Tests must not change it."""
    mirror = Mirror(tmp_path_factory.mktemp("mirror"))
    builder.model("tiny-S-q0f32", mirror)
    return mirror
