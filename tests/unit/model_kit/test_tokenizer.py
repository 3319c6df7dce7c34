# ruff: noqa: RUF001  # ambiguous characters are what these strings are for

"""tokenizer.json, as the `tokenizers` library reads it, against BPE done by hand on the GGUF.

The reference shares no code with either: it takes tokens and merges from the file, splits as
llama.cpp's "smollm" pre-tokenizer does (every digit alone, then GPT-2's words), and merges the best
pair again and again.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from gguf import GGUFReader
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from tools.model_kit.gguf_source import GGUFSource
from tools.model_kit.tokenizer import write_tokenizer

CONTRACTIONS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")


class Reference:
    """Tokenizes with nothing but a GGUF's own tables."""

    def __init__(self, path: Path):
        fields = GGUFReader(path).fields
        tokens = fields["tokenizer.ggml.tokens"].contents()
        kinds = fields["tokenizer.ggml.token_type"].contents()
        self.ids = {token: i for i, token in enumerate(tokens)}
        merges = fields["tokenizer.ggml.merges"].contents()
        self.rank = {tuple(m.split(" ")): i for i, m in enumerate(merges)}
        self.special = sorted(
            (t for t, kind in zip(tokens, kinds, strict=True) if kind == 3), key=len, reverse=True
        )
        self.letters = byte_letters()

    def encode(self, text: str) -> list[int]:
        ids: list[int] = []
        start = i = 0
        while i < len(text):
            hit = next((s for s in self.special if text.startswith(s, i)), None)
            if hit is None:
                i += 1
                continue
            ids += self.plain(text[start:i])
            ids.append(self.ids[hit])
            start = i = i + len(hit)
        return ids + self.plain(text[start:])

    def plain(self, text: str) -> list[int]:
        return [i for run in digit_runs(text) for word in words(run) for i in self.bpe(word)]

    def bpe(self, word: str) -> list[int]:
        # A byte that the vocabulary has no token for is dropped before anything is merged, as the
        # `tokenizers` library does without <unk>; what stood on its two sides may merge then.
        letters = [self.letters[b] for b in word.encode()]
        parts = [letter for letter in letters if letter in self.ids]
        while len(parts) > 1:
            pairs = list(pairwise(parts))
            best = min(pairs, key=lambda pair: self.rank.get(pair, len(self.rank)))
            if best not in self.rank:
                break
            merged, i = [], 0
            while i < len(parts):
                joined = tuple(parts[i : i + 2]) == best
                merged.append("".join(best) if joined else parts[i])
                i += 2 if joined else 1
            parts = merged
        return [self.ids[part] for part in parts]


def byte_letters() -> list[str]:
    """GPT-2's letter for each byte: printable ones stand for themselves, the rest follow U+0100."""
    own = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(b) if b in own else chr(next(others)) for b in range(256)]


def is_number(c: str) -> bool:
    return unicodedata.category(c).startswith("N")


def is_letter(c: str) -> bool:
    return unicodedata.category(c).startswith("L")


def is_space(c: str) -> bool:
    return c in "\t\n\v\f\r\x85" or unicodedata.category(c) in {"Zs", "Zl", "Zp"}


def digit_runs(text: str) -> list[str]:
    """The text cut so that every numeric character stands alone."""
    out: list[str] = []
    current = ""
    for c in text:
        if is_number(c):
            out += [current, c]
            current = ""
        else:
            current += c
    return [run for run in [*out, current] if run]


def kind(c: str) -> str:
    if is_letter(c):
        return "letter"
    if is_number(c):
        return "number"
    return "space" if is_space(c) else "other"


def words(text: str) -> list[str]:
    """GPT-2's pattern by hand.

    Contractions; an optional space and a run of letters, numbers or other characters; or spaces,
    of which the last is left to the word that follows.
    """
    out = []
    i = 0
    while i < len(text):
        end = next((i + len(c) for c in CONTRACTIONS if text.startswith(c, i)), 0)
        if not end:
            at = i + 1 if text[i] == " " and i + 1 < len(text) else i
            what = kind(text[at])
            if what == "space":
                at = i
            end = at
            while end < len(text) and kind(text[end]) == what:
                end += 1
            if what == "space" and end < len(text) and end - i > 1:
                end -= 1
        out.append(text[i:end])
        i = end
    return out


HOSTILE = {
    "empty": "",
    "plain": "The capital of France is Paris.",
    "emoji with joiners": "👩‍👩‍👧‍👦 and 🏳️‍🌈 and 👍🏽",
    "right to left": "مرحبا بالعالم ‏שלום עולם‎ mixed",
    "zero bytes": "a\0b\0\0c",
    "long digits": "31415926535897932384626433832795028841971693993751",
    "other digits": "٣٫١٤ Ⅷ ½ ²³ 〇 १२३",
    "newlines": "a\nb\r\nc\rd\n\n\n e \u2028f\u2029g\x85h",
    "spaces": "  two   three    \t\ttabs \u00a0nbsp \u3000ideographic  ",
    "trailing space": "word ",
    "only spaces": "     ",
    "special lookalikes": "<|im_start|> <|im_end| > <|im_<|im_end|>start|> <| im_start |>",
    "special tokens": "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n<|endoftext|>",
    "contractions": "I'll we've don't IT'S 'tis ''s they'd've 'S",
    "combining": "Z̴̧̧͎͖̗͚͉̑̋̂a̸l̶g̵o e\u0301 \u0301 lone",
    "code": "def f(x):\n\treturn {'a': [1, 2.5e-10], \"b\": x**2}  # 100%",
    "cjk": "日本語のテキスト。中文，한국어",
    "all low characters": "".join(map(chr, range(256))),
    "all characters' first bytes": "".join(map(chr, range(0x80, 0xD800, 61))),
    "high planes": "𝕳𝖊𝖑𝖑𝖔 \U0010fffd \U000e0041 𐍈",
    "very long word": "a" * 3000,
    "a byte without a token between two that merge": ':\x06"',
    "byte order mark": "\ufefftext\ufeff",
    "replacement and controls": "\ufffd\x01\x1b[0m\x7f\u200b\u2060",
}


@pytest.fixture(scope="module")
def tokenizer(gguf: Path, tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer(folder, GGUFSource(gguf).vocabulary())
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


@pytest.fixture(scope="module")
def reference(gguf: Path) -> Reference:
    return Reference(gguf)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_strings(tokenizer: Tokenizer, reference: Reference, name: str) -> None:
    assert tokenizer.encode(HOSTILE[name]).ids == reference.encode(HOSTILE[name])


@settings(max_examples=300)
@given(text=st.text(max_size=60))
def test_any_string(tokenizer: Tokenizer, reference: Reference, text: str) -> None:
    # Characters newer than Python's Unicode tables may be letters to one side only.
    if any(unicodedata.category(c) == "Cn" for c in text):
        return
    assert tokenizer.encode(text).ids == reference.encode(text)


def test_text_comes_back(tokenizer: Tokenizer, reference: Reference) -> None:
    text = "Grüße, 世界! 2024\n\tÇa va?"
    assert tokenizer.decode(reference.encode(text)) == text


def test_the_france_question_has_37_tokens(tokenizer: Tokenizer) -> None:
    """As WebLLM counts them, with SmolLM2's system message around the question."""
    prompt = (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
        "<|im_end|>\n<|im_start|>user\nWhat is the capital of France?<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    assert len(tokenizer.encode(prompt).ids) == 37
