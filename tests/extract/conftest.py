from __future__ import annotations

import pytest

from dipwatch.extract import Model, Reader, load_model
from dipwatch.lexicon import Lexicon, load_lexicon
from dipwatch.shipped import shipped


@pytest.fixture(scope="session")
def ukraine() -> Lexicon:
    """The lexicon that is shipped."""
    return load_lexicon(shipped("config", "subjects", "ukraine"))


@pytest.fixture(scope="session")
def reader(ukraine: Lexicon) -> Reader:
    """Reads by rules alone."""
    return Reader(ukraine, Model())


@pytest.fixture(scope="session")
def learned_reader(ukraine: Lexicon) -> Reader:
    """Reads with the model that is shipped."""
    return Reader(ukraine, load_model(shipped("config", "subjects", "ukraine")))
