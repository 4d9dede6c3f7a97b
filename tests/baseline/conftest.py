"""The shipped subject read once for all tests of the baseline: building a reader takes seconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dipwatch.baseline import Baseline, Seed, SeedInfo, build, load_seeds, make_seed
from dipwatch.baseline.show import as_json
from dipwatch.extract import Reader
from dipwatch.lexicon import Lexicon, load_lexicon
from dipwatch.shipped import shipped

SUBJECT = shipped("config", "subjects", "ukraine")
DOCUMENTS = Path(__file__).parent / "documents"


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon(SUBJECT)


@pytest.fixture(scope="session")
def reader(lexicon: Lexicon) -> Reader:
    return Reader(lexicon)


@pytest.fixture(scope="session")
def seeds() -> tuple[Seed, ...]:
    return load_seeds(shipped("seeds"))


@pytest.fixture(scope="session")
def baseline(seeds: tuple[Seed, ...], reader: Reader) -> Baseline:
    return build(seeds, SUBJECT, reader)


@pytest.fixture(scope="session")
def shown(baseline: Baseline, lexicon: Lexicon) -> dict[str, Any]:
    return as_json(baseline, lexicon)


@pytest.fixture
def document() -> Callable[..., Seed]:
    """Make a document of a text, as if it had been entered on 1 May 2026."""

    def make(text: str, **keys: object) -> Seed:
        told = {"id": "t", "file": "t.txt", "title": "Russia-Ukraine talks", "added": date(2026, 5, 1)}
        return make_seed(SeedInfo.model_validate(told | keys), text)

    return make
