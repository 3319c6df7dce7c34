"""The frame as Streamlit's own testing module runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "streamlit_app.py")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    # A server remembers that st.navigation has taken over from the folder pages/; AppTest forgets.
    start = PagesManager.__init__

    def remember(manager: PagesManager, *args: Any, **kwargs: Any) -> None:
        start(manager, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", remember)
    for name in ("WEBLLM_DEFAULT_MODEL", "WEBLLM_MODEL_MIRROR", "CLERK_PUBLISHABLE_KEY"):
        monkeypatch.delenv(name, raising=False)
    return AppTest.from_file(APP, default_timeout=30)


def components(app: AppTest) -> list[Any]:
    """Return the mounted chat components: always one."""
    return [c for c in app.get("component_instance") if "webllm_chat" in c.proto.component_name]


def shown(app: AppTest) -> str:
    """Return everything that a page sends to the browser; its `repr` holds none of it."""
    return "\n".join(str(element.proto) for element in (*app.main, *app.sidebar))
