"""``dipwatch explain``: why an item did or did not become news."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache

import click

from dipwatch.cli import suggestions
from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.output import put, surface
from dipwatch.clock import SystemClock
from dipwatch.daemon.setup import policy_of, versions_of
from dipwatch.errors import UsageError
from dipwatch.extract import Reader, load_model
from dipwatch.lexicon import load_lexicon
from dipwatch.model import Item, SourceKind
from dipwatch.review.explanation.gather import ExplanationView, explain_text
from dipwatch.review.explanation.gather import explain as explain_logged
from dipwatch.review.explanation.lines import explanation
from dipwatch.review.explanation.text import Lens
from dipwatch.review.story import as_markdown, as_text
from dipwatch.store.codec import encode


@click.command(
    cls=Command,
    examples=(
        "dipwatch explain k3m9x2",
        "dipwatch explain i962221e --format json",
        'dipwatch explain --text "Witkoff to meet Putin in Moscow on Thursday"',
    ),
)
@click.argument("key", metavar="[ITEM|DEVELOPMENT]", required=False, shell_complete=suggestions.developments)
@click.option("--text", metavar="TITLE", help="Explain this headline, which is in no log.")
@click.option("--summary", metavar="TEXT", default="", help="With --text: what stands below the headline.")
@click.option(
    "--published",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="With --text: when it was published, by which days such as Thursday are told; default: now.",
)
@click.option("--subject", metavar="NAME", help="With --text: the subject; default: the first one configured.")
@click.option("--format", "form", type=click.Choice(["table", "json", "md"]), default="table", help="How to write it.")
@with_app
def explain(
    app: App,
    /,
    key: str | None,
    *,
    text: str | None,
    summary: str,
    published: datetime | None,
    subject: str | None,
    form: str,
) -> None:
    """Show what was read in a report, what weighed most, what it was compared with, and why it did or did not alert.

    DEVELOPMENT is an id of `history`, ITEM one of `show --format json`, or the beginning of it. A development is
    explained by the reports that made news of it.
    """
    if (key is None) == (text is None) or (text is None and (summary or published or subject)):
        raise UsageError(
            "give the id of an item or a development, or --text, which alone goes with the options of a text"
        )
    if text is not None:
        view = _of_text(app, subject or app.config.subjects[0], _item(app, text, summary, published))
    else:
        view = _of_log(app, key or "")
    if form == "json":
        put(json.dumps(encode(view), ensure_ascii=False, indent=2) + "\n")
    else:
        lines = explanation(view, surface())
        put(as_text(lines, surface()) if form == "table" else as_markdown(lines))


def _of_text(app: App, subject: str, item: Item) -> ExplanationView:
    if subject not in app.config.subjects:
        raise UsageError(f"there is no subject {subject}; known are {', '.join(app.config.subjects)}")
    return explain_text(item, subject, app.names, _lens(app, subject))


def _of_log(app: App, key: str) -> ExplanationView:
    @cache
    def lens(subject: str) -> Lens | None:
        return _lens(app, subject) if subject in app.config.subjects else None

    with app.store() as store, store.connect() as connection:
        return explain_logged(connection, key, app.names, lens)


def _lens(app: App, name: str) -> Lens:
    """Load what reads and decides, and of the baseline no more than its version."""
    folder = app.loaded.subject_folder(name)
    lexicon, model = load_lexicon(folder), load_model(folder)
    policy = policy_of(app.config, model)
    return Lens(Reader(lexicon, model), policy, versions_of(policy, lexicon, model, app.brief(name).version))


def _item(app: App, title: str, summary: str, published: datetime | None) -> Item:
    when = published.replace(tzinfo=app.zone).astimezone(UTC) if published else SystemClock().now()
    return Item("", "", "", SourceKind.INDEPENDENT, title, summary, "", when, when)
