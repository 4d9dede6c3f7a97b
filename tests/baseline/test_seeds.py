from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dipwatch.baseline import find_seeds, load_seeds
from dipwatch.errors import ConfigError
from dipwatch.shipped import shipped

SUBJECT = shipped("config", "subjects", "ukraine")
INDEX = """[[seed]]
id = "a"
file = "a.txt"
title = "A"
added = 2026-05-01
"""


def test_the_shipped_documents_are_as_they_were_entered() -> None:
    seeds = load_seeds(shipped("seeds"))
    assert [seed.info.id for seed in seeds] == ["000", "001", "002", "003", "004"]
    assert all(seed.info.sha256 and not seed.changed for seed in seeds)


def test_a_changed_document_is_noticed(tmp_path: Path) -> None:
    folder = shutil.copytree(shipped("seeds"), tmp_path / "seeds")
    file = next(folder.glob("004*.txt"))
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert [seed.info.id for seed in load_seeds(folder) if seed.changed] == ["004"]


@pytest.mark.parametrize(
    ("index", "what"),
    [
        (INDEX, "a.txt: can't be read"),
        (INDEX.replace("added", "aded"), "aded"),
        (INDEX.replace("2026-05-01", '"someday"'), "index.toml:5"),
        (INDEX + INDEX, "stands twice"),
    ],
)
def test_faults_of_an_index_are_named_with_their_place(tmp_path: Path, index: str, what: str) -> None:
    (tmp_path / "index.toml").write_text(index, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_seeds(tmp_path)
    assert what in str(caught.value)


def test_documents_are_looked_for_where_the_configuration_says_then_in_the_subjects_folder(tmp_path: Path) -> None:
    assert find_seeds(tmp_path, tmp_path / "elsewhere") == tmp_path / "elsewhere"
    assert find_seeds(tmp_path) is None
    (tmp_path / "seeds").mkdir()
    assert find_seeds(tmp_path) == tmp_path / "seeds"
    assert find_seeds(SUBJECT) == shipped("seeds")
