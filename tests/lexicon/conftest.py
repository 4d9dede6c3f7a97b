from __future__ import annotations

from pathlib import Path

import pytest

from dipwatch.lexicon import Lexicon, Names, Patterns, load_lexicon
from dipwatch.shipped import shipped

SUBJECT = Path(__file__).parent / "subject"


@pytest.fixture(scope="session")
def subject() -> Path:
    """The folder of an invented conflict."""
    return SUBJECT


@pytest.fixture(scope="session")
def straits() -> Lexicon:
    return load_lexicon(SUBJECT)


@pytest.fixture(scope="session")
def straits_names(straits: Lexicon) -> Names:
    return Names(straits)


@pytest.fixture(scope="session")
def straits_patterns(straits: Lexicon) -> Patterns:
    return Patterns(straits)


@pytest.fixture(scope="session")
def ukraine() -> Lexicon:
    """The lexicon that is shipped."""
    return load_lexicon(shipped("config", "subjects", "ukraine"))


@pytest.fixture(scope="session")
def ukraine_names(ukraine: Lexicon) -> Names:
    return Names(ukraine)


@pytest.fixture(scope="session")
def ukraine_patterns(ukraine: Lexicon) -> Patterns:
    return Patterns(ukraine)
