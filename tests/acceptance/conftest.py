"""The installed command."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.driver import Installation, installation


@pytest.fixture(scope="session")
def installed() -> str:
    """The installed command."""
    command = Path(sysconfig.get_path("scripts")) / "dipwatch"
    if not command.exists():
        pytest.skip(f"dipwatch is not installed beside {sys.executable}: pip install --editable .")
    return str(command)


@pytest.fixture
def site(installed: str, tmp_path: Path) -> Iterator[Installation]:
    """An installation before feeds of three rounds."""
    with installation(installed, tmp_path / "site") as made:
        yield made
