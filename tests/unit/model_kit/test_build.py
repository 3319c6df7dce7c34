from __future__ import annotations

import hashlib
import json
import logging
import multiprocessing
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tools.model_kit import build as build_module
from tools.model_kit.build import Builder, library_inputs, library_name, runtime_inputs
from tools.model_kit.cache import BuildCache, key_of
from tools.model_kit.cli import main
from tools.model_kit.errors import ModelKitError
from tools.model_kit.library import runtime
from tools.model_kit.manifest import Index, Manifest
from tools.model_kit.mirror import Mirror
from tools.model_kit.models import MODELS, TinyModel

TINY = cast(TinyModel, MODELS["tiny-S-q0f32"])


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


# --- what a build leaves -----------------------------------------------------------------------


def test_a_manifest_describes_every_file(tiny_mirror: Mirror) -> None:
    folder = tiny_mirror.folder("tiny-S-q0f32")
    manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    files = {f.path: folder / f.path for f in manifest.files}
    assert set(files) == {p.name for p in folder.iterdir()} - {"manifest.json"}
    assert {"mlc-chat-config.json", "tokenizer.json", "tensor-cache.json"} < set(files)
    for entry in [*manifest.files, manifest.model_lib]:
        data = (files.get(entry.path) or tiny_mirror.root / entry.path).read_bytes()
        assert entry.size == len(data)
        assert entry.sha256 == hashlib.sha256(data).hexdigest()


def test_the_index_lists_what_a_model_list_needs(tiny_mirror: Mirror) -> None:
    index = Index.model_validate_json((tiny_mirror.root / "index.json").read_bytes())
    (entry,) = index.models
    (manifest,) = tiny_mirror.manifests()
    assert entry.model == "mlc-ai/tiny-S-q0f32/resolve/main"
    assert entry.model_lib == "libs/tiny-S-q0f32.wasm"
    assert entry.context_window_size == 2048
    assert entry.total_bytes == sum(f.size for f in [*manifest.files, manifest.model_lib])
    # Float32 parameters; 2 x 2 layers x 2 heads x 16 x 2048 positions of cache; a row of logits.
    expected = 558_336 + 2 * 2 * 2 * 16 * 2048 * 4 + 1024 * 4
    assert entry.vram_required_MB == pytest.approx(expected / 1e6, abs=0.005)


def test_the_family_grows(builder: Builder) -> None:
    sizes = []
    for name in ("tiny-S-q0f32", "tiny-M-q0f32", "tiny-L-q0f32"):
        source = MODELS[name]
        folder = builder.weights(name, source, builder.config(source))
        sizes.append(sum(p.stat().st_size for p in folder.glob("params_shard_*.bin")))
    assert sizes[1] > 3 * sizes[0]
    assert sizes[2] > 3 * sizes[1]


def test_a_model_can_take_a_catalog_id(builder: Builder, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path)
    model_id = "Qwen2.5-0.5B-Instruct-q4f32_1-MLC"
    manifest = builder.model("tiny-S-q0f32", mirror, publish_as=model_id)
    assert manifest.model_id == model_id
    assert (mirror.folder(model_id) / "manifest.json").exists()
    # The app swaps only the origin of the catalog's address, so the file keeps the catalog's name.
    assert manifest.model_lib.path == "libs/Qwen2-0.5B-Instruct-q4f32_1_cs1k-webgpu.wasm"


def test_a_name_is_not_taken_from_another_model(
    builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_module, "library_name", lambda *_: "shared.wasm")
    mirror = Mirror(tmp_path)
    builder.model("tiny-S-q0f32", mirror)
    builder.model("tiny-S-q0f32", mirror, publish_as="twin")  # the same library: no quarrel
    with pytest.raises(ModelKitError, match=r"shared\.wasm, which tiny-S-q0f32, twin"):
        builder.model("tiny-M-q0f32", mirror)


@pytest.mark.parametrize("model_id", ["../up", "a/b", "", ".hidden", "a b"])
def test_an_id_that_is_no_folder_name_is_refused(tmp_path: Path, model_id: str) -> None:
    with pytest.raises(ModelKitError, match="cannot be published"):
        Mirror(tmp_path).folder(model_id)


def test_a_gpu_library_has_its_own_name() -> None:
    assert library_name("tiny-S-q0f32", "webgpu-software") == "tiny-S-q0f32.wasm"
    assert library_name("tiny-S-q0f32", "gpu") == "tiny-S-q0f32-gpu.wasm"


# --- rebuilding --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tiny-S-q0f32", "SmolLM2-135M-Instruct-q4f32_1"])
def test_rebuilt_weights_are_identical(builder: Builder, tmp_path: Path, name: str) -> None:
    source = MODELS[name]
    cfg = builder.config(source)
    again = replace(builder, cache=BuildCache(tmp_path / "elsewhere"))
    first, second = (b.weights(name, source, cfg) for b in (builder, again))
    assert first != second
    assert contents(first) == contents(second)


