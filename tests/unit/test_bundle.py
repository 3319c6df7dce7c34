"""The committed bundle: nothing of the operator's in it, nothing missing from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from webllm_app.settings import Settings, names_of

DIST = Path(__file__).parents[2] / "components" / "webllm_chat" / "frontend" / "dist"
FILES = [path for path in DIST.rglob("*") if path.is_file()]


def test_no_setting_was_bundled() -> None:
    # The build tool takes up variables with this prefix; the advice may name others in words.
    known = {name for field in Settings.model_fields for name in names_of(field)}
    names = {name for name in known if name.startswith("VITE_")}
    assert "VITE_CLERK_SECRET_KEY" in names
    for path in FILES:
        content = path.read_bytes()
        for name in names:
            assert name.encode() not in content, f"{name} is in {path.name}"


def test_every_asset_the_page_names_is_there() -> None:
    index = (DIST / "index.html").read_text()
    assets = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', index)
    assert assets
    assert all((DIST / asset).is_file() for asset in assets)


@pytest.mark.parametrize("engine", ["webllm.worker", "wllama.worker", "download.worker"])
def test_engines_are_not_part_of_the_chat_shell(engine: str) -> None:
    shell = (DIST / "index.html").read_text()
    assert engine not in shell
    assert any(path.name.startswith(engine) for path in FILES)


# Every absolute address in what visitors are served, and why it may be there. Whatever a bundle can
# fetch by itself, with nobody having decided so, does not belong here.
ADDRESS = re.compile(rb"https?://[^\s\"'`\\<>(){},;\x00-\x1f\x7f-\xff]*")
COMPONENTS = DIST.parents[2]
REASONS = {
    "The beginning of an address, for a check or a sentence": {"http://", "https://", "https://$"},
    "The name of an XML vocabulary; nothing is ever asked for there": {
        "http://www.w3.org/1998/Math/MathML",
        "http://www.w3.org/1999/xhtml",
        "http://www.w3.org/1999/xlink",
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/2000/xmlns/",
        "http://www.w3.org/XML/1998/namespace",
    },
    "Part of an error's text or of a licence's comment in a library": {
        "http://bit.ly/2kdckMn",
        "https://github.com/emscripten-core/emscripten/blob/main/src/library_memfs.js",
        "https://github.com/emscripten-core/emscripten/blob/main/system/lib/libc/musl/src/stdio/"
        "ftell.c",
        "https://github.com/emscripten-core/emscripten/issues/19144",
        "https://github.com/godotengine/godot/issues/70621",
        "https://github.com/markedjs/marked.",
        "https://github.com/mlc-ai/web-llm/issues/517",
        "https://github.com/ngxson/wllama/pull/39",
        "https://github.com/syntax-tree/hast-util-to-jsx-runtime",
        "https://react.dev/errors/",
        "https://reactjs.org/docs/error-decoder.html?invariant=",
        "https://tailwindcss.com",
        "https://tinyurl.com/y2uuvskb",
        "https://webgpureport.org/",
        "https://www.npmjs.com/package/hash-wasm",
    },
    "The app's own address on a laptop, in a sentence of advice": {"http://localhost:8501"},
    "Where models come from when the catalog names it; the hub is asked whether it answers": {
        "https://huggingface.co"
    },
    "A model of WebLLM's own list, which the app replaces by its catalog": {
        "https://huggingface.co/mlc-ai/snowflake-arctic-embed-m-q0f32-MLC",
        "https://huggingface.co/mlc-ai/snowflake-arctic-embed-s-q0f32-MLC",
        "https://raw.githubusercontent.com/mlc-ai/binary-mlc-llm-libs/main/web-llm-models/",
    },
}
# Comments in llama.cpp's own error texts.
IN_LLAMA_CPP = re.compile(r"https://github\.com/ggml-org/llama\.cpp/(issues|pull|discussions)\b")


def links_in(table: str) -> set[str]:
    """The pages and models that a table links to; a visitor opens or fetches them or does not."""
    text = (COMPONENTS / "webllm_chat" / table).read_bytes()
    return {address.decode() for address in ADDRESS.findall(text)}


@pytest.mark.parametrize("component", ["webllm_chat", "clerk_auth"])
def test_every_address_in_a_bundle_is_there_for_a_reason(component: str) -> None:
    tables = map(links_in, ("advice.json", "errors.json", "catalog.json"))
    known = set().union(*REASONS.values(), *tables)
    found: dict[str, set[str]] = {}
    for path in (COMPONENTS / component / "frontend" / "dist").rglob("*"):
        for address in ADDRESS.findall(path.read_bytes()) if path.is_file() else []:
            found.setdefault(address.decode(), set()).add(path.name)
    assert found, "the search sees nothing"
    unexplained = {
        address: files
        for address, files in found.items()
        if address not in known
        and not (IN_LLAMA_CPP.match(address) and all(name.endswith(".wasm") for name in files))
    }
    assert unexplained == {}
