"""What docs/architecture.md names is there."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec

import pytest
from tests.docs.pages import ROOT

_NAMED = re.compile(
    r"\b(?:alerts|baseline|cli|daemon|detect|extract|feeds|lexicon|review|settings|store)(?:\.[A-Za-z_]+)+"
)
_KEYS = re.compile(r"`(?:detection|heartbeat|polling|alerts|health)\.[a-z_]+`")
"""Keys of the configuration look alike."""


def named() -> list[str]:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    keys = {key.strip("`") for key in _KEYS.findall(text)}
    found = dict.fromkeys(_NAMED.findall(text))
    return [name for name in found if not (name in keys and find_spec(f"dipwatch.{name}") is None)]


@pytest.mark.parametrize("name", named())
def test_every_module_and_function_that_the_page_names_exists(name: str) -> None:
    parts = f"dipwatch.{name}".split(".")
    least = next(many for many in range(len(parts), 0, -1) if _is_module(".".join(parts[:many])))
    found: object = import_module(".".join(parts[:least]))
    for part in parts[least:]:
        found = getattr(found, part)


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # what stands before is no package
        return False
