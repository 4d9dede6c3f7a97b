"""What speaks for and against each scenario of the seeds: their indicators, tallied over the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from dipwatch.alerts import words
from dipwatch.model import Kind, Status
from dipwatch.review.brief import Brief, evidence
from dipwatch.review.directory import Directory
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.ledger import LOG, LedgerFilter, PositionView, positions
from dipwatch.review.listed import DevelopmentView, NameBook
from dipwatch.review.queries import history

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """What is counted, ``speaks`` for or against its scenario; ``developments`` are the latest ones (at most five)."""

    speaks: str
    what: str
    times: int
    last_at: datetime | None
    developments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScenarioView:
    """A scenario as its seed tells it, with how often its indicators were met in a period of the log.

    A count of indicators is no probability: it says which way what was reported points.
    """

    subject: str
    id: str
    name: str
    likelihood: str
    seed: str
    known_from: date | None
    quote: str
    speaks_for: int
    speaks_against: int
    balance: int
    last_at: datetime | None
    indicators: tuple[IndicatorView, ...]


@dataclass(frozen=True, slots=True)
class _Log:
    """What indicators are held against."""

    developments: Sequence[DevelopmentView]
    positions: Sequence[PositionView]
    since: datetime | None


def scenarios(
    connection: Connection,
    asked: HistoryFilter,
    directories: Mapping[str, Directory],
    names: NameBook,
    briefs: Mapping[str, Brief],
) -> list[ScenarioView]:
    """Return the scenarios of the subjects asked for, tallied over the news of a period (``since``, ``until``)."""
    found: list[ScenarioView] = []
    for subject in asked.subjects:
        tables = directories[subject].scenarios
        log = _log(connection, replace(asked, subjects=(subject,)), tables, names)
        brief = briefs.get(subject, Brief())
        found += [_scenario(subject, table, log, names, brief) for table in tables.values()]
    return found


def _log(connection: Connection, asked: HistoryFilter, tables: Mapping[str, Any], names: NameBook) -> _Log:
    indicators = [indicator for table in tables.values() for indicator in table.get("indicator", ())]
    kinds = sorted({indicator["kind"] for indicator in indicators if "kind" in indicator})
    views = history(connection, replace(asked, kinds=tuple(kinds), limit=None), names) if kinds else []
    issues = sorted({indicator["issue"] for indicator in indicators if "issue" in indicator})
    ledger = LedgerFilter(asked.subjects, issues=tuple(issues), at=asked.until)
    return _Log(
        developments=[view for view in views if view.verdict != "false"],
        positions=positions(connection, ledger, names, {}) if issues else (),
        since=asked.since,
    )


def _scenario(subject: str, table: Mapping[str, Any], log: _Log, names: NameBook, brief: Brief) -> ScenarioView:
    indicators = tuple(_indicator(subject, told, log, names) for told in table.get("indicator", ()))
    entry = next((each for each in brief.entries("scenarios") if each.get("scenario") == table["id"]), None)
    count = {way: sum(each.times for each in indicators if each.speaks == way) for way in ("for", "against")}
    return ScenarioView(
        subject=subject,
        id=table["id"],
        name=table["name"],
        likelihood=table.get("likelihood", ""),
        seed=table.get("seed", ""),
        known_from=date.fromisoformat(entry["known_from"]) if entry else None,
        quote=evidence(entry)[0].quote if entry else "",
        speaks_for=count["for"],
        speaks_against=count["against"],
        balance=count["for"] - count["against"],
        last_at=max((each.last_at for each in indicators if each.last_at), default=None),
        indicators=indicators,
    )


def _indicator(subject: str, told: Mapping[str, Any], log: _Log, names: NameBook) -> IndicatorView:
    met = sorted(_met(subject, told, log, names), reverse=True)
    return IndicatorView(
        speaks=told["speaks"],
        what=_what(subject, told, names),
        times=len(met),
        last_at=met[0][0] if met else None,
        developments=tuple(dict.fromkeys(development for _, development in met[:_SHOWN])),
    )


def _met(subject: str, told: Mapping[str, Any], log: _Log, names: NameBook) -> Iterator[tuple[datetime, str]]:
    """Yield when and in which development an indicator was met: a kind by what stands, a direction by each step."""
    if "direction" in told:
        yield from _moved(told, log)
        return
    for view in log.developments:
        if _agrees(subject, told, view, names):
            yield view.changed_at, view.id


def _moved(told: Mapping[str, Any], log: _Log) -> Iterator[tuple[datetime, str]]:
    for position in log.positions:
        if position.issue.id != told.get("issue") or position.actor.id != told.get("actor", position.actor.id):
            continue
        for step in position.steps:
            in_time = log.since is None or step.at >= log.since
            if step.origin == LOG and step.direction == told["direction"] and step.development and in_time:
                yield step.at, step.development


def _agrees(subject: str, told: Mapping[str, Any], view: DevelopmentView, names: NameBook) -> bool:
    parties = {names.principal(subject, actor.id) for actor in view.actors}
    return (
        view.kind == told.get("kind", view.kind)
        and view.status in told.get("status", (view.status,))
        and ("issue" not in told or (view.issue is not None and view.issue.id == told["issue"]))
        and ("actor" not in told or told["actor"] in parties)
    )


def _what(subject: str, told: Mapping[str, Any], names: NameBook) -> str:
    """Say what is counted: ``Meeting cancelled or postponed``, ``Russia softer on territory``."""
    if "direction" in told:
        whose = names.ref(subject, told["actor"]).name if "actor" in told else "anybody"
        return f"{whose} {words.word('direction', told['direction'])} on {names.ref(subject, told['issue']).name}"
    kind = words.word("kind", Kind(told["kind"])) if "kind" in told else "anything"
    status = " or ".join(words.word("status", Status(each)) for each in told.get("status", ()))
    issue = f"on {names.ref(subject, told['issue']).name}" if "issue" in told else ""
    whose = f"with {names.ref(subject, told['actor']).name}" if "actor" in told else ""
    return " ".join(filter(None, (kind, status, issue, whose)))
