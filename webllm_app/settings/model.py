"""Everything that can be configured: names, types, defaults, and what each is for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from webllm_app.addresses import refuse_credentials

MODEL_ID = r"[A-Za-z0-9][\w.+-]{0,199}"


def _model_id(value: str) -> str:
    if not re.fullmatch(MODEL_ID, value):
        raise ValueError("must be a model id such as SmolLM2-360M-Instruct-q4f16_1-MLC")
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address such as https://models.example.org")
    refuse_credentials(value)
    return value.rstrip("/")


def _mirror_address(value: str) -> str:
    if value.startswith("app/static/") or re.match(r"/(?!/)", value):
        return value.rstrip("/")
    refuse_credentials(value)
    try:
        return _web_address(value)
    except ValueError:
        raise ValueError(
            "must be an address such as https://models.example.org, or a path on this app's own "
            "server that starts with / or with app/static/"
        ) from None


def _split(value: object) -> object:
    if isinstance(value, list | tuple):
        return [str(part) for part in value]
    return [part.strip() for part in str(value).split(",") if part.strip()]


def _parse_json(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError(f"must be JSON ({error})") from None


def _megabytes_or_model(value: object) -> int | str:
    text = str(value)
    if text.isdecimal() and int(text) > 0:
        return int(text)
    if re.fullmatch(MODEL_ID, text) and not re.fullmatch(r"[\d.]+", text):
        return text
    raise ValueError(
        "must be GPU memory in whole MB above 0, such as 4000, or a model id such as "
        "Qwen2.5-0.5B-Instruct-q4f16_1-MLC"
    )


def _text(value: object) -> object:
    """The text of whatever a TOML file holds under a name that stands for text."""
    return value if isinstance(value, str | SecretStr) else str(value)


ModelId = Annotated[str, AfterValidator(_model_id)]
# The values of sign-in are taken as they come: `webllm_app.auth` checks them, because there a
# malformed one must close doors, where here it would be left out and its default used.
Text = Annotated[str, BeforeValidator(_text)]
# Nothing secret belongs into the public ones, but people paste the wrong key.
SecretText = Annotated[SecretStr, BeforeValidator(_text)]
TextList = Annotated[tuple[str, ...], BeforeValidator(_split), NoDecode]
AppConfig = Annotated[dict[str, Any], BeforeValidator(_parse_json), NoDecode]


class Settings(BaseSettings):
    """The app's settings. `load_settings()` reads them; made directly, only what is given counts.

    The first alias of a field is its name in the environment, `.env` and `secrets.toml`;
    further ones are read too.
    """

    model_config = SettingsConfigDict(frozen=True, populate_by_name=True, extra="forbid")

    default_model: ModelId = Field(
        "SmolLM2-360M-Instruct-q4f16_1-MLC",
        validation_alias=AliasChoices("WEBLLM_DEFAULT_MODEL", "VITE_WEBLLM_DEFAULT_MODEL"),
        description="The model a visitor starts with. Its f32 sibling is taken where the GPU has "
        "no 16-bit floats.",
    )
    model_mirror: Annotated[str, AfterValidator(_mirror_address)] | None = Field(
        None,
        validation_alias=AliasChoices("WEBLLM_MODEL_MIRROR"),
        description="Where to fetch models instead of Hugging Face and GitHub: an address, or a "
        "path on this app's own server (`/…` or `app/static/…`).",
    )
    backend: Literal["auto", "webgpu", "cpu"] = Field(
        "auto",
        validation_alias=AliasChoices("WEBLLM_BACKEND"),
        description="What to run models on. `auto` takes the GPU where there is a real one.",
    )
    allow_software_gpu: bool = Field(
        False,
        validation_alias=AliasChoices("WEBLLM_ALLOW_SOFTWARE_GPU"),
        description="Treat a GPU emulated in software as a real one. Slower than the CPU backend; "
        "meant for tests.",
    )
    upgrade: Literal["automatic", "offered", "off"] = Field(
        "offered",
        validation_alias=AliasChoices("WEBLLM_UPGRADE"),
        description="Whether better models that load in the background are switched to by "
        "themselves, offered to the visitor, or not loaded at all.",
    )
    ceiling: Annotated[int | str, BeforeValidator(_megabytes_or_model)] | None = Field(
        None,
        validation_alias=AliasChoices("WEBLLM_CEILING"),
        description="The largest model to move up to: its GPU memory in MB, or a model id.",
    )
    context_window: Annotated[int, Field(ge=512, le=131_072)] | None = Field(
        None,
        validation_alias=AliasChoices("WEBLLM_CONTEXT_WINDOW"),
        description="Tokens of conversation a model keeps in view. Unset: each model's own.",
    )
    max_tokens: Annotated[int, Field(ge=1, le=32_768)] = Field(
        1024,
        validation_alias=AliasChoices("WEBLLM_MAX_TOKENS"),
        description="The longest answer, in tokens.",
    )
    engine_host: Literal["auto", "dedicated", "parent", "shared-worker", "service-worker"] = Field(
        "auto",
        validation_alias=AliasChoices("WEBLLM_ENGINE_HOST"),
        description="What keeps a model loaded: a worker of the component (`dedicated`) or of the "
        "page around it (`parent`), or one that outlives a reload and is shared by tabs "
        "(`shared-worker`, `service-worker`). `auto` takes the service worker where it can. "
        "See docs/hosts.md.",
    )
    probe_timeout: Annotated[float, Field(gt=0, le=60)] = Field(
        3.0,
        validation_alias=AliasChoices("WEBLLM_PROBE_TIMEOUT"),
        description="Seconds to wait for the model hub before the model the app brings is used.",
    )
    app_config: AppConfig | None = Field(
        None,
        validation_alias=AliasChoices("WEBLLM_APP_CONFIG"),
        description="Custom models: a WebLLM app configuration with a `model_list`, as JSON or as "
        "a table of `secrets.toml`. See docs/models.md.",
    )
    app_config_file: Annotated[Path, BeforeValidator(_text)] | None = Field(
        None,
        validation_alias=AliasChoices("WEBLLM_APP_CONFIG_FILE"),
        description="The same from a JSON file; a relative path starts at the app's folder.",
    )
    issue_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None,
        validation_alias=AliasChoices("WEBLLM_ISSUE_URL"),
        description="Where visitors can report a problem; shown on the troubleshooting page.",
    )
    auth: Text = Field(
        "optional",
        validation_alias=AliasChoices("WEBLLM_AUTH", "CLERK_AUTH"),
        description="Whether visitors must sign in (`required`), may (`optional`), or cannot "
        "(`off`). Without Clerk keys nobody can.",
    )
    clerk_publishable_key: SecretText | None = Field(
        None,
        validation_alias=AliasChoices("CLERK_PUBLISHABLE_KEY", "VITE_CLERK_PUBLISHABLE_KEY"),
        description="Clerk's publishable key; browsers see it. It turns sign-in on.",
    )
    clerk_secret_key: SecretText | None = Field(
        None,
        validation_alias=AliasChoices("CLERK_SECRET_KEY", "VITE_CLERK_SECRET_KEY"),
        description="Clerk's secret key. Not needed; its form is checked and it is dropped.",
    )
    clerk_jwt_key: SecretText | None = Field(
        None,
        validation_alias=AliasChoices("CLERK_JWT_KEY"),
        description="Clerk's public key (PEM), to verify session tokens without asking Clerk.",
    )
    clerk_authorized_parties: TextList = Field(
        (),
        validation_alias=AliasChoices("CLERK_AUTHORIZED_PARTIES"),
        description="Addresses session tokens may come from, separated by commas.",
    )
    clerk_audience: Text | None = Field(
        None,
        validation_alias=AliasChoices("CLERK_AUDIENCE"),
        description="The audience (`aud`) that session tokens must name. Unset: a token that "
        "names any is refused.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed in: `load_settings` reads the sources, noting each origin."""
        return (init_settings,)


def names_of(field: str) -> list[str]:
    """The names a field is read under, the preferred one first."""
    alias = Settings.model_fields[field].validation_alias
    if not isinstance(alias, AliasChoices):
        raise TypeError(f"Settings.{field} needs AliasChoices for its names.")
    return [str(choice) for choice in alias.choices]
