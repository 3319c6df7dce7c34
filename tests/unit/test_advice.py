"""The guide and its document: complete, current, from one source."""

from __future__ import annotations

from tools.troubleshooting_page import PAGE, troubleshooting_page
from webllm_app.advice import BROWSER_SUPPORT, FURTHER, TOPICS
from webllm_app.errors import ERROR_KINDS


def test_the_document_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == troubleshooting_page()


def test_every_topic_says_how_it_is_noticed_and_what_helps() -> None:
    assert [topic.title for topic in TOPICS] == [
        "WebGPU is not available",
        "A model fails to load",
        "Out of memory",
        "You cannot type in the chat's input",
    ]
    assert all(topic.symptoms and topic.solutions for topic in TOPICS)


def test_the_errors_people_search_for_are_in_the_table() -> None:
    seen = {message: row for row in ERROR_KINDS for message in row.seen}
    for message in (
        "Instance dropped in onSubmittedWorkDone",
        "Failed to execute 'mapAsync' on 'GPUBuffer'",
        "Out of memory",
        "Shader module compilation failed",
    ):
        assert seen[message].person


def test_every_statement_about_a_browser_and_tool_has_a_source() -> None:
    assert {row.browser for row in BROWSER_SUPPORT} >= {"Chrome", "Firefox", "Safari"}
    assert len(FURTHER) > 3
    sources = [row.source for row in BROWSER_SUPPORT] + [tool.source for tool in FURTHER]
    assert [source for source in sources if not source.startswith("https://")] == []
