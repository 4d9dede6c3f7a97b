"""Cues that subjects share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dipwatch.errors import ConfigError
from dipwatch.lexicon import Lexicon, load_lexicon


@pytest.fixture
def folder(tmp_path: Path, subject: Path) -> Path:
    """A subject that takes part in the common cues."""
    made = shutil.copytree(subject, tmp_path / "subject")
    set_up(made, "common_cues = true")
    return made


def set_up(folder: Path, *lines: str) -> None:
    file = folder / "subject.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text("\n".join((*lines, text)), encoding="utf-8")


def add_cue(folder: Path, text: str) -> None:
    with (folder / "cues.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[[cue]]\n{text}\n")


def test_only_a_subject_that_says_so_has_them(folder: Path, straits: Lexicon) -> None:
    assert "tt-opinion" not in straits.cues
    assert "tt-opinion" in load_lexicon(folder).cues


def test_an_entry_with_a_common_id_adds_patterns_and_keeps_the_rest(folder: Path) -> None:
    common = load_lexicon(folder).cues["rules-out"]
    add_cue(folder, 'id = "rules-out"\nsort = "act"\nweight = 1\nen = ["turns up ... nose at"]')
    cue = load_lexicon(folder).cues["rules-out"]
    assert cue.en == (*common.en, "turns up ... nose at")
    assert (cue.ru, cue.kind, cue.weight) == (common.ru, common.kind, 1)


def test_a_cue_of_its_own_comes_after_the_one_it_stands_below(folder: Path) -> None:
    add_cue(folder, 'id = "tt-opinion"\nsort = "text-type"\nen = ["^ my view"]')
    add_cue(folder, 'id = "of-its-own"\nsort = "hedge"\nen = ["as it were"]')
    names = list(load_lexicon(folder).cues)
    assert names[names.index("tt-opinion") + 1] == "of-its-own"


def test_a_common_cue_can_be_left_out_or_replaced(folder: Path) -> None:
    set_up(folder, 'without_cues = ["ot-sport", "ot-weather"]')
    add_cue(folder, 'id = "ot-weather"\nsort = "off-topic"\ntopic = "weather"\nen = ["hail"]')
    cues = load_lexicon(folder).cues
    assert "ot-sport" not in cues
    assert cues["ot-weather"].en == ("hail",)


def test_leaving_out_what_is_not_there_is_a_fault_with_its_line(folder: Path) -> None:
    set_up(folder, 'without_cues = ["nosuch"]')
    with pytest.raises(ConfigError, match=r"subject.toml:1: without_cues: there is no common cue nosuch"):
        load_lexicon(folder)


def test_a_fault_in_what_is_added_is_told_where_it_stands(folder: Path) -> None:
    add_cue(folder, 'id = "rules-out"\nsort = "act"\nen = ["met {nobody}"]')
    lines = (folder / "cues.toml").read_text(encoding="utf-8").splitlines()
    with pytest.raises(ConfigError, match=rf"cues.toml:{len(lines)}: .*is no slot"):
        load_lexicon(folder)


def test_what_is_added_changes_the_version(folder: Path, straits: Lexicon) -> None:
    with_common = load_lexicon(folder).version
    add_cue(folder, 'id = "rules-out"\nsort = "act"\nen = ["turns up ... nose at"]')
    assert len({straits.version, with_common, load_lexicon(folder).version}) == 3
