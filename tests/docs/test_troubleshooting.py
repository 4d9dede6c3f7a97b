"""Messages that the documents explain are those that the program says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.docs.pages import ROOT

_PLACEHOLDER = re.compile(r"\.\.\.|\b[A-Z]{4,}\b|`")
_JOINED = re.compile(r'"\s*\n\s*f?"')
"""Where a text of the code goes on in the next line."""
_LEAST = 6
"""Letters of a piece of a message that are worth looking for."""


@pytest.fixture(scope="module")
def said() -> str:
    """All texts of the code."""
    return "\n".join(
        _JOINED.sub("", path.read_text(encoding="utf-8")).replace("`", "") for path in (ROOT / "src").rglob("*.py")
    )


def explained() -> Iterator[str]:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    table = text.partition("## Troubleshooting by message")[2]
    for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE):
        yield from re.findall(r"`([^`]+)`", row)


@pytest.mark.parametrize("message", list(explained()))
def test_every_message_that_is_explained_is_said_somewhere(message: str, said: str) -> None:
    pieces = [piece.strip(" :;,") for piece in _PLACEHOLDER.split(message)]
    missing = [piece for piece in pieces if len(piece) >= _LEAST and piece not in said]
    assert not missing
