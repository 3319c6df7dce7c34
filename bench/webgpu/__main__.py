"""Measures SmolLM2-135M q4f32_1 on this machine's GPU, in both builds of the model kit.

    python -m bench.webgpu                                     # on Linux with a GPU and Vulkan
    python -m bench.webgpu --software --model tiny-S-q0f32     # anywhere, on the CPU

Every run is a browser with a new profile; the builds take turns. What the page measures is in
`components/webllm_chat/frontend/harness/bench.ts`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from bench.webgpu.filler import filler_source, write_filler
from bench.webgpu.report import table
from tests.browser.conftest import SOFTWARE_GPU_FLAGS, chromium
from tests.support.engine_page import build_engine_page
from tests.support.faulty_mirror import FaultyMirror
from tools.model_kit.build import build
from tools.model_kit.cache import BuildCache, cache_root
from tools.model_kit.config import Schedule
from tools.model_kit.mirror import Mirror

GPU_FLAGS = [
    "--enable-unsafe-webgpu",
    "--ignore-gpu-blocklist",
    "--enable-features=Vulkan",
    "--use-angle=vulkan",
    # Without a display: nothing is drawn, so that the GPU needs no surface.
    "--disable-vulkan-surface",
    "--disable-gpu-compositing",
]


@dataclass(frozen=True)
class Build:
    """A model in the mirror; the library's path is relative to the mirror."""

    model_id: str
    library: str


def main() -> None:
    options = parse()
    flags = SOFTWARE_GPU_FLAGS if options.software else GPU_FLAGS
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site, mirror = Path(folder, "site"), Mirror(Path(folder, "mirror"))
        build_engine_page(site)
        models = [build_model(mirror, options.model, s) for s in options.schedules]
        write_filler(mirror, options.download_megabytes)
        measured: dict[str, list[dict[str, Any]]] = {model.model_id: [] for model in models}
        with FaultyMirror(site) as pages, FaultyMirror(mirror.root) as files:
            for run in range(options.runs):
                for model in models:
                    request = measure_request(files.origin, model, options)
                    figures = measure(playwright, flags, pages.origin, request)
                    measured[model.model_id].append(figures)
                    print(f"run {run + 1}, {model.model_id}: {figures}", file=sys.stderr)
    print(table(measured))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure WebLLM on this machine's GPU.")
    parser.add_argument("--model", default="SmolLM2-135M-Instruct-q4f32_1")
    parser.add_argument(
        "--schedules", nargs="+", default=["gpu", "webgpu-software"], metavar="SCHEDULE"
    )
    parser.add_argument("--software", action="store_true", help="use software WebGPU")
    parser.add_argument("--runs", type=int, default=5, help="browsers for each build")
    parser.add_argument("--repeats", type=int, default=3, help="of each figure in one browser")
    parser.add_argument("--answer-tokens", type=int, default=128)
    parser.add_argument("--download-megabytes", type=int, default=300, help="0 for no download")
    return parser.parse_args()


def build_model(mirror: Mirror, name: str, schedule: Schedule) -> Build:
    (manifest,) = build(
        [name],
        BuildCache(cache_root(None)),
        mirror,
        schedule=schedule,
        publish_as=f"{name}-{schedule}",
    )
    return Build(manifest.model_id, manifest.model_lib.path)


def measure_request(origin: str, model: Build, options: argparse.Namespace) -> dict[str, Any]:
    """The request as `harness/bench.ts` describes it."""
    weights: dict[str, Any] = {
        "model": f"{origin}/mlc-ai/{model.model_id}/resolve/main/",
        "modelLib": f"{origin}/{model.library}",
        "overrides": {},
        "cacheBackend": "cache",
        "integrity": None,
        "modelManifest": None,
    }
    return {
        "model": {"modelId": model.model_id, "contextWindow": 2048, "weights": weights},
        "repeats": options.repeats,
        "answerTokens": options.answer_tokens,
        "download": filler_source(origin) if options.download_megabytes else None,
    }


def measure(
    playwright: Playwright, flags: list[str], page_origin: str, request: dict[str, Any]
) -> dict[str, Any]:
    with chromium(playwright, *flags) as browser:
        page = browser.new_page()
        page.goto(f"{page_origin}/index.html")
        page.wait_for_function("() => window.harness")
        measured: dict[str, Any] = page.evaluate("r => window.harness.measureModel(r)", request)
    return measured


if __name__ == "__main__":
    main()
