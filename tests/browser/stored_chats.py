"""Conversations that are already in a visitor's browser when the page opens."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import BrowserContext, FilePayload, FrameLocator, Page

# Of Dexie's version 1: IndexedDB counts in tenths of it.
STORE = """async ([conversations, messages]) => {
  const open = indexedDB.open('webllm-chat:guest');
  const db = await new Promise((ok, no) => {
    open.onsuccess = () => ok(open.result);
    open.onerror = () => no(open.error);
  });
  const transaction = db.transaction(['conversations', 'messages'], 'readwrite');
  for (const row of conversations) transaction.objectStore('conversations').put(row);
  for (const row of messages) transaction.objectStore('messages').put(row);
  await new Promise((ok, no) => {
    transaction.oncomplete = ok;
    transaction.onerror = () => no(transaction.error);
  });
  db.close();
}"""
T0 = 1_790_000_000_000

FETCHING = {
    "version": 1,
    "state": "fetching",
    "received": 1_000_000,
    "total": 93_000_000,
    "file": "SmolLM2-135M-Instruct.Q4_1.gguf",
    "size": 98_362_432,
    "sha256": "",
    "error": None,
}

RICH = """The **quadratic formula** solves $ax^2 + bx + c = 0$:

| case | roots |
| --- | --- |
| positive | two |

```python
def roots(a, b, c):
    return a
```

![a parabola](https://images.example/parabola.png?about=secret)
"""


def without_model(context: BrowserContext) -> None:
    """The model stays on its way: what is looked at here needs none."""
    context.route("**/status.json", lambda route: route.fulfill(json=FETCHING))


def conversation(
    conversation_id: str, title: str, *, age: int = 0, **fields: Any
) -> dict[str, Any]:
    """A row of the database; `age` in milliseconds."""
    time = T0 - age
    return {
        "id": conversation_id,
        "title": title,
        "titledBy": "visitor",
        "pinned": False,
        "settings": {},
        "presetId": None,
        "createdAt": time,
        "lastMessageAt": time,
        "updatedAt": time,
        "deletedAt": None,
    } | fields


def message(
    conversation_id: str, number: int, parent: int | None, content: str, **fields: Any
) -> dict[str, Any]:
    """A row of the database: questions and answers by turns, unless `role` is given."""
    role = fields.get("role", "user" if number % 2 == 0 else "assistant")
    time = T0 + number
    return {
        "id": f"m{number}",
        "conversationId": conversation_id,
        "parentId": None if parent is None else f"m{parent}",
        "role": role,
        "content": content,
        "status": "done",
        "modelId": None if role == "user" else "SmolLM2-135M-Instruct-Q4_1-GGUF",
        "notes": [],
        "interrupted": [],
        "errorKind": None,
        "stats": None,
        "createdAt": time,
        "chosenAt": time,
        "updatedAt": time,
        "deletedAt": None,
    } | fields


def chain(conversation_id: str, contents: list[str]) -> list[dict[str, Any]]:
    """Questions and answers by turns."""
    return [
        message(conversation_id, number, number - 1 if number else None, content)
        for number, content in enumerate(contents)
    ]


def store(
    page: Page,
    component: FrameLocator,
    conversations: list[dict[str, Any]],
    messages: list[dict[str, Any]],
) -> None:
    """Writes them into the browser, and loads the page again, which opens with them."""
    component.get_by_test_id("composer").wait_for()
    component.locator("html").evaluate(f"(_, rows) => ({STORE})(rows)", [conversations, messages])
    page.reload()
    component.get_by_test_id("composer").wait_for()


def large_export(messages: int) -> bytes:
    """One conversation, each message the only one after another."""
    rows = chain("large", [f"message {number}" for number in range(messages)])
    exported = {
        **without(conversation("large", "A large one"), "updatedAt", "deletedAt"),
        "messages": [without(row, "conversationId", "deletedAt") for row in rows],
    }
    return json.dumps(
        {
            "format": "webllm-chat",
            "version": 1,
            "exportedAt": "2026-01-01T00:00:00.000Z",
            "conversations": [exported],
            "presets": [],
        }
    ).encode()


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def as_file(content: bytes) -> FilePayload:
    return {"name": "chats.json", "mimeType": "application/json", "buffer": content}
