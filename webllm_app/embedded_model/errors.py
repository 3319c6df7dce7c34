"""The one error of the embedded model, worded for the person who reads it."""

from __future__ import annotations


class EmbeddedModelError(Exception):
    """The embedded model could not be put in place.

    `str(error)` is one paragraph: what happened, why, and what to do now.
    """

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(f"{what} {why} {remedy}")
        self.what = what
        self.why = why
        self.remedy = remedy
