from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dipwatch.review.cache import Cache


class Made:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, object]:
        self.times += 1
        return {"n": self.times, "day": date(2026, 3, 1), "name": "Київ"}


def test_a_value_is_made_once_for_the_same_inputs_and_anew_for_others(tmp_path: Path) -> None:
    cache, make = Cache(tmp_path / "kept"), Made()
    first = {"n": 1, "day": "2026-03-01", "name": "Київ"}
    assert cache.get("a", [b"x", b"y"], make) == first
    assert cache.get("a", [b"x", b"y"], make) == first
    assert cache.get("a", [b"xy"], make)["n"] == 2
    assert cache.get("b", [b"x", b"y"], make)["n"] == 3


def test_without_a_folder_a_value_is_made_each_time_and_is_the_same_as_a_kept_one() -> None:
    make = Made()
    assert [Cache(None).get("a", [b""], make)["n"] for _ in range(2)] == [1, 2]
    assert Cache(None).get("a", [b""], make)["day"] == "2026-03-01"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_what_can_not_be_read_is_made_anew(tmp_path: Path, content: bytes) -> None:
    make = Made()
    Cache(tmp_path).get("a", [b"x"], make)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(content)
    assert Cache(tmp_path).get("a", [b"x"], make)["n"] == 2
    assert Cache(tmp_path).get("a", [b"x"], make)["n"] == 2


def test_a_folder_that_can_not_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Cache(tmp_path / "file" / "below").get("a", [b"x"], Made())["n"] == 1


def test_few_entries_of_a_name_are_kept(tmp_path: Path) -> None:
    for number in range(9):
        Cache(tmp_path).get("a", [bytes([number])], Made())
    assert len(list(tmp_path.iterdir())) == 4
