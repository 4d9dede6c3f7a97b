"""What differs between two builds of a baseline, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dipwatch.baseline.entries import LISTS

_BESIDE = frozenset({"id", "evidence", "conflicts"})


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry that is new, gone or changed; ``changes`` names what, as "slot: before -> after"."""

    change: Literal["added", "removed", "changed"]
    list: str
    id: str
    entry: Mapping[str, Any]
    changes: tuple[str, ...] = ()


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what differs between two builds as `show` writes them, list by list."""
    return tuple(each for name in LISTS for each in _list(name, before.get(name, []), after.get(name, [])))


def _list(name: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[Difference]:
    old = {entry["id"]: entry for entry in before}
    new = {entry["id"]: entry for entry in after}
    for key, entry in new.items():
        if key not in old:
            yield Difference("added", name, key, entry)
        elif changes := tuple(_changes(old[key], entry)):
            yield Difference("changed", name, key, entry, changes)
    for key, entry in old.items():
        if key not in new:
            yield Difference("removed", name, key, entry)


def _changes(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for slot in dict.fromkeys([*one, *other]):
        if slot not in _BESIDE and one.get(slot) != other.get(slot):
            yield f"{slot}: {_said(one.get(slot))} -> {_said(other.get(slot))}"
    sources = [sorted({each["seed"] for each in entry.get("evidence", [])}) for entry in (one, other)]
    if sources[0] != sources[1]:
        yield f"seeds: {_said(sources[0])} -> {_said(sources[1])}"


def _said(value: object) -> str:
    if isinstance(value, list):
        return " + ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)
