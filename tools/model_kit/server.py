"""A static server for a mirror, with the headers that browsers and WebLLM's caches need."""

from __future__ import annotations

import os
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

from tools.model_kit.errors import ModelKitError

EXPOSED = ("Content-Length", "Content-Range", "Accept-Ranges", "ETag")
CONTENT_TYPES = {
    ".wasm": "application/wasm",
    ".json": "application/json",
    ".bin": "application/octet-stream",
}
# A shard or library does not change while its manifest stands; JSON is small, and asked about anew.
FOREVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"


class MirrorFiles(StaticFiles):
    """Starlette's files (ranges, ETag, 304, HEAD, no way out) with a mirror's headers."""

    def file_response(
        self,
        full_path: PathLike,
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        suffix = Path(full_path).suffix
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = FOREVER if suffix in {".bin", ".wasm"} else ASK_AGAIN
        if suffix in CONTENT_TYPES and response.status_code == 200:
            response.headers["Content-Type"] = CONTENT_TYPES[suffix]
        return response


def mirror_app(folder: Path) -> Starlette:
    """The ASGI application that serves `folder` to pages of any origin.

    Raises:
        ModelKitError: There is no such folder.
    """
    if not folder.is_dir():
        raise ModelKitError(
            f"there is no mirror at {folder}. Make one: python -m tools.model_kit build all"
        )
    cors = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD"],
        allow_headers=["*"],
        expose_headers=EXPOSED,
        max_age=86400,
    )
    return Starlette(routes=[Mount("/", MirrorFiles(directory=folder))], middleware=[cors])


def serve(folder: Path, host: str, port: int) -> None:
    """Serve `folder` until interrupted."""
    app = mirror_app(folder)
    print(f"Serving {folder} on http://{host}:{port}", flush=True)
    uvicorn.run(app, host=host, port=port, log_level="warning")
