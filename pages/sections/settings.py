"""What is configured, and where it came from."""

import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from webllm_app.settings import SettingRow

# On a phone each setting becomes a block of its own.
STYLE = """<style>
.settings { width: 100%; border-collapse: collapse; font-size: 0.875rem; }
.settings :is(th, td) { text-align: left; vertical-align: top; padding: 0.5rem 1rem 0.5rem 0; }
.settings tr { border-bottom: 1px solid rgba(128, 128, 128, 0.3); }
.settings code { overflow-wrap: anywhere; }
.settings td:first-child code { white-space: nowrap; }
@media (max-width: 640px) {
  .settings thead { display: none; }
  .settings tr { display: block; padding: 0.5rem 0; }
  .settings td { display: block; padding: 0.125rem 0; }
}
</style>"""


def show_settings(rows: Sequence[SettingRow]) -> None:
    st.subheader("Settings in effect")
    st.caption("Set by whoever runs this app. Of secrets only their kind is shown.")
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("Setting", "In effect", "About"))
    body = "".join(_row(row) for row in rows)
    table = f"<table class='settings'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    st.html(STYLE + table)


def _row(row: SettingRow) -> str:
    value = f"<code>{escape(row.value)}</code>" if row.value else "not set"
    origin = "the default" if row.origin == "default" else f"from {escape(row.origin)}"
    about = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(row.description))
    cells = (f"<code>{escape(row.name)}</code>", f"{value} ({origin})", about)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
