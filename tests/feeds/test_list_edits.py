from __future__ import annotations

import tomllib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.errors import UsageError
from dipwatch.feeds.list_edits import add_tables, enable_in_table, ids_in, remove_table

LIST = """# My feeds.

# Good, slow.
[[feed]]
id = "paper"  # since May
url = "https://paper.example/rss"
enabled = true   # for now

  [[feed]]  # the desk
id = "desk"
note = "enabled = true"

# The end.
"""
NEW = '[[feed]]\nid = "wire"\n'


def comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


def test_a_table_goes_behind_what_is_there() -> None:
    assert add_tables(LIST, [NEW]) == f"{LIST}\n{NEW}"
    assert add_tables("", [NEW, NEW.replace("wire", "two")]) == f"{NEW}\n{NEW.replace('wire', 'two')}"
    assert add_tables("# Nothing yet", [NEW]) == f"# Nothing yet\n\n{NEW}"


@pytest.mark.parametrize(("key", "left"), [("paper", ("desk",)), ("desk", ("paper",))])
def test_a_table_is_taken_out_and_the_comments_around_it_stay(key: str, left: tuple[str, ...]) -> None:
    text = remove_table(LIST, key)
    assert ids_in(text) == left
    assert {" My feeds.", " Good, slow.", " The end."} <= set(comments(text))


def test_a_feed_is_switched_in_its_own_table_and_nothing_else_changes() -> None:
    assert enable_in_table(LIST, "paper", enabled=False) == LIST.replace("enabled = true   #", "enabled = false   #")
    desk = enable_in_table(LIST, "desk", enabled=False)
    assert desk == LIST.replace('id = "desk"\n', 'id = "desk"\nenabled = false\n')
    assert enable_in_table(desk, "desk", enabled=True) == desk.replace("enabled = false", "enabled = true")


@pytest.mark.parametrize(
    "text",
    [
        'feed = [{ id = "desk", enabled = true }]',
        '[["feed"]]\nid = "desk"\n',
        '[[feed]]\nid = "desk"\nnote = """\n[[feed]]\n"""\n',
        '[[feed]]\nid = "desk"\nnote = """\nenabled = true\n"""\n',
    ],
)
def test_a_list_that_is_written_otherwise_is_changed_rightly_or_not_at_all(text: str) -> None:
    assert _tables(text, lambda: remove_table(text, "desk")) == []
    (feed,) = _tables(text, lambda: enable_in_table(text, "desk", enabled=False)) or [{"enabled": False}]
    assert feed["enabled"] is False


def _tables(text: str, edit: Callable[[], str]) -> list[dict[str, object]]:
    """Return the tables after an edit; none where it is refused."""
    with suppress(UsageError):
        after = edit()
        assert after != text
        return list(tomllib.loads(after).get("feed", []))
    with pytest.raises(UsageError, match="edit it by hand"):
        edit()
    return []


KEYS = st.lists(st.from_regex("[a-z][a-z0-9-]{0,5}", fullmatch=True), min_size=1, max_size=6, unique=True)
BETWEEN = st.sampled_from(["", "\n", "# a comment\n", "\n# two\n\n"])


@given(KEYS, st.data())
def test_edits_change_only_what_they_name(keys: list[str], data: st.DataObject) -> None:
    text = ""
    for key in keys:
        text = add_tables(text, [f'[[feed]]\nid = "{key}"\nurl = "https://{key}.example/"\n']) + data.draw(BETWEEN)
    chosen = data.draw(st.sampled_from(keys))
    off = enable_in_table(text, chosen, enabled=False)
    assert [feed["id"] for feed in tomllib.loads(off)["feed"] if feed.get("enabled") is False] == [chosen]
    gone = remove_table(off, chosen)
    assert ids_in(gone) == tuple(key for key in keys if key != chosen)
    assert comments(gone) == comments(text)
