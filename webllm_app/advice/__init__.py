"""What the troubleshooting page and its document say: topics, browsers, ways to look further."""

from webllm_app.advice.support import BROWSER_SUPPORT, REVIEWED, BrowserSupport
from webllm_app.advice.topics import FURTHER, TOPICS, Tool, Topic

__all__ = [
    "BROWSER_SUPPORT",
    "FURTHER",
    "REVIEWED",
    "TOPICS",
    "BrowserSupport",
    "Tool",
    "Topic",
]
