"""Puts together what the app offers: settings, the models, and what the operator should know."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from webllm_app.catalog import (
    CacheBackend,
    Catalog,
    CatalogError,
    ModelEntry,
    add_custom_models,
    apply_mirror,
    load_catalog,
    read_app_config,
)
from webllm_app.settings import LoadedSettings

APP_DIRECTORY = Path(__file__).parent.parent
CATALOG_PATH = APP_DIRECTORY / "components" / "webllm_chat" / "catalog.json"


@dataclass(frozen=True, eq=False)
class Offer:
    """The models on offer, sentences for the operator about what could not be used, and which of
    the browser's storages keeps the models. One object for all visitors."""

    models: tuple[ModelEntry, ...]
    problems: tuple[str, ...]
    cache_backend: CacheBackend = "cache"


def prepare_offer(loaded: LoadedSettings, catalog_path: Path = CATALOG_PATH) -> Offer:
    """Reads the catalog, adds custom models, applies the mirror. Never raises for bad input:
    what cannot be used is left out, and a problem says which field it is and why.

    Done once per process: the same object is returned until a setting changes, or a file that the
    offer was read from."""
    key = (loaded, catalog_path, _versions(loaded, catalog_path))
    with _lock:
        for known, offer in _prepared:
            if known == key:
                return offer
        offer = _prepare(loaded, catalog_path)
        _prepared.append((key, offer))
        return offer


# An app has one set of settings; a change is seen by sessions one after the other.
_prepared: deque[tuple[object, Offer]] = deque(maxlen=4)
_lock = Lock()


def _versions(loaded: LoadedSettings, catalog_path: Path) -> tuple[object, ...]:
    """By which a change of the files is seen."""
    own = loaded.settings.app_config_file
    paths = [catalog_path] if own is None else [catalog_path, APP_DIRECTORY / own]
    return tuple(map(_version, paths))


def _version(path: Path) -> tuple[int, ...] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _prepare(loaded: LoadedSettings, catalog_path: Path) -> Offer:
    settings = loaded.settings
    problems = [f"Setting {problem.field}: {problem.message}" for problem in loaded.problems]
    try:
        catalog = load_catalog(catalog_path)
    except CatalogError as error:
        problems.append(f"{error} No model that needs a GPU can be offered.")
        return Offer((), tuple(problems))
    catalog, cache_backend = _with_custom_models(catalog, loaded, problems)
    if settings.model_mirror:
        catalog = apply_mirror(catalog, settings.model_mirror)
    models = tuple(catalog.models)
    known = {entry.model_id for entry in models}
    if settings.default_model not in known:
        problems.append(
            f"Setting WEBLLM_DEFAULT_MODEL: {settings.default_model} is not in the catalog. "
            "The model this app brings along answers instead. Choose an id of the model status "
            "page."
        )
    if isinstance(settings.ceiling, str) and settings.ceiling not in known:
        problems.append(
            f"Setting WEBLLM_CEILING: {settings.ceiling} is not in the catalog, so it limits "
            "nothing. Give GPU memory in MB, or an id of the model status page."
        )
    return Offer(models, tuple(problems), cache_backend)


def _with_custom_models(
    catalog: Catalog, loaded: LoadedSettings, problems: list[str]
) -> tuple[Catalog, CacheBackend]:
    settings = loaded.settings
    app_config = settings.app_config
    if settings.app_config_file is not None:
        try:
            app_config = read_app_config(APP_DIRECTORY / settings.app_config_file)
        except ValueError as error:
            problems.append(f"Setting WEBLLM_APP_CONFIG_FILE: {error}")
    if app_config is None:
        return catalog, "cache"
    customized = add_custom_models(catalog, app_config)
    problems.extend(f"Custom models, {p.entry}: {p.message}" for p in customized.problems)
    problems.extend(customized.notices)
    return customized.catalog, customized.cache_backend
