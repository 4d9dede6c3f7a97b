from __future__ import annotations

import pytest
from tests.review.logged import SUBJECT, SUBJECTS

from dipwatch.errors import ConfigError
from dipwatch.lexicon import Lexicon, load_lexicon
from dipwatch.review.directory import Directory, names_of
from dipwatch.shipped import shipped

FOLDERS = {"shipped": shipped("config", "subjects", "ukraine"), "test": SUBJECTS / SUBJECT}


@pytest.fixture(scope="module", params=FOLDERS)
def both(request: pytest.FixtureRequest) -> tuple[Directory, Lexicon]:
    folder = FOLDERS[request.param]
    return Directory(folder), load_lexicon(folder)


def test_it_agrees_with_the_lexicon_on_every_entry(both: tuple[Directory, Lexicon]) -> None:
    directory, lexicon = both
    refs = [*lexicon.actors, *lexicon.venues, *lexicon.issues, *lexicon.offices]
    assert [directory.name(ref) for ref in refs] == [lexicon.name(ref) for ref in refs]
    assert list(directory.actors) == list(lexicon.actors)
    assert list(directory.venues) == list(lexicon.venues)
    assert list(directory.issues) == list(lexicon.issues)
    assert [directory.acts_for(ref) for ref in lexicon.actors] == [lexicon.acts_for(ref) for ref in lexicon.actors]
    assert [directory.city(ref) for ref in lexicon.venues] == [lexicon.city(ref) for ref in lexicon.venues]


def test_it_agrees_on_every_stance_and_every_other_name(both: tuple[Directory, Lexicon]) -> None:
    directory, lexicon = both
    for issue in lexicon.issues.values():
        assert [directory.stance(issue.id, stance.id) for stance in issue.stance] == [s.name for s in issue.stance]
    for key, actor in lexicon.actors.items():
        words = [word.removeprefix("=") for _, word in actor.each()]
        assert list(names_of(key, directory.actors[key])) == [key, actor.name, *words]


def test_what_is_not_known_is_said_in_words_of_its_own() -> None:
    directory = Directory(SUBJECTS / SUBJECT)
    assert directory.name("nobody-we-know") == "nobody we know"
    assert directory.stance("territory", "gives-in") == "gives in"
    assert directory.stance("nothing", "gives-in") == "gives in"


def test_a_file_that_is_missing_or_no_toml_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("bare")
    with pytest.raises(ConfigError, match=r"actors.toml: there is no such file"):
        Directory(folder).name("russia")
    (folder / "actors.toml").write_text("actor = [", encoding="utf-8")
    with pytest.raises(ConfigError, match="is not valid TOML"):
        Directory(folder).name("russia")


def test_what_is_no_entry_is_left_to_the_checks(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("odd")
    for name in ("venues", "issues", "offices"):
        (folder / f"{name}.toml").write_text("", encoding="utf-8")
    (folder / "actors.toml").write_text('actor = [1, { name = "No id" }, { id = "russia" }]', encoding="utf-8")
    directory = Directory(folder)
    assert list(directory.actors) == ["russia"]
    assert directory.name("russia") == "russia"
