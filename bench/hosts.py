"""How soon a model is of use again, by the host its engine lives in.

    python -m tools.model_kit build SmolLM2-135M-Instruct-q4f32_1
    python -m bench.hosts dedicated shared-worker service-worker

Real tabs of the built component on software WebGPU. No debugger is attached to the browser: one
would keep its workers alive. Times are from a tab's start until its model is ready, in seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bench import figures
from components.webllm_chat.protocol import EngineSettings, ModelEntry, Offer, RenderArgs
from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS, SOFTWARE_GPU_FLAGS, free_port
from tests.support.another_build import make_another_build
from tests.support.built_mirror import build_models
from tools.model_kit.server import mirror_app
from webllm_app.preparation import prepare_offer
from webllm_app.settings import load_settings

ROOT = Path(__file__).parents[1]
DIST = ROOT / "components" / "webllm_chat" / "frontend" / "dist"
MODEL = "SmolLM2-135M-Instruct-q0f32-MLC"
KIT_MODEL = "SmolLM2-135M-Instruct-q4f32_1"
HOSTS = ("dedicated", "parent", "shared-worker", "service-worker")
LIMIT_S = 420


class BundleFiles(StaticFiles):
    """Asked for anew by every tab, as Streamlit's are, so that a new version is seen."""

    def file_response(self, *args: Any, **options: Any) -> Response:
        response = super().file_response(*args, **options)
        response.headers["Cache-Control"] = "no-store"
        return response


class Bench:
    """The server of one run, and what its driver page notes."""

    def __init__(self, bundle: Path, mirror: Path, port: int) -> None:
        self.origin = f"http://localhost:{port}"
        self.bundle = bundle
        self.notes: dict[str, float | str] = {}
        self.ended = asyncio.Event()
        os.environ["WEBLLM_MODEL_MIRROR"] = f"{self.origin}/mirror"
        offer = prepare_offer(load_settings())
        entries = [ModelEntry.model_validate(model.model_dump()) for model in offer.models]
        self.offer = Offer(
            catalog=None, listed=json.dumps([entry.model_dump(mode="json") for entry in entries])
        )
        self.app = Starlette(
            routes=[
                Route("/args.json", self.args),
                Route("/note", self.note, methods=["POST"]),
                Route("/new-build", self.new_build, methods=["POST"]),
                Mount("/mirror", mirror_app(mirror)),
                Mount("/component", BundleFiles(directory=bundle)),
                Mount("/", StaticFiles(directory=Path(__file__).parent / "hosts_pages")),
            ]
        )

    def args(self, request: Request) -> JSONResponse:
        settings = EngineSettings(
            default_model=MODEL,
            backend="webgpu",
            allow_software_gpu=True,
            max_tokens=60,
            engine_host=request.query_params["host"],
        )
        args = RenderArgs(
            view="chat",
            locked=False,
            user=None,
            settings=settings,
            offer=self.offer,
            embedded=None,
        )
        return JSONResponse(args.model_dump(mode="json"))

    async def note(self, request: Request) -> Response:
        noted = json.loads(await request.body())
        if noted["what"] == "end":
            self.ended.set()
        else:
            value = noted["value"]
            shown = value if isinstance(value, str) else round(value / 1000, 2)
            self.notes[noted["what"]] = shown
            print(f"  {noted['host']}: {noted['what']}: {shown}", flush=True)
        return Response(status_code=204)

    def new_build(self, _: Request) -> Response:
        """As a deployment does: the same names, other contents."""
        make_another_build(self.bundle)
        return Response(status_code=204)


async def run(host: str, mirror: Path) -> dict[str, float | str]:
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder, "dist")
        shutil.copytree(DIST, bundle)
        bench = Bench(bundle, mirror, port := free_port())
        config = uvicorn.Config(bench.app, port=port, log_level="error")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        assert CHROMIUM is not None
        browser = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *CHROMIUM_FLAGS,
            *SOFTWARE_GPU_FLAGS,
            "--disable-popup-blocking",
            f"--user-data-dir={folder}/profile",
            f"{bench.origin}/driver.html?host={host}",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await asyncio.wait_for(bench.ended.wait(), LIMIT_S)
        finally:
            browser.terminate()
            await browser.wait()
            server.should_exit = True
            await serving
        return bench.notes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hosts", nargs="*", default=HOSTS, help=f"of {', '.join(HOSTS)}")
    hosts = parser.parse_args().hosts
    with tempfile.TemporaryDirectory() as folder:
        build_models(Path(folder), {MODEL: KIT_MODEL})
        results = {host: asyncio.run(run(host, Path(folder))) for host in hosts}
    figures.save("hosts", results)


if __name__ == "__main__":
    main()
