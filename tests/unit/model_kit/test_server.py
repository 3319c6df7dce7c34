from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.faulty_mirror import Fault, FaultyMirror
from tools.model_kit.errors import ModelKitError
from tools.model_kit.server import mirror_app

BODY = bytes(range(256)) * 400
SHARD, CONFIG, LIBRARY = "/mlc-ai/m/params_shard_0.bin", "/mlc-ai/m/config.json", "/libs/m.wasm"
ORIGIN = {"Origin": "https://app.example"}


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[FaultyMirror]:
    """A mirror of three files; without faults it is the server of `serve`."""
    (tmp_path / "secret.txt").write_text("not to be served")
    root = tmp_path / "mirror"
    for path, body in ((SHARD, BODY), (CONFIG, b"{}"), (LIBRARY, b"\0asm")):
        file = root / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    with FaultyMirror(root) as running:
        yield running


def get(mirror: FaultyMirror, path: str, **headers: str) -> requests.Response:
    return requests.get(mirror.origin + path, headers={**ORIGIN, **headers}, timeout=10)


# --- the server --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "content_type", "caching"),
    [
        (SHARD, "application/octet-stream", "immutable"),
        (LIBRARY, "application/wasm", "immutable"),
        (CONFIG, "application/json", "no-cache"),
    ],
)
def test_headers(mirror: FaultyMirror, path: str, content_type: str, caching: str) -> None:
    response = get(mirror, path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == content_type
    assert caching in response.headers["Cache-Control"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    exposed = response.headers["Access-Control-Expose-Headers"]
    assert {"Content-Length", "Content-Range", "ETag"} <= set(exposed.split(", "))


def test_head_has_the_headers_and_no_body(mirror: FaultyMirror) -> None:
    response = requests.head(mirror.origin + SHARD, timeout=10)
    assert response.headers["Content-Length"] == str(len(BODY))
    assert response.content == b""


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("0-0", 0, 1), ("100-199", 100, 200), ("102000-", 102000, 102400), ("-10", 102390, 102400)],
)
def test_a_range(mirror: FaultyMirror, wanted: str, start: int, end: int) -> None:
    response = get(mirror, SHARD, Range=f"bytes={wanted}")
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(BODY)}"
    assert response.content == BODY[start:end]


def test_a_range_past_the_end(mirror: FaultyMirror) -> None:
    response = get(mirror, SHARD, Range=f"bytes={len(BODY)}-")
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(BODY)}"


def test_a_range_of_a_file_that_changed_is_the_whole_file(mirror: FaultyMirror) -> None:
    response = get(mirror, SHARD, Range="bytes=5-", **{"If-Range": '"another"'})
    assert response.status_code == 200
    assert response.content == BODY


def test_what_is_known_is_not_sent_again(mirror: FaultyMirror) -> None:
    tag = get(mirror, CONFIG).headers["ETag"]
    again = get(mirror, CONFIG, **{"If-None-Match": tag})
    assert again.status_code == 304
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == "no-cache"
    assert get(mirror, CONFIG, **{"If-None-Match": '"another"'}).status_code == 200


def test_preflight_for_a_range(mirror: FaultyMirror) -> None:
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
    response = requests.options(mirror.origin + SHARD, headers={**ORIGIN, **asked}, timeout=10)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "range" in response.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/libs/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/libs/..%5c..%5csecret.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/libs/",
        "/nothing",
    ],
)
def test_there_is_no_way_out_of_the_folder(mirror: FaultyMirror, path: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(mirror.origin).netloc, timeout=10)
    connection.request("GET", path)  # as it stands: requests would tidy the path first
    response = connection.getresponse()
    assert response.status == 404
    assert b"not to be served" not in response.read()


def test_a_link_out_of_the_folder_is_not_followed(mirror: FaultyMirror) -> None:
    (mirror.folder / "link.json").symlink_to(mirror.folder.parent / "secret.txt")
    assert get(mirror, "/link.json").status_code == 404


def test_nothing_can_be_written(mirror: FaultyMirror) -> None:
    assert requests.put(mirror.origin + CONFIG, data=b"x", timeout=10).status_code == 405


def test_no_mirror_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelKitError, match=r"python -m tools\.model_kit build all"):
        mirror_app(tmp_path / "absent")


# --- its faults --------------------------------------------------------------------------------


def test_statuses(mirror: FaultyMirror) -> None:
    mirror.fail("*.bin", Fault(status=503, retry_after=7, times=1))
    failed = get(mirror, SHARD)
    assert (failed.status_code, failed.headers["Retry-After"]) == (503, "7")
    assert failed.headers["Access-Control-Allow-Origin"] == "*"
    assert get(mirror, SHARD).content == BODY
    assert [r.status for r in mirror.requests_for(SHARD)] == [503, 200]


def test_a_page_instead(mirror: FaultyMirror) -> None:
    mirror.fail("*.json", Fault(html=True))
    response = get(mirror, CONFIG)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html")
    mirror.heal()
    assert get(mirror, CONFIG).content == b"{}"


def test_a_short_body(mirror: FaultyMirror) -> None:
    mirror.fail(SHARD, Fault(truncate_at=70_000))
    assert get(mirror, SHARD).content == BODY[:70_000]


def test_a_changed_byte(mirror: FaultyMirror) -> None:
    mirror.fail(SHARD, Fault(corrupt_at=70_001))
    got = get(mirror, SHARD).content
    assert [i for i, (a, b) in enumerate(zip(got, BODY, strict=True)) if a != b] == [70_001]


def test_a_broken_connection(mirror: FaultyMirror) -> None:
    mirror.fail(SHARD, Fault(drop_at=70_000))
    chunks: list[bytes] = []
    response = requests.get(mirror.origin + SHARD, stream=True, timeout=10)
    assert response.headers["Content-Length"] == str(len(BODY))
    with pytest.raises(requests.RequestException):
        chunks.extend(response.iter_content(1000))
    received = b"".join(chunks)
    assert received == BODY[: len(received)]
    assert 0 < len(received) <= 70_000


@pytest.mark.parametrize(
    "fault",
    [Fault(delay=0.2), Fault(pause_at=50_000, pause=0.2), Fault(bytes_per_second=500_000)],
)
def test_slowness(mirror: FaultyMirror, fault: Fault) -> None:
    mirror.fail(SHARD, fault)
    start = time.monotonic()
    assert get(mirror, SHARD).content == BODY
    assert time.monotonic() - start >= 0.2


def test_no_cors(mirror: FaultyMirror) -> None:
    mirror.fail("*", Fault(no_cors=True))
    response = get(mirror, CONFIG)
    assert response.content == b"{}"
    assert not any(name.lower().startswith("access-control") for name in response.headers)


def test_hanging(mirror: FaultyMirror) -> None:
    mirror.fail("*.bin", Fault(hang=True))
    with pytest.raises(requests.ReadTimeout):
        requests.get(mirror.origin + SHARD, timeout=0.3)
    mirror.heal()
    assert get(mirror, SHARD).content == BODY


def test_ranges_are_logged(mirror: FaultyMirror) -> None:
    get(mirror, SHARD, Range="bytes=5-9")
    assert mirror.requests[-1].range == "bytes=5-9"
    mirror.forget()
    assert mirror.requests == []


def test_a_stopped_mirror_is_gone(mirror: FaultyMirror) -> None:
    mirror.stop()
    with pytest.raises(requests.ConnectionError):
        get(mirror, CONFIG)
