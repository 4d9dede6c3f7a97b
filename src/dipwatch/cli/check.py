"""``dipwatch check``: everything that is configured, tried; every problem named, not only the first."""

from __future__ import annotations

import json
from dataclasses import dataclass

import click

from dipwatch.alerts import words
from dipwatch.cli.base import Command
from dipwatch.cli.context import App, with_app
from dipwatch.cli.findings import Finding, check_all
from dipwatch.errors import ConfigError, MachineError, Problem
from dipwatch.store.codec import encode

_WIDTH = 11
"""Of the longest area's name."""


@dataclass(frozen=True, slots=True)
class FindingView:
    """Something that was examined, and what is wrong with it."""

    area: str
    about: str
    fine: bool
    problems: tuple[Problem, ...]


@click.command(cls=Command, examples=("dipwatch check", "dipwatch --config /etc/dipwatch/dipwatch.toml check"))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to write it.")
@click.pass_context
@with_app
def check(app: App, /, context: click.Context, form: str) -> None:
    """Check configuration, lexicons, feeds, routes, receivers and the database.

    Nothing is fetched, sent or written. Every problem is named with file, line, key and how to mend it. The exit code
    is 2 where the configuration has problems, else 1 where the machine has, else 0.
    """
    findings = check_all(app.options)
    tell(findings, form)
    context.exit(exit_code(findings))


def tell(findings: list[Finding], form: str) -> None:
    """Write findings as text or JSON."""
    if form == "json":
        click.echo(json.dumps([encode(_view(finding)) for finding in findings], ensure_ascii=False, indent=2))
        return
    for finding in findings:
        click.echo(f"{finding.area:<{_WIDTH}} {finding.about}")
        for problem in finding.problems:
            click.echo(f"  problem: {problem}")
    found = sum(len(finding.problems) for finding in findings)
    click.echo(f"{words.Counted(found, 'problem')} to mend" if found else "nothing to mend")


def exit_code(findings: list[Finding]) -> int:
    """Return 2 where the configuration has problems, else 1 where the machine has, else 0."""
    bad = [finding for finding in findings if finding.problems]
    if any(not finding.of_machine for finding in bad):
        return ConfigError.exit_code
    return MachineError.exit_code if bad else 0


def _view(finding: Finding) -> FindingView:
    return FindingView(finding.area, finding.about, not finding.problems, tuple(finding.problems))
