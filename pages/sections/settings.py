"""What is configured, and where it came from."""

from collections.abc import Sequence

import streamlit as st

from webllm_app.settings import SettingRow


def show_settings(rows: Sequence[SettingRow]) -> None:
    st.subheader("Settings in effect")
    st.caption("Set by whoever runs this app. Of secrets only the last four characters are shown.")
    lines = ["| Setting | Value | From | What it does |", "|---|---|---|---|"]
    lines += [
        f"| `{row.name}` | {_value(row.value)} | {row.origin} | {row.description} |" for row in rows
    ]
    st.markdown("\n".join(lines))


def _value(value: str) -> str:
    if not value:
        return "not set"
    safe = value.replace("`", "'").replace("|", "\\|").replace("\n", " ")
    return f"`{safe}`"
