from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from dipwatch.errors import ConfigError
from dipwatch.lexicon import load_lexicon
from dipwatch.lexicon.checks import check
from dipwatch.lexicon.tables import Row, TableReader


@pytest.fixture
def folder(tmp_path: Path, subject: Path) -> Path:
    return shutil.copytree(subject, tmp_path / "subject")


def edit(file: Path, old: str, new: str) -> int:
    """Replace the first occurrence and return the line it stands in."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_lexicon(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_whole_subject_is_loaded(folder: Path) -> None:
    lexicon = load_lexicon(folder)
    assert lexicon.subject.id == "straits"
    assert list(lexicon.actors)[:2] == ["arvenia", "kestria"]
    assert lexicon.venues["amber-palace"].within == "tolmin"
    assert [stance.id for stance in lexicon.issues["passage"].stance] == ["closed", "tolls", "open"]
    assert len(lexicon.tenures) == 4


WRONG = [
    ("actors.toml", 'role = "host"', 'rolle = "host"', "unknown key"),
    ("actors.toml", 'type = "group"', 'type = "club"', "type"),
    ("actors.toml", 'id = "lunda"', 'id = "Lunda!"', "pattern"),
    ("actors.toml", 'gender = "m"\n', "", "gender"),
    ("actors.toml", 'acts_for = "kestria"', 'acts_for = "kestrai"', "there is no actor kestrai"),
    ("actors.toml", 'members = ["arvenia", "lunda"]', 'members = ["avenia"]', "there is no actor avenia"),
    ("actors.toml", 'needs = ["Holm"]', 'needs = ["Holms"]', "none of its names"),
    ("actors.toml", 'id = "calder"', 'id = "lunda"', "the id lunda is taken"),
    ("actors.toml", 'en = ["Kestria"]', 'en = ["Kestria", "Arvenia"]', "also arvenia"),
    ("actors.toml", 'en = ["Lunda"]', 'en = ["--"]', "has no letter"),
    ("offices.toml", 'of = "kestria"', 'of = "kestriaa"', "there is no actor kestriaa"),
    ("offices.toml", 'office = "deputy-kestria"', 'office = "deputy"', "there is no office deputy"),
    ("offices.toml", 'person = "marek-velsky"', 'person = "kestria"', "is no person"),
    ("offices.toml", "to = 2025-06-01", "to = 2019-06-01", "before it begins"),
    ("offices.toml", "from = 2025-06-01", "from = 2025-05-01", "ivan-dorin holds president-arvenia"),
    ("offices.toml", "verified_on = 2026-01-01", 'verified_on = "soon"', "verified_on"),
    ("venues.toml", 'country = "kestria"', 'country = "kest"', "there is no actor kest"),
    ("venues.toml", 'within = "tolmin"', 'within = "tolmn"', "there is no venue tolmn"),
    ("venues.toml", 'en = ["Selm"]', 'en = ["Selm", "Vorst"]', "also vorst"),
    ("issues.toml", 'low = ["arvenia"]', 'low = ["arven"]', "there is no actor or side arven"),
    ("issues.toml", 'id = "tolls"', 'id = "closed"', "stands twice"),
    ("issues.toml", 'en = ["toll*"]', 'en = ["to*ll"]', 'the pattern "to*ll"'),
    ("cues.toml", 'en = ["met with"', 'en = ["met {nobody}"', "is no slot"),
    ("cues.toml", 'sort = "negation"', 'sort = "negative"', "sort"),
    ("cues.toml", 'type = "live"\n', "", "needs a type"),
    ("cues.toml", 'kind = "meeting"', 'kind = "party"', "kind"),
    ("scenarios.toml", 'actor = "arvenia"', 'actor = "arv"', "there is no actor or side arv"),
    ("scenarios.toml", 'issue = "passage"', 'issue = "pass"', "there is no issue pass"),
    ("subject.toml", 'parties = ["arvenia", "kestria"]', 'parties = ["arvena"]', "there is no actor arvena"),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), WRONG)
def test_a_mistake_is_named_with_its_file_and_line(folder: Path, file: str, old: str, new: str, says: str) -> None:
    line = edit(folder / file, old, new)
    (problem,) = [text for text in problems_of(folder) if says in text]
    place = re.match(r"(.+):(\d+): ", problem)
    assert place is not None
    assert Path(place[1]) == folder / file
    # A key that is missing can only be reported where its table begins.
    assert int(place[2]) == line or (new == "" and int(place[2]) < line)


def test_lines_are_looked_for_only_where_something_is_wrong(folder: Path) -> None:
    tables = TableReader(folder).read()
    assert check(tables) == []
    rows: tuple[Row[Any], ...] = (*tables.actors, *tables.offices, *tables.tenures, *tables.venues, *tables.cues)
    assert not any("lines" in vars(row.source) for row in rows)


def test_all_mistakes_are_told_together(folder: Path) -> None:
    for file, old, new, _ in (WRONG[0], WRONG[10], WRONG[21], WRONG[28]):
        edit(folder / file, old, new)
    assert {Path(text.split(":")[0]).name for text in problems_of(folder)} == {
        "actors.toml",
        "offices.toml",
        "issues.toml",
        "subject.toml",
    }


def test_a_mistake_in_an_entry_does_not_make_its_references_wrong(folder: Path) -> None:
    edit(folder / "actors.toml", 'type = "state"', 'type = "country"')
    assert len(problems_of(folder)) == 1


def test_missing_files_are_one_line_each(folder: Path) -> None:
    (folder / "cues.toml").unlink()
    (folder / "venues.toml").unlink()
    assert [text.split(":")[0] for text in problems_of(folder)] == [
        str(folder / "venues.toml"),
        str(folder / "cues.toml"),
    ]


def test_a_name_of_two_actors_is_fine_once_one_of_them_needs_support(folder: Path) -> None:
    edit(folder / "actors.toml", 'en = ["Lunda"]\nru', 'en = ["Lunda", "Calder"]\nru')
    assert "lunda" in load_lexicon(folder).actors


def test_the_version_tells_content_not_layout(folder: Path) -> None:
    before = load_lexicon(folder).version
    assert re.fullmatch(r"[0-9a-f]{12}", before)
    edit(folder / "cues.toml", "[[cue]]", "# a remark\n\n[[cue]]")
    assert load_lexicon(folder).version == before
    edit(folder / "cues.toml", "met with", "meets with")
    assert load_lexicon(folder).version != before
