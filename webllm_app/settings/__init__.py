"""The app's settings: one typed place, read from environment, `.env` and `secrets.toml`."""

from webllm_app.settings.loading import (
    LoadedSettings,
    Origin,
    SettingProblem,
    SettingRow,
    load_settings,
    masked,
    shown,
)
from webllm_app.settings.model import Settings, names_of

__all__ = [
    "LoadedSettings",
    "Origin",
    "SettingProblem",
    "SettingRow",
    "Settings",
    "load_settings",
    "masked",
    "names_of",
    "shown",
]
