from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.detect.build import Log

from dipwatch.lexicon import Lexicon, load_lexicon
from dipwatch.lexicon.entries import Actor, Cue

SUBJECT = Path(__file__).parents[1] / "lexicon" / "subject"


@pytest.fixture(scope="session")
def straits() -> Lexicon:
    """The lexicon of an invented conflict: Arvenia and Kestria, with Lunda between them; with an outlet and a word."""
    loaded = load_lexicon(SUBJECT)
    outlet = Actor(id="straits-post", name="Straits Post", type="outlet", en=("Straits Post",))
    says = Cue(id="says", sort="speech", en=("says",))
    return replace(loaded, actors={**loaded.actors, outlet.id: outlet}, cues={**loaded.cues, says.id: says})


@pytest.fixture
def log(straits: Lexicon) -> Log:
    """An empty log without a baseline."""
    return Log(straits)
