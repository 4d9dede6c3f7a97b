"""`dipwatch subject new`: a skeleton that is valid as it stands, and nothing overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run

from dipwatch.shipped import shipped


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def configure(folder: Path, *subjects: str) -> None:
    listed = ", ".join(f'"{each}"' for each in subjects)
    (folder / "dipwatch.toml").write_text(f'subjects = [{listed}]\nsubjects_dir = "subjects"\n', encoding="utf-8")


def test_what_is_made_passes_every_check_as_it_stands(empty: Path, run: Run) -> None:
    made = run("subject", "new", "border-talks")
    assert (made.exit_code, made.stderr) == (0, "")
    configure(empty, "border-talks")
    for command in (("lexicon", "check"), ("check",), ("baseline", "build"), ("baseline", "verify")):
        result = run(*command)
        assert result.exit_code == 0, result.output
    told = run("explain", "--text", "Firstland and Secondland to hold talks on Thursday").stdout
    assert "It would alert, if it were new" in told
    assert "by rules, no model" in told


def test_it_has_every_file_of_a_subject_and_no_placeholder_of_its_name(empty: Path, run: Run) -> None:
    run("subject", "new", "border-talks")
    made = empty / "subjects" / "border-talks"
    wanted = {path.name for path in shipped("config", "subjects", "ukraine").glob("*.toml")}
    assert {path.name for path in made.glob("*.toml")} == wanted
    assert (made / "seeds" / "index.toml").is_file()
    assert [path.name for path in (empty / "subjects").iterdir()] == ["border-talks"], "nothing is left lying about"
    for path in made.rglob("*.toml"):
        assert "@" not in path.read_text(encoding="utf-8"), path


def test_it_says_what_to_do_next(empty: Path, run: Run) -> None:
    told = run("subject", "new", "border-talks").stdout
    for part in ('subjects = ["ukraine", "border-talks"]', f'subjects_dir = "{empty / "subjects"}"', "lexicon check"):
        assert part in told


def test_it_goes_where_the_configuration_keeps_subjects_or_where_it_is_told(empty: Path, run: Run) -> None:
    (empty / "dipwatch.toml").write_text('subjects_dir = "mine"\n', encoding="utf-8")
    told = run("subject", "new", "one").stdout
    assert "subjects_dir" not in told
    run("subject", "new", "two", "--into", str(empty / "elsewhere"))
    assert (empty / "mine" / "one" / "subject.toml").is_file()
    assert 'id = "two"' in (empty / "elsewhere" / "two" / "subject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Border", "border_talks", "-x", "a--b", "../up", "", "приграничье"])
def test_what_is_no_name_is_refused(empty: Path, run: Run, name: str) -> None:
    result = run("subject", "new", "--", name)
    assert result.exit_code == 2
    assert "is no name for a subject" in result.stderr
    assert not (empty / "subjects").exists()


@pytest.mark.parametrize("name", ["ukraine", "corrin", "taken"])
def test_a_subject_that_exists_is_left_alone(empty: Path, run: Run, name: str) -> None:
    mine = empty / "subjects" / "taken" / "subject.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text("precious", encoding="utf-8")
    result = run("subject", "new", name)
    assert result.exit_code == 2
    assert f"there is a subject {name} already" in result.stderr
    assert mine.read_text(encoding="utf-8") == "precious"


def test_a_folder_that_cannot_be_made_is_named(empty: Path, run: Run) -> None:
    (empty / "file").write_text("", encoding="utf-8")
    result = run("subject", "new", "border-talks", "--into", str(empty / "file" / "below"))
    assert result.exit_code == 1
    assert "can't be written" in result.stderr
