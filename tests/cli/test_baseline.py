"""``dipwatch baseline`` as it is called: formats, exit codes, what it keeps."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dipwatch.baseline import LISTS
from dipwatch.cli.app import cli
from dipwatch.shipped import shipped


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A configuration with a subject of its own: a small dispute with one document."""
    apart = Path(__file__).parent.parent / "baseline" / "documents"
    folder = tmp_path / "subjects" / "straits"
    shutil.copytree(apart / "straits", folder)
    (folder / "seeds").mkdir()
    shutil.copy(apart / "straits.txt", folder / "seeds")
    (folder / "seeds" / "index.toml").write_text(
        '[[seed]]\nid = "000"\nfile = "straits.txt"\ntitle = "A primer"\nadded = 2032-07-01\n', encoding="utf-8"
    )
    config = tmp_path / "dipwatch.toml"
    config.write_text('subjects = ["straits"]\nsubjects_dir = "subjects"\n', encoding="utf-8")
    return config


def test_the_shipped_baseline_is_built_shown_and_verified() -> None:
    built = run("baseline", "build")
    assert built.exit_code == 0
    assert "positions" in built.stdout
    verified = run("baseline", "verify")
    assert (verified.exit_code, verified.stdout) == (0, "")
    assert verified.stderr.endswith("in 5 documents\n")
    assert json.loads(run("baseline", "verify", "--format", "json").stdout) == []


def test_a_change_of_a_shipped_document_fails_or_is_held_against_a_build_that_was_kept(tmp_path: Path) -> None:
    shutil.copytree(shipped("seeds"), tmp_path / "seeds", copy_function=shutil.copyfile)
    (tmp_path / "dipwatch.toml").write_text('seeds_dir = "seeds"\n', encoding="utf-8")
    verified = ("--config", str(tmp_path / "dipwatch.toml"), "baseline", "verify")
    kept = str(tmp_path / "kept.json")
    assert run(*verified[:3], "accept", "--to", kept).exit_code == 0
    (text,) = (tmp_path / "seeds").glob("004*")
    text.write_bytes(text.read_bytes().replace("€90 billion".encode(), "€91 billion".encode()))
    assert run(*verified).exit_code == 1
    held = run(*verified, kept, "--format", "json")
    assert held.exit_code == 1
    told = {(each["fails"], each["where"].partition("-")[0]) for each in json.loads(held.stdout)}
    assert {(False, "seed 004"), (True, "commitment")} <= told


def test_show_writes_all_lists_as_json(own: Path) -> None:
    shown = json.loads(run("--config", str(own), "baseline", "show", "--format", "json").stdout)
    assert set(LISTS) <= set(shown)
    (position,) = (p for p in shown["positions"] if p["stance"] == "shared-control")
    assert (position["actor"], position["actor_name"], position["issue_name"]) == ("valdona", "Valdona", "sovereignty")
    assert (
        position["evidence"][0]["quote"]
        == "Valdona demands shared control of the narrows and free passage at all times."
    )


def test_show_can_be_narrowed(own: Path) -> None:
    shown = run("--config", str(own), "baseline", "show", "positions", "--actor", "kestria", "--format", "md").stdout
    assert "Kestria" in shown
    assert "Valdona, " not in shown


def test_explain_shows_every_sentence(own: Path) -> None:
    explained = run("--config", str(own), "baseline", "explain", "round-").stdout
    assert "Port Salis, january 2032" in explained
    assert (
        "The winter conference in Port Salis, held in January 2032, brought together Kestria and Valdona." in explained
    )


def test_explain_can_be_read_by_programs(own: Path) -> None:
    (entry,) = json.loads(run("--config", str(own), "baseline", "explain", "round-", "--format", "json").stdout)[:1]
    assert entry["evidence"][0]["seed"] == "000"


def test_an_accepted_build_is_what_later_ones_are_held_against(own: Path) -> None:
    config = ("--config", str(own))
    assert run(*config, "baseline", "diff").exit_code == 2
    assert run(*config, "baseline", "accept").exit_code == 0
    assert json.loads(run(*config, "baseline", "diff", "--format", "json").stdout) == []

    text = own.parent / "subjects" / "straits" / "seeds" / "straits.txt"
    text.write_text(text.read_text(encoding="utf-8").replace("rejects foreign warships", "likes foreign warships"))
    found = json.loads(run(*config, "baseline", "diff", "--format", "json").stdout)
    assert found
    verified = run(*config, "baseline", "verify")
    assert verified.exit_code == 1
    assert "changed" in verified.stdout
    assert "fails" in verified.stdout


def test_diff_tells_what_a_further_document_would_change(own: Path, tmp_path: Path) -> None:
    more = tmp_path / "note.txt"
    more.write_text(
        "A note\n\nThe talks in Port Salis in May 2032 brought together Kestria and Valdona.\n", encoding="utf-8"
    )
    args = ("baseline", "diff", "--with", str(more), "--as-of", "2032-05-20", "--format", "json")
    found = json.loads(run("--config", str(own), *args).stdout)
    assert ("added", "rounds") in {(each["change"], each["list"]) for each in found}


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (("accept",), "--to FILE"),
        (("explain", "nothing-like-it"), "begins with"),
        (("show", "--subject", "elsewhere"), "no subject"),
        (("diff", "missing.json"), "no build in missing.json"),
    ],
)
def test_wrong_usage_is_named(args: tuple[str, ...], what: str) -> None:
    result = run("baseline", *args)
    assert result.exit_code == 2
    assert what in result.stderr


def test_the_shipped_folder_is_not_written_to() -> None:
    run("baseline", "accept")
    assert not (shipped("config", "subjects", "ukraine") / "baseline.json").exists()
