"""What comes from elsewhere is shown as it is, whatever Markdown would make of it."""

import pytest

from webllm_app.markdown import literal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("WEBLLM_CEILING: must be 4000", "WEBLLM_CEILING: must be 4000"),
        ("![x](https://evil.example/?q)", r"\!\[x\](https://evil.example/?q)"),
        ("[here](javascript:alert)", r"\[here\](javascript:alert)"),
        ("<img src=x>", r"\<img src=x\>"),
        (r"\[x]", r"\\\[x\]"),
        ("`a` *b* ~~c~~ $d$ |e|", r"\`a\` \*b\* \~\~c\~\~ \$d\$ \|e\|"),
        ("name\n\n# A heading", "name # A heading"),
        (":red[alarm]", r":red\[alarm\]"),
    ],
)
def test_marks_lose_their_meaning(text: str, shown: str) -> None:
    assert literal(text) == shown
