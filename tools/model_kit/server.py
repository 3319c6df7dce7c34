"""A static server for a mirror, with the headers browsers and WebLLM's caches need."""

from __future__ import annotations

from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Scope

from tools.model_kit.errors import ModelKitError

EXPOSED = ("Content-Length", "Content-Range", "ETag", "Accept-Ranges")
CONTENT_TYPES = {
    ".wasm": "application/wasm",
    ".json": "application/json",
    ".bin": "application/octet-stream",
}
# Shards and libraries are named by their manifest, which holds their hashes; JSON names the rest.
IMMUTABLE, REVALIDATE = "public, max-age=31536000, immutable", "no-cache"
