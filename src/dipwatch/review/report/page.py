"""A report as one HTML file: its style and script lie in it, and its policy lets it load nothing else.

What feeds wrote is data: Jinja2 escapes it, invisible and reordering characters are dropped, only http(s) addresses
become links. The policy (a ``meta`` element) names its own style and script by their hashes, so that nothing that came
by another way would run or load: https://www.w3.org/TR/CSP3/#delivery-html-meta.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import defaultdict
from datetime import datetime, tzinfo
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dipwatch.alerts import words
from dipwatch.alerts.safety import Link, printable, safe_link
from dipwatch.review.formats import local_time
from dipwatch.review.listed import Ref
from dipwatch.review.matrix import SIGNS
from dipwatch.review.report import chart
from dipwatch.review.report.view import Report, Told

_FOLDER = Path(__file__).with_name("templates")
_ALONE, _TWO, _THREE = 1, 2, 3


def render(report: Report) -> str:
    """Return the report as HTML, complete with style and script."""
    style, script = (_asset(name) for name in ("report.css", "report.js"))
    template = _environment(report.zone).get_template("report.html")
    return template.render(
        report=report,
        style=Markup(style),  # noqa: S704 (our own file)
        script=Markup(script),  # noqa: S704 (our own file)
        policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'",
        timeline=chart.timeline(report),
        ring=chart.ring(report.network),
        width=chart.WIDTH,
        days=_by_day(report),
        matrix=_matrix(report),
        signs=SIGNS,
        corroboration=(
            ("one source alone", report.corroborated(_ALONE, _ALONE)),
            ("two independent sources", report.corroborated(_TWO, _TWO)),
            ("three or more", report.corroborated(_THREE)),
        ),
    )


def _asset(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _environment(zone: tzinfo | None) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        word=lambda key, table: words.word(table, key),
        link=safe_link,
        local=lambda moment: local_time(moment, zone),
        day=lambda moment: f"{moment.astimezone(zone):%Y-%m-%d}",
        stood=lambda view: f"{view.day(zone)}",
        clock=lambda moment: f"{moment.astimezone(zone):%H:%M}",
        iso=datetime.isoformat,
        counted=lambda number, one, many="": str(words.Counted(number, one, many)),
    )
    return environment


def _shown(value: Any) -> Any:  # noqa: ANN401 (Jinja2 prints anything)
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup | Link) else value


def _by_day(report: Report) -> list[tuple[str, list[Told]]]:
    """Return the news under their days."""

    def day(told: Told) -> str:
        return f"{told.entry.at.astimezone(report.zone):%A, %d %B %Y}"

    return [(heading, list(told)) for heading, told in groupby(report.news, key=day)]


def _matrix(report: Report) -> dict[str, Any]:
    """Return the positions as rows of cells: issues that most take a position on first, moved ones marked."""
    actors = dict.fromkeys(view.actor for view in report.positions)
    weight: defaultdict[Ref, int] = defaultdict(int)
    for view in report.positions:
        weight[view.issue] += 1
    issues = sorted(weight, key=lambda issue: (-weight[issue], issue.name))
    cells = {(view.actor.id, view.issue.id): view for view in report.positions}
    moved = [view for view in report.positions if view.origin == "log" and view.since >= report.since]
    return {
        "issues": issues,
        "rows": [(actor, [cells.get((actor.id, issue.id)) for issue in issues]) for actor in actors],
        "moved": sorted(moved, key=lambda view: view.since, reverse=True),
    }
