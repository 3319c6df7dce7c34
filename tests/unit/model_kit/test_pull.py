"""`pull` against a stand-in of the hub: its file layout, and its redirect to a CDN's address."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from tests.support import faulty_mirror
from tests.support.faulty_mirror import Fault, FaultyMirror
from tools.model_kit import pull as pull_module
from tools.model_kit.catalog import CatalogModel, load_catalog
from tools.model_kit.cli import main
from tools.model_kit.errors import ModelKitError
from tools.model_kit.mirror import Mirror
from tools.model_kit.pull import Puller
from tools.model_kit.server import mirror_app

NAME = "Thing-q4f16_1-MLC"
SHARDS = [bytes([i]) * (200_000 + i) for i in range(3)]
CDN = "/cdn"


def write_hub(root: Path, **changes: Any) -> None:
    folder = root / "mlc-ai" / NAME / "resolve" / "main"
    folder.mkdir(parents=True)
    chat = {
        "quantization": "q4f16_1",
        "context_window_size": 4096,
        "vocab_size": 100,
        "model_config": {"num_hidden_layers": 2, "num_key_value_heads": 2, "head_dim": 8},
        "tokenizer_files": ["tokenizer.json", "tokenizer_config.json"],
        **changes,
    }
    records = []
    for i, data in enumerate(SHARDS):
        (folder / f"params_shard_{i}.bin").write_bytes(data)
        record = {"name": f"p{i}", "shape": [len(data) // 2], "dtype": "float16"}
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        path = {"dataPath": f"params_shard_{i}.bin", "nbytes": len(data)}
        records.append({**path, "records": [record], **({"md5sum": md5} if i else {})})
    (folder / "mlc-chat-config.json").write_text(json.dumps(chat))
    (folder / "tensor-cache.json").write_text(json.dumps({"records": records}))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "tokenizer_config.json").write_text("{}")
    (folder / "unrelated.safetensors").write_bytes(b"x")
    (root / "libs").mkdir()
    (root / "libs" / "thing-webgpu.wasm").write_bytes(b"\0asm thing")


def hub_app(folder: Path) -> Starlette:
    """Files under /cdn; the hub's own addresses of shards lead there, as huggingface.co's do."""

    async def resolve(request: Request) -> RedirectResponse:
        return RedirectResponse(CDN + request.url.path, status_code=302)

    shards = Route("/mlc-ai/{name}/resolve/main/{file:path}", resolve, methods=["GET"])
    files = mirror_app(folder)
    return Starlette(routes=[shards, Mount(CDN, files), Mount("/", files)])


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyMirror]:
    monkeypatch.setattr(faulty_mirror, "mirror_app", hub_app)
    write_hub(tmp_path / "hub")
    with FaultyMirror(tmp_path / "hub") as running:
        yield running


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirror")


def model(hub: FaultyMirror) -> CatalogModel:
    return CatalogModel(
        model_id=f"{NAME}-1k",
        model=f"{hub.origin}/mlc-ai/{NAME}",
        model_lib=f"{hub.origin}/libs/thing-webgpu.wasm",
    )


def shard_path(number: int) -> str:
    return f"{CDN}/mlc-ai/{NAME}/resolve/main/params_shard_{number}.bin"


def test_a_model_arrives_whole(hub: FaultyMirror, mirror: Mirror) -> None:
    manifest = Puller(mirror).pull(model(hub))
    folder = mirror.folder(NAME)  # the repository's name: the app swaps only the address's origin
    assert [(folder / f"params_shard_{i}.bin").read_bytes() for i in range(3)] == SHARDS
    assert {f.path for f in manifest.files} == {
        "mlc-chat-config.json",
        "tensor-cache.json",
        "tokenizer.json",
        "tokenizer_config.json",
        *(f"params_shard_{i}.bin" for i in range(3)),
    }
    assert (mirror.root / manifest.model_lib.path).read_bytes() == b"\0asm thing"
    hashes = {f.path: f.sha256 for f in manifest.files}
    assert hashes["params_shard_2.bin"] == hashlib.sha256(SHARDS[2]).hexdigest()
    (entry,) = json.loads((mirror.root / "index.json").read_text())["models"]
    assert entry["required_features"] == ["shader-f16"]
    assert not list(mirror.root.rglob("*.part"))


def test_other_hosts(hub: FaultyMirror, mirror: Mirror) -> None:
    listed = model(hub).model_copy(
        update={
            "model": f"https://huggingface.co/mlc-ai/{NAME}",
            "model_lib": "https://raw.githubusercontent.com/x/y/thing-webgpu.wasm",
        }
    )
    Puller(mirror, hub=hub.origin, library_host=f"{hub.origin}/libs").pull(listed)
    assert mirror.library("thing-webgpu.wasm").exists()


def test_a_broken_connection_is_taken_up_again(hub: FaultyMirror, mirror: Mirror) -> None:
    hub.fail(shard_path(1), Fault(drop_at=150_000, times=1))
    Puller(mirror).pull(model(hub))
    assert (mirror.folder(NAME) / "params_shard_1.bin").read_bytes() == SHARDS[1]
    first, second = hub.requests_for(shard_path(1))
    assert first.range is None
    assert second.range is not None
    assert second.status == 206


def test_an_interrupted_pull_goes_on(
    hub: FaultyMirror, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_module, "ATTEMPTS", 1)
    hub.fail(shard_path(1), Fault(drop_at=150_000))
    with pytest.raises(ModelKitError, match="it goes on where it stopped"):
        Puller(mirror).pull(model(hub))
    assert mirror.manifests() == []
    assert not mirror.folder(NAME).exists()
    hub.heal()
    hub.forget()
    Puller(mirror).pull(model(hub))
    assert hub.requests_for(shard_path(0)) == []
    assert hub.requests_for(shard_path(1))[0].range is not None
    assert (mirror.folder(NAME) / "params_shard_1.bin").read_bytes() == SHARDS[1]


@pytest.mark.parametrize(
    ("number", "fault", "message"),
    [
        (1, Fault(corrupt_at=5), "params_shard_1.bin does not match its MD5"),
        (0, Fault(truncate_at=100), "params_shard_0.bin has 100 bytes where .* says 200000"),
        (2, Fault(html=True), "params_shard_2.bin has 37 bytes where"),
        (2, Fault(status=404), r"params_shard_2.bin does not exist \(404\)"),
        (2, Fault(status=403), r"params_shard_2.bin may not be read \(403\)"),
        (2, Fault(status=500), "answered 500"),
    ],
)
def test_a_bad_shard_is_named_and_not_kept(
    hub: FaultyMirror, mirror: Mirror, number: int, fault: Fault, message: str
) -> None:
    hub.fail(shard_path(number), fault)
    with pytest.raises(ModelKitError, match=message):
        Puller(mirror).pull(model(hub))
    assert mirror.manifests() == []
    name = f"params_shard_{number}.bin"
    assert not list(mirror.root.rglob(name)) + list(mirror.root.rglob(f"{name}.part"))
    hub.heal()
    Puller(mirror).pull(model(hub))


def test_a_page_instead_of_json(hub: FaultyMirror, mirror: Mirror) -> None:
    hub.fail("*mlc-chat-config.json", Fault(html=True))
    with pytest.raises(ModelKitError, match=r"is not JSON: .* perhaps a sign-in page"):
        Puller(mirror).pull(model(hub))


def test_an_unreachable_host(
    hub: FaultyMirror, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = model(hub)
    hub.stop()
    with pytest.raises(ModelKitError, match=r"could not be fetched .* Check the network"):
        Puller(mirror).pull(listed)


def test_a_file_list_cannot_lead_out(tmp_path: Path, hub: FaultyMirror, mirror: Mirror) -> None:
    config = tmp_path / "hub" / "mlc-ai" / NAME / "resolve" / "main" / "mlc-chat-config.json"
    chat = json.loads(config.read_text())
    config.write_text(json.dumps({**chat, "tokenizer_files": ["../../../../evil"]}))
    with pytest.raises(ModelKitError, match="which is no file name"):
        Puller(mirror).pull(model(hub))


def test_a_full_disk(hub: FaultyMirror, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pull_module, "download_once", full)
    with pytest.raises(ModelKitError, match="the disk is full: free some space"):
        Puller(mirror).pull(model(hub))


def test_an_id_the_catalog_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", "nope", "--mirror", str(tmp_path)]) == 1
    assert "the app's catalog has no model nope" in capsys.readouterr().err


def test_the_apps_catalog_is_understood() -> None:
    by_id = {m.model_id: m for m in load_catalog()}
    one = by_id["Llama-3.1-8B-Instruct-q4f16_1-MLC-1k"]
    assert one.repository == "Llama-3.1-8B-Instruct-q4f16_1-MLC"
    assert one.library_name.endswith("-webgpu.wasm")
