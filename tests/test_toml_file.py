from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dipwatch.errors import ConfigError
from dipwatch.toml_file import KeyPath, TomlFile, read_toml

TEXT = """\
# a comment
title = "straits"

[gate]
actors = [
    "arvenia",
]
dotted.key = 1
"quoted" = 2

[[actor]]
id = "one"
[actor.adjectives]
en = ["Arvenian"]

[[actor]]
id = "two"

  [[actor.link]]
  url = "a"
  [[actor.link]]
  url = "b"

[[actor]]

[ spaced . table ]
x=1
"""


@pytest.fixture
def source(tmp_path: Path) -> TomlFile:
    path = tmp_path / "subject.toml"
    path.write_text(TEXT, encoding="utf-8")
    return read_toml(path)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("title",), 2),
        (("gate",), 4),
        (("gate", "actors"), 5),
        (("gate", "actors", 0), 5),
        (("gate", "dotted", "key"), 8),
        (("gate", "quoted"), 9),
        (("actor", 0), 11),
        (("actor", 0, "id"), 12),
        (("actor", 0, "adjectives"), 13),
        (("actor", 0, "adjectives", "en", 0), 14),
        (("actor", 1, "id"), 17),
        (("actor", 1, "link", 0, "url"), 20),
        (("actor", 1, "link", 1, "url"), 22),
        (("actor", 2, "id"), 24),
        (("actor",), 11),
        (("spaced",), 26),
        (("spaced", "table", "x"), 27),
        (("gate", "missing"), 4),
    ],
)
def test_the_line_of_a_key_or_of_its_nearest_ancestor(source: TomlFile, key: KeyPath, line: int) -> None:
    assert source.where(*key) == f"{source.path}:{line}"


def test_a_key_without_any_line_is_placed_in_the_file(source: TomlFile) -> None:
    assert source.where("nothing") == str(source.path)
    assert source.where() == str(source.path)


def test_values_are_those_of_toml(source: TomlFile) -> None:
    assert source.data["gate"]["dotted"] == {"key": 1}
    assert [actor.get("id") for actor in source.data["actor"]] == ["one", "two", None]


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file; create it or correct the path"):
        read_toml(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a = \n", r"bad.toml:1: is not valid TOML"),
        (b"a = 1\na = 2\n", r"is not valid TOML"),
        (b"\xff\xfe", r"can't be read"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_cause(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message) as caught:
        read_toml(path)
    assert str(path) in str(caught.value)
    assert caught.value.__cause__ is not None


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        read_toml(tmp_path)


NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, st.lists(NAMES, unique=True, max_size=4)), max_size=6, unique_by=lambda pair: pair[0]))
def test_every_key_of_a_written_file_is_found_on_its_line(
    tmp_path_factory: pytest.TempPathFactory, tables: list[tuple[str, list[str]]]
) -> None:
    lines = []
    expected: dict[KeyPath, int] = {}
    for table, keys in tables:
        lines.append(f"[{table}]")
        for key in keys:
            lines.append(f"{key} = 1")
            expected[table, key] = len(lines)
    path = tmp_path_factory.getbasetemp() / "written.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    source = read_toml(path)
    assert {key: source.where(*key) for key in expected} == {key: f"{path}:{line}" for key, line in expected.items()}