@pytest.mark.timeout(600)
def test_a_rebuilt_library_is_identical(builder: Builder, tmp_path: Path) -> None:
    """Compiled and linked in another folder; the runtime's objects are taken from the cache."""
    first = builder.library("tiny-S-q0f32", TINY.config, "webgpu-software")
    again = replace(builder, cache=BuildCache(tmp_path / "elsewhere"))
    objects = builder.runtime()
    place = again.cache.root / "runtime" / objects.name
    shutil.copytree(objects, place)
    second = again.library("tiny-S-q0f32", TINY.config, "webgpu-software")
    assert first != second
    assert first.read_bytes() == second.read_bytes()


# --- the cache ---------------------------------------------------------------------------------


def test_the_same_inputs_are_made_once(tmp_path: Path) -> None:
    cache, made = BuildCache(tmp_path), []

    def make(out: Path) -> None:
        made.append(out)
        (out / "result").write_text("x")

    assert cache.entry("kind", {"a": 1}, make) == cache.entry("kind", {"a": 1}, make)
    assert len(made) == 1
    cache.entry("kind", {"a": 2}, make)
    assert len(made) == 2


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    cache = BuildCache(tmp_path)

    def fail(out: Path) -> None:
        (out / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.entry("kind", {}, fail)
    assert [p for p in tmp_path.rglob("*") if p.suffix != ".lock"] == [tmp_path / "kind"]


def die_halfway(root: Path) -> None:
    def make(out: Path) -> None:
        (out / "half").write_text("x")
        os.kill(os.getpid(), signal.SIGKILL)

    BuildCache(root).entry("kind", {}, make)


def test_a_killed_build_leaves_no_entry(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=die_halfway, args=(tmp_path,))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    entry = BuildCache(tmp_path).entry("kind", {}, lambda out: (out / "whole").touch())
    assert {p.name for p in entry.iterdir()} == {"whole", "inputs.json"}


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("COMPILE_FLAGS", ("-O0",)),
        ("emscripten_version", lambda: "emcc 9.9.9"),
        ("versions", lambda *_: {"apache-tvm": "9.9"}),
    ],
)
def test_the_runtimes_key_follows_its_inputs(
    monkeypatch: pytest.MonkeyPatch, target: str, value: Any
) -> None:
    before = key_of(runtime_inputs()), key_of(library_inputs(TINY.config, "gpu"))
    monkeypatch.setattr(build_module, target, value)
    after = key_of(runtime_inputs()), key_of(library_inputs(TINY.config, "gpu"))
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_the_runtimes_key_follows_the_shim(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = key_of(runtime_inputs())
    shim = tmp_path / "shim"
    shutil.copytree(runtime.SHIM, shim)
    monkeypatch.setattr(build_module, "SHIM", shim)
    assert key_of(runtime_inputs()) == before
    with (shim / "tvm/support/io.h").open("a") as header:
        header.write("// changed\n")
    assert key_of(runtime_inputs()) != before


def test_a_librarys_key_follows_its_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {
        key_of(library_inputs(TINY.config, "webgpu-software")),
        key_of(library_inputs(TINY.config, "gpu")),
        key_of(library_inputs(replace(TINY.config, num_hidden_layers=9), "gpu")),
        key_of(library_inputs(replace(TINY.config, quantization="q4f32_1"), "gpu")),
    }
    monkeypatch.setattr(build_module, "LINK_FLAGS", ("-O0",))
    keys.add(key_of(library_inputs(TINY.config, "gpu")))
    assert len(keys) == 5


def test_weights_follow_the_gguf_and_the_seed(builder: Builder, tmp_path: Path) -> None:
    cache = BuildCache(tmp_path / "cache")
    changed = tmp_path / "changed.gguf"
    shutil.copyfile(builder.gguf, changed)
    with changed.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))
    folders = {
        Builder(cache, builder.gguf).weights("x", TINY, TINY.config),
        Builder(cache, changed).weights("x", TINY, TINY.config),
        Builder(cache, builder.gguf).weights("x", replace(TINY, seed=99), TINY.config),
    }
    assert len(folders) == 3


# --- the command line --------------------------------------------------------------------------


def test_build_prints_where_the_model_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert main(["build", "tiny-S-q0f32", "--mirror", str(tmp_path)]) == 0
    assert f"in {tmp_path}/mlc-ai/tiny-S-q0f32" in capsys.readouterr().out
    assert json.loads((tmp_path / "index.json").read_text())["models"]


def test_an_unknown_model_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "nope", "--mirror", str(tmp_path)]) == 1
    assert "no model is called 'nope'. There are: SmolLM2-" in capsys.readouterr().err


def test_one_id_for_many_models_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "all", "--as", "x"]) == 1
    assert "exactly one model" in capsys.readouterr().err


def test_missing_emscripten_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--cache", str(tmp_path), "build", "tiny-S-q0f32"]) == 1
    error = capsys.readouterr().err
    assert "apt-get install -y --no-install-recommends emscripten" in error


def test_a_missing_package_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(_: object) -> None:
        raise ModuleNotFoundError("No module named 'tvm'", name="tvm")

    monkeypatch.setattr("tools.model_kit.cli.run_build", absent)
    assert main(["build", "tiny-S-q0f32"]) == 1
    assert "pip install -r requirements-dev.txt" in capsys.readouterr().err
