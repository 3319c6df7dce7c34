"""Writes docs/troubleshooting.md from the tables: `python -m tools.troubleshooting_page`."""

from __future__ import annotations

from pathlib import Path

from webllm_app.advice import BROWSER_SUPPORT, FURTHER, REVIEWED, TOPICS
from webllm_app.errors import ERROR_KINDS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "troubleshooting.md"

INTRODUCTION = """\
# Troubleshooting

<!-- Written by `python -m tools.troubleshooting_page`; the texts are in webllm_app/advice,
components/webllm_chat/advice.json and components/webllm_chat/errors.json. -->

The page *Troubleshooting* of the app runs checks in the visitor's browser and gives advice for that
very machine (`components/webllm_chat/frontend/src/device/checks/`). The local checks run when it is
opened, beside a loaded model, and ask nobody. The network check and the memory check run when their
buttons are pressed; the first asks the models' hosts for a few kilobytes, the second unloads the
model first. The report holds no word of a conversation and nothing about the visitor.

Advice is data: `advice.json` maps check, browser, system and GPU to steps, each with its source.
Add a row above the more general ones; `src/device/advice.test.ts` tries every combination that a
row names.

"""


def troubleshooting_page() -> str:
    """The page's text."""
    parts = [INTRODUCTION]
    for topic in TOPICS:
        parts.append(f"## {topic.title}\n\n")
        parts.append("How you notice:\n\n" + _bullets(topic.symptoms) + "\n")
        parts.append("What helps:\n\n" + _bullets(topic.solutions) + "\n")
    parts.append("## Errors\n\n| message | cause | what the app does | what you can do |\n")
    parts.append("|---|---|---|---|\n")
    for row in ERROR_KINDS:
        seen = "<br>".join(f"`{message}`" for message in row.seen) or f"({row.kind})"
        parts.append(f"| {seen} | {row.cause} | {row.app} | {row.person} |\n")
    parts.append(f"\n## Browsers with WebGPU\n\nChecked on {REVIEWED.isoformat()}.\n\n")
    parts.append("| browser | system | from version | remarks |\n|---|---|---|---|\n")
    for support in BROWSER_SUPPORT:
        parts.append(
            f"| {support.browser} | {support.systems} | {support.since or 'not yet'} "
            f"| {support.note} ([source]({support.source})) |\n"
        )
    parts.append("\n## Looking further\n\n")
    parts.append(
        "".join(f"- {tool.name}: {tool.use} ([more]({tool.source}))\n" for tool in FURTHER)
    )
    return "".join(parts)


def _bullets(lines: tuple[str, ...]) -> str:
    return "".join(f"- {line}\n" for line in lines)


def main() -> None:
    PAGE.write_text(troubleshooting_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
