"""The models the app offers: the generated catalog, custom models, and a mirror's addresses."""

from webllm_app.catalog.custom import (
    CustomizedCatalog,
    CustomProblem,
    add_custom_models,
    read_app_config,
)
from webllm_app.catalog.entries import (
    Architecture,
    CacheBackend,
    DownloadSize,
    Licence,
    LoadTime,
    ModelEntry,
    Sampling,
    Score,
)
from webllm_app.catalog.loading import Catalog, CatalogError, load_catalog
from webllm_app.catalog.mirror import apply_mirror

__all__ = [
    "Architecture",
    "CacheBackend",
    "Catalog",
    "CatalogError",
    "CustomProblem",
    "CustomizedCatalog",
    "DownloadSize",
    "Licence",
    "LoadTime",
    "ModelEntry",
    "Sampling",
    "Score",
    "add_custom_models",
    "apply_mirror",
    "load_catalog",
    "read_app_config",
]
