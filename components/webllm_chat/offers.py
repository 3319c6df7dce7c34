"""Which models are on offer, in as few bytes as that takes.

The catalogue comes with the component's bundle, so most offers need no more than its name. What is
longer than a few ids is a file that the browser fetches once and keeps; it is the same for all
visitors, and its name is the hash of its content.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock

import streamlit.components.v1 as components

from components.webllm_chat.defaults import known_models, offered_models
from components.webllm_chat.protocol import ModelEntry, Offer

_log = logging.getLogger(__name__)

LONGEST_IN_ARGUMENTS = 400
"""Characters; what is longer becomes a file."""

MOST_FILES = 32
"""Of an app that makes ever new lists, for example one per visitor, the rest go as text."""

MOST_OFFERS = 32
"""That are kept, the latest used."""

_NAME = "webllm_chat_offers"


def offer_of(models: Sequence[ModelEntry | str] | None) -> Offer:
    """The offer as the component is told of it: the same object for the same models.

    Args:
        models: entries, or ids of the catalog; None: the ones that the ladder climbs.

    Raises:
        ValueError: an id is not in the catalog, or `models` is not a list.
    """
    # An entry cannot be changed, so the same entries are the same offer.
    key = None if models is None else tuple(m if isinstance(m, str) else id(m) for m in models)
    with _lock:
        known = _offers.get(key)
        if known is not None:
            _offers.move_to_end(key)
            return known[1]
    offer = _made(offered_models(models))
    with _lock:
        # The models too: an `id()` is another object's once its own is gone.
        _offers[key] = (tuple(models or ()), offer)
        if len(_offers) > MOST_OFFERS:
            _offers.popitem(last=False)
    return offer


_Key = tuple[str | int, ...] | None
_offers: OrderedDict[_Key, tuple[tuple[ModelEntry | str, ...], Offer]] = OrderedDict()
_texts: OrderedDict[str, Offer] = OrderedDict()
_lock = Lock()


def _made(entries: list[ModelEntry]) -> Offer:
    known = known_models()
    if entries == [entry for entry in known.values() if entry.named]:
        return Offer()
    if entries == list(known.values()):
        return Offer(catalog="all")
    rows = [
        entry.model_id if known.get(entry.model_id) == entry else entry.model_dump(mode="json")
        for entry in entries
    ]
    return _interned(json.dumps(rows, ensure_ascii=False, separators=(",", ":")))


def _interned(text: str) -> Offer:
    """The same object for the same content: a script may make its entries anew with each run."""
    with _lock:
        known = _texts.get(text)
        if known is not None:
            _texts.move_to_end(text)
            return known
        file = _published(text) if len(text) > LONGEST_IN_ARGUMENTS else None
        offer = Offer(catalog=None, listed=text if file is None else None, file=file)
        _texts[text] = offer
        if len(_texts) > MOST_OFFERS:
            _texts.popitem(last=False)
        return offer


def _published(text: str) -> str | None:
    """The address of a file of this content, relative to the component's page; None where none can
    be written, and then the text itself goes to the browser."""
    content = text.encode()
    name = f"{sha256(content).hexdigest()}.json"
    try:
        folder, address = _folder()
        path = folder / name
        if not path.exists():
            if sum(1 for _ in folder.iterdir()) >= MOST_FILES:
                return None
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(content)
            unfinished.replace(path)
    except OSError as error:
        _log.warning("The models on offer go to each visitor as text: %s", error)
        return None
    return f"{address}/{name}"


@cache
def _folder() -> tuple[Path, str]:
    """A folder of the process's own that Streamlit serves beside the component's bundle, as a
    component without a page: so it is there wherever the component is."""
    _keep.append(folder := tempfile.TemporaryDirectory(prefix="webllm-chat-offers-"))
    served = components.declare_component(_NAME, path=folder.name)
    return Path(folder.name), f"../{served.name}"


_keep: list[tempfile.TemporaryDirectory[str]] = []
"""Until the process ends: a page that is open may still fetch."""
