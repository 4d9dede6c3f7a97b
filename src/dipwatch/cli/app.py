"""The outermost command: global options, and the list of all commands with where they stand."""

from __future__ import annotations

import gc
import tomllib
from pathlib import Path
from typing import Any

import click

from dipwatch import __version__
from dipwatch.cli.base import Lazy, Program
from dipwatch.cli.options import Options
from dipwatch.clock import SystemClock

SECTIONS = {
    "Start": {
        "init": Lazy("dipwatch.cli.init:init", "Write a commented configuration to start from."),
        "check": Lazy("dipwatch.cli.check:check", "Check everything that is configured and say what to mend."),
        "doctor": Lazy("dipwatch.cli.doctor:doctor", "Examine an installation in use and say what to mend."),
        "install-service": Lazy(
            "dipwatch.cli.service:install_service", "Install the systemd units: the daemon and a nightly backup."
        ),
        "demo": Lazy("dipwatch.cli.demo:demo", "Show the whole way with feeds of its own on this machine."),
        "run": Lazy("dipwatch.cli.serve:run", "Run the daemon: poll, detect, alert."),
        "poll": Lazy("dipwatch.cli.serve:poll", "Poll, detect and alert once, without the daemon."),
    },
    "Look": {
        "history": Lazy("dipwatch.cli.history:history", "Search the log of developments."),
        "show": Lazy("dipwatch.cli.show:show", "Show a development with its evidence and its whole timeline."),
        "timeline": Lazy(
            "dipwatch.cli.timeline:timeline", "Show the news of an actor or an issue in the order of time."
        ),
        "positions": Lazy("dipwatch.cli.positions:positions", "Show who stands where on what, and how that moved."),
        "network": Lazy("dipwatch.cli.network:network", "Show who met whom, how often, through whom."),
        "upcoming": Lazy("dipwatch.cli.agenda:upcoming", "Show announced meetings that were not yet held."),
        "commitments": Lazy("dipwatch.cli.agenda:commitments", "Show agreements and pledges, and what came of them."),
        "scenarios": Lazy("dipwatch.cli.tallies:scenarios", "Tally what speaks for and against the seeds' scenarios."),
        "stats": Lazy("dipwatch.cli.tallies:stats", "Show the log in numbers."),
        "report": Lazy("dipwatch.cli.report:report", "Write a period of the log as one HTML file."),
        "export": Lazy("dipwatch.cli.export:export", "Write an Atom feed, a calendar, the network, positions."),
        "explain": Lazy("dipwatch.cli.explain:explain", "Explain why a report did or did not become news."),
        "mark": Lazy("dipwatch.cli.mark:mark", "Confirm or correct a development."),
        "status": Lazy("dipwatch.cli.status:status", "Show how feeds, detection and delivery fare."),
    },
    "Manage": {
        "feeds": Lazy(
            "dipwatch.cli.feeds:feeds", "List feeds, show their health, try one, exchange lists with other readers."
        ),
        "alerts": Lazy("dipwatch.cli.alerts:alerts", "List messages, retry or drop them, test a receiver."),
        "routes": Lazy("dipwatch.cli.routes:routes", "Show the tree of routes, try where a development would go."),
        "silence": Lazy("dipwatch.cli.silence:silence", "Mute alerts for a while: add, list and end silences."),
        "subject": Lazy("dipwatch.cli.subject:subject", "Begin a subject of one's own: another conflict to watch."),
        "lexicon": Lazy("dipwatch.cli.lexicon:lexicon", "Check what is known of the field, find a name in it."),
        "baseline": Lazy("dipwatch.cli.baseline:baseline", "Derive, show, verify and compare what the seeds assert."),
        "db": Lazy("dipwatch.cli.database:db", "Upgrade, back up, restore, move and trim the database."),
    },
    "Examine": {
        "completion": Lazy("dipwatch.cli.completion:completion", "Write the completion for bash, zsh or fish."),
        "schema": Lazy("dipwatch.cli.schema:schema", "Write the JSON Schema of what a listing holds."),
        "extract": Lazy("dipwatch.cli.replay:extract", "Show what is read in texts: names and claims."),
        "replay": Lazy("dipwatch.cli.replay:replay", "Run a recorded stream through detection, without any network."),
        "eval": Lazy("dipwatch.cli.eval:evaluation", "Score detection: by users' marks, or against labelled items."),
    },
}

HIDDEN = {"reference": Lazy("dipwatch.cli.reference:reference", "Write the reference of commands or configuration.")}


@click.group(
    cls=Program,
    sections=SECTIONS,
    hidden_commands=HIDDEN,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    envvar="DIPWATCH_CONFIG",
    help="The configuration file; default: dipwatch.toml in the current folder, else in /etc/dipwatch.",
)
@click.option("--database", metavar="URL", help="The database, in place of the configured one.")
@click.option(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="What the log says at the least."
)
@click.option("--log-format", type=click.Choice(["auto", "human", "json"]), help="How the log says it.")
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Any other key of the configuration, e.g. polling.interval=5m; can be repeated.",
)
@click.version_option(__version__, "-V", "--version", prog_name="dipwatch", message="%(prog)s %(version)s")
@click.pass_context
def cli(
    context: click.Context,
    *,
    file: Path | None,
    database: str | None,
    log_level: str | None,
    log_format: str | None,
    settings: tuple[str, ...],
) -> None:
    """Tell what changed in a diplomatic process: read feeds, know the baseline, report each development once.

    The options below stand before the command, e.g. dipwatch --config FILE history. `dipwatch COMMAND --help` explains
    a command and gives examples.
    """
    named = {"database": database, "logging.level": log_level, "logging.format": log_format}
    overrides = dict(map(_setting, settings)) | {key: value for key, value in named.items() if value is not None}
    clock = context.obj or SystemClock()  # whoever calls `cli` in Python may bring a clock of his own
    context.obj = Options(file, overrides, clock)


_MADE = 20_000
"""Objects that are made before rubbish in circles is looked for. What is loaded makes none: with Python's own 700 the
search takes a tenth of the time of a command that loads a lexicon."""


def main() -> None:
    """Run the command line of this process and exit with its code."""
    gc.set_threshold(_MADE)
    gc.disable()  # until the command is imported: see ``Lazy.load``
    try:
        cli.main(prog_name="dipwatch")
    finally:
        gc.disable()  # Python would look through everything twice before it gives it all back


def _setting(text: str) -> tuple[str, Any]:
    """Split KEY=VALUE; a value that is TOML (a number, true, a list) is read as such, anything else as text."""
    key, found, value = text.partition("=")
    if not found or not key:
        raise click.BadParameter("write KEY=VALUE, e.g. polling.interval=5m", param_hint="--set")
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return key, value
