"""The model the app brings along for visitors without WebGPU or without a reachable model hub."""

from webllm_app.embedded_model.artifact import MODELS_DIRECTORY, SMOLLM2, EmbeddedModel, PinnedFile
from webllm_app.embedded_model.errors import EmbeddedModelError
from webllm_app.embedded_model.install import ensure_embedded_model, is_in_place, verify
from webllm_app.embedded_model.server import (
    EmbeddedModelServer,
    EmbeddedModelStatus,
    embedded_model_server,
)

__all__ = [
    "MODELS_DIRECTORY",
    "SMOLLM2",
    "EmbeddedModel",
    "EmbeddedModelError",
    "EmbeddedModelServer",
    "EmbeddedModelStatus",
    "PinnedFile",
    "embedded_model_server",
    "ensure_embedded_model",
    "is_in_place",
    "verify",
]
