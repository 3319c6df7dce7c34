"""Generates the component's TypeScript types from `components/webllm_chat/protocol.py`.

python -m tools.protocol_types           writes frontend/src/bridge/protocol.ts
python -m tools.protocol_types --check   exits with 1 when that file is not current
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from pydantic_core import to_jsonable_python

from components.webllm_chat.protocol import (
    EngineReport,
    EngineSettings,
    ModelEntry,
    RenderArgs,
    SharingReport,
)
from tools.node import prefer_own_node

FRONTEND = Path(__file__).parent.parent / "components" / "webllm_chat" / "frontend"
GENERATOR = FRONTEND / "node_modules" / "json-schema-to-typescript" / "dist" / "src" / "cli.js"
TARGET = FRONTEND / "src" / "bridge" / "protocol.ts"
BANNER = "// Generated from components/webllm_chat/protocol.py by `python -m tools.protocol_types`."


def generate() -> str:
    """Returns the TypeScript source; needs `npm ci` done in the frontend's folder."""
    models = (RenderArgs, ModelEntry, EngineReport, SharingReport)
    _, schema = models_json_schema([(model, "serialization") for model in models], title="Protocol")
    _drop_titles(schema)
    for definition in schema["$defs"].values():
        if definition.get("type") == "object":
            definition["additionalProperties"] = False
    schema["title"] = "Protocol"
    schema["type"] = "object"
    schema["additionalProperties"] = False
    schema["required"] = ["args", "entry", "report", "sharing"]
    schema["properties"] = {
        "args": {"$ref": "#/$defs/RenderArgs"},
        "entry": {"$ref": "#/$defs/ModelEntry"},
        "report": {"$ref": "#/$defs/EngineReport"},
        "sharing": {"$ref": "#/$defs/SharingReport"},
    }
    prefer_own_node()
    finished = subprocess.run(
        ["node", str(GENERATOR), "--maxItems=-1", f"--bannerComment={BANNER}"],
        input=json.dumps(schema),
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout + _defaults("SETTINGS_DEFAULTS", EngineSettings)


def _defaults(name: str, model: type[BaseModel]) -> str:
    """What Python leaves out of a message, as a constant."""
    values = {
        field: to_jsonable_python(info.get_default())
        for field, info in model.model_fields.items()
        if not info.is_required()
    }
    return (
        f"\nexport const {name} = {json.dumps(values, indent=2)} "
        f"satisfies Partial<{model.__name__}>;\n"
    )


def _drop_titles(schema: object) -> None:
    """Without titles the generator inlines simple types instead of naming each property's."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str) and "enum" not in schema:
            schema.pop("title")
        for child in schema.values():
            _drop_titles(child)
    elif isinstance(schema, list):
        for child in schema:
            _drop_titles(child)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    source = generate()
    if parser.parse_args().check:
        if TARGET.read_text() != source:
            print("protocol.ts is not current: run `python -m tools.protocol_types`.")
            return 1
        return 0
    TARGET.write_text(source)
    return 0


if __name__ == "__main__":
    sys.exit(main())
