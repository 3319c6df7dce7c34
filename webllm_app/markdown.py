"""Text of somebody else's in Streamlit's messages, which are all Markdown."""

import re

_MARKS = re.compile(r"[\\`*\[\]<>$~|!]")


def literal(text: str) -> str:
    """Return Markdown that shows `text` as it is: no link, image, formula, heading or HTML.

    For everything that holds a name or value from settings, model lists or a browser.

    Args:
        text: a sentence; line breaks in it become spaces, since a line can begin a block.
    """
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
