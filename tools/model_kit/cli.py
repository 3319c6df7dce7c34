"""The command line: build models, serve them, copy them from Hugging Face."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.model_kit.cache import BuildCache, cache_root
from tools.model_kit.config import SCHEDULES
from tools.model_kit.errors import ModelKitError
from tools.model_kit.mirror import Mirror
from tools.model_kit.models import MODELS

PYTHON_PARTS = {"tvm", "tvm_ffi", "gguf", "numpy"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the process's exit status: 0 when all was done, 1 when it could not be."""
    options = parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        options.run(options)
    except ModelKitError as error:
        print(f"model_kit: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name not in PYTHON_PARTS:
            raise
        print(
            f"model_kit: the Python package {error.name} is missing. Install what building needs: "
            "pip install -r requirements-dev.txt -c constraints.txt",
            file=sys.stderr,
        )
        return 1
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.model_kit", description=__doc__)
    parser.add_argument("--cache", type=Path, help="default: $MODEL_KIT_CACHE or .cache/model_kit")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="build models into the mirror")
    build.add_argument("names", nargs="+", metavar="NAME", help=f"{', '.join(MODELS)}, or all")
    build.add_argument("--as", dest="publish_as", metavar="ID", help="publish under another id")
    build.add_argument(
        "--schedule",
        choices=SCHEDULES,
        default="webgpu-software",
        help="kernels without barriers, for software WebGPU; or TVM's own, for real GPUs",
    )
    build.set_defaults(run=run_build)

    serve = commands.add_parser("serve", help="serve the mirror")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8765)
    serve.set_defaults(run=run_serve)

    pull = commands.add_parser("pull", help="copy models from Hugging Face into the mirror")
    pull.add_argument("model_ids", nargs="+", metavar="MODEL_ID", help="ids of the app's catalog")
    pull.add_argument("--from", dest="hub", metavar="ORIGIN", help="in place of the catalog's hub")
    pull.add_argument("--lib-from", metavar="ORIGIN", help="in place of the catalog's library host")
    pull.set_defaults(run=run_pull)

    for command in (build, serve, pull):
        command.add_argument(
            "--mirror", "--dir", type=Path, help="the mirror's folder; default: mirror in the cache"
        )
    return parser.parse_args(arguments)


def chosen_mirror(options: argparse.Namespace) -> Mirror:
    return Mirror(options.mirror or cache_root(options.cache) / "mirror")


def run_build(options: argparse.Namespace) -> None:
    from tools.model_kit.build import build  # TVM takes seconds to import

    names = list(MODELS) if options.names == ["all"] else options.names
    if options.publish_as and len(names) != 1:
        raise ModelKitError("--as gives one model another id: name exactly one model")
    mirror = chosen_mirror(options)
    built = build(
        names,
        BuildCache(cache_root(options.cache)),
        mirror,
        schedule=options.schedule,
        publish_as=options.publish_as,
    )
    for manifest in built:
        size = sum(f.size for f in [*manifest.files, manifest.model_lib]) / 1e6
        print(f"{manifest.model_id}: {size:.1f} MB in {mirror.folder(manifest.model_id)}")


def run_serve(options: argparse.Namespace) -> None:
    from tools.model_kit.server import serve

    serve(chosen_mirror(options).root, options.host, options.port)


def run_pull(options: argparse.Namespace) -> None:
    from tools.model_kit.pull import Puller, catalog_models

    puller = Puller(chosen_mirror(options), hub=options.hub, library_host=options.lib_from)
    for model in catalog_models(options.model_ids):
        puller.pull(model)
