from __future__ import annotations

from pathlib import Path

import pytest
from tests.detect.build import Log

from dipwatch.lexicon import Lexicon, load_lexicon

SUBJECT = Path(__file__).parents[1] / "lexicon" / "subject"


@pytest.fixture(scope="session")
def straits() -> Lexicon:
    """The lexicon of an invented conflict: Arvenia and Kestria, with Lunda between them."""
    return load_lexicon(SUBJECT)


@pytest.fixture
def log(straits: Lexicon) -> Log:
    """An empty log without a baseline."""
    return Log(straits)
