"""``dipwatch init``: from nothing to a configuration that works, and a message that proves it."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import cast

import click

from dipwatch.cli import wishes as asked
from dipwatch.cli.alerts import test as send_test
from dipwatch.cli.allowed_networks import networks
from dipwatch.cli.base import Command
from dipwatch.cli.check import exit_code, tell
from dipwatch.cli.findings import check_all
from dipwatch.cli.options import Options
from dipwatch.cli.service import install_service, usable_command
from dipwatch.cli.starter import SECRETS, Written, files, write
from dipwatch.cli.wishes import NOISES, Mailbox, Noise, Wish, Wishes
from dipwatch.errors import DeliveryError, MachineError, UsageError
from dipwatch.outline import FILE_NAME, SYSTEM_FILE
from dipwatch.secret_reference import resolve_secret

_STEPS = {
    "check": "names everything that is to be mended",
    "alerts test {receiver}": "sends a test message to a receiver",
    "run --upgrade": "creates the database and starts",
}
_DROP_IN = Path("etc/systemd/system/dipwatch.service.d/credentials.conf")
_SYSTEMD = Path("/run/systemd/system")
"""Is there where systemd runs the machine: sd_booted(3)."""


@click.command(
    cls=Command,
    examples=(
        "dipwatch init ~/dipwatch",
        "dipwatch init ~/dipwatch --slack env:SLACK_URL --quiet 22:00-07:00 --zone Europe/Kyiv",
        "dipwatch init ~/dipwatch --mail you@example.org --smtp mail.example.org",
    ),
)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--console", is_flag=True, help="Alerts go to the standard output; the default.")
@click.option("--slack", metavar="URL", help="Alerts go to Slack: an incoming webhook, best as env:NAME.")
@click.option("--webhook", metavar="URL", help="Alerts go to an address that takes JSON, best as env:NAME.")
@click.option("--mail", metavar="ADDRESS", help="Alerts go to this mailbox; needs --smtp.")
@click.option("--smtp", metavar="HOST[:PORT]", help="The server that takes the mail.")
@click.option("--smtp-user", metavar="NAME", default="", help="Who logs in there.")
@click.option("--smtp-password", metavar="SECRET", default="", help="With what: env:NAME or file:PATH.")
@click.option("--smtp-from", metavar="ADDRESS", default="", help="The sender; default: the user, else the mailbox.")
@click.option(
    "--smtp-security",
    type=click.Choice(["starttls", "ssl", "none"]),
    default="starttls",
    show_default=True,
    help="How the connection is encrypted.",
)
@click.option(
    "--receiver",
    "others",
    metavar="NAME=URL",
    multiple=True,
    help="Any other receiver, by its apprise URL (https://appriseit.com/services/); can be repeated.",
)
@click.option("--quiet", metavar="FROM-TO", help="Nothing is sent then, e.g. 22:00-07:00; what comes waits.")
@click.option("--zone", metavar="NAME", help="The time zone of quiet hours and digests; default: this machine's.")
@click.option("--languages", metavar="CODES", help="Poll only feeds in these, e.g. en,uk; default: all.")
@click.option("--noise", type=click.Choice(NOISES), help="How many messages are welcome; default: some.")
@click.option(
    "--feeds",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Poll the feeds of this OPML file in place of the shipped ones.",
)
@click.option(
    "--allow-networks",
    metavar="NETWORKS",
    help="Private networks that feeds may lie in, separated by commas, e.g. 10.1.0.0/16; default: none.",
)
@click.option("--defaults", is_flag=True, help="Ask nothing, also on a terminal.")
@click.option("--no-test", is_flag=True, help="Send no test message to the receivers.")
@click.option("--service", is_flag=True, help="For the systemd service: in /etc/dipwatch, with its units.")
@click.option(
    "--root", type=click.Path(path_type=Path), default=Path("/"), help="With --service: write below this folder."
)
@click.option(
    "--command", type=click.Path(path_type=Path), help="With --service: the dipwatch that it runs; default: this one."
)
@click.pass_context
def init(context: click.Context, /, folder: Path | None, **options: object) -> None:
    """Write a commented dipwatch.toml into DIR (default: here), check it, and send a test message to each receiver.

    On a terminal it asks for what no option says; elsewhere that has its default. DIR is made if need be; nothing is
    overwritten. Secrets go into files that only you can read, or stay where env:NAME says; none stands in
    dipwatch.toml. --noise little sends what is of high severity at once and all else in a daily digest; some sends each
    development, but gathers more than 10 messages an hour; much sends each one.
    """
    service, root = bool(options["service"]), cast("Path", options["root"])
    command = usable_command(cast("Path | None", options["command"])) if service else None
    folder = _folder(folder, root, service=service)
    if (folder / FILE_NAME).exists():
        raise UsageError(f"{folder / FILE_NAME} exists already; nothing was written")
    asks = not options["defaults"] and sys.stdin.isatty() and sys.stdout.isatty()
    wishes = _wishes(options, asks=asks)
    wanted = files(folder, wishes, service=service)
    if service:
        wanted += _drop_in(root, wishes)
        os.environ["CREDENTIALS_DIRECTORY"] = str((folder / SECRETS).absolute())  # as the service will find them
    write(wanted)
    for file in wanted:
        click.echo(f"{file.path} written{'; only you can read it' if file.mode == 0o600 else ''}")  # noqa: PLR2004
    _prove(context, folder / FILE_NAME, wishes, tests=not options["no_test"], service=service)
    if service:
        context.invoke(install_service, print_only=False, now=False, root=root, command=command)
    else:
        _tell_next(context, folder / FILE_NAME, wishes, asks=asks)


def _folder(given: Path | None, root: Path, *, service: bool) -> Path:
    if not service:
        return given or Path()
    if given:
        raise UsageError(f"--service writes to {SYSTEM_FILE.parent}: name no other folder")
    return root / SYSTEM_FILE.parent.relative_to("/")


def _wishes(options: dict[str, object], *, asks: bool) -> Wishes:
    """Put options and answers together; what an option says is not asked. Raises UsageError."""
    receivers = _receivers(options) or (asked.ask_receivers() if asks else (Wish("console", "console:"),))
    quiet = _text(options, "quiet")
    hours = asked.quiet_hours(quiet) if quiet else asked.ask_quiet() if asks else ""
    zone = _text(options, "zone")
    codes, opened = _text(options, "languages"), _text(options, "allow_networks")
    wishes = Wishes(
        receivers=receivers,
        quiet=hours,
        zone=asked.zone(zone) if zone else asked.ask_zone() if asks else asked.local_zone(),
        languages=asked.languages(codes) if codes else asked.ask_languages() if asks else (),
        noise=cast("Noise | None", options["noise"]) or (asked.ask_noise() if asks else "some"),
        feeds=cast("Path | None", options["feeds"]) or (asked.ask_feeds() if asks else None),
    )
    asks_networks = asks and wishes.feeds and not opened  # shipped feeds are all public
    return replace(wishes, allow_networks=asked.ask_networks() if asks_networks else networks(opened))


def _receivers(options: dict[str, object]) -> tuple[Wish, ...]:
    """Return the receivers that options name, in the order of the help. Raises UsageError."""
    found = [Wish("console", "console:")] if options["console"] else []
    if slack := _text(options, "slack"):
        found.append(Wish("slack", slack))
    if webhook := _text(options, "webhook"):
        found.append(Wish("webhook", asked.webhook_url(webhook)))
    if _text(options, "mail"):
        found.append(Wish("mail", _mailbox(options).url()))
    for other in cast("tuple[str, ...]", options["others"]):
        name, equals, url = other.partition("=")
        if not equals:
            raise UsageError(f"--receiver {other.partition(':')[0]}: write NAME=URL, e.g. desk=env:DESK_URL")
        found.append(Wish(name, url))
    return tuple(found)


def _mailbox(options: dict[str, object]) -> Mailbox:
    server, user = _text(options, "smtp"), _text(options, "smtp_user")
    if not server:
        raise UsageError("--mail needs --smtp HOST: the server that takes the mail")
    password = resolve_secret(_text(options, "smtp_password"))
    if bool(user) != bool(password):
        raise UsageError("--smtp-user and --smtp-password belong together")
    sender, security = _text(options, "smtp_from"), _text(options, "smtp_security")
    return Mailbox(_text(options, "mail"), server, user, password, sender, security)


def _text(options: dict[str, object], key: str) -> str:
    return cast("str | None", options[key]) or ""


def _drop_in(root: Path, wishes: Wishes) -> list[Written]:
    """Return the file by which systemd hands the secrets to the service."""
    places = [(wish.name, SYSTEM_FILE.parent / SECRETS / wish.name) for wish in wishes.receivers if wish.is_secret]
    lines = [f"LoadCredential={name}:{place}\n" for name, place in places]
    return [Written(root / _DROP_IN, "".join(["[Service]\n", *lines]))] if lines else []


def _prove(context: click.Context, file: Path, wishes: Wishes, *, tests: bool, service: bool) -> None:
    """Check what was written, then send a message to each receiver but the console. Ends the program on a problem."""
    options = Options(file)
    findings = [each for each in check_all(options) if not (service and each.area == "database")]  # made on its start
    tell(findings, "text")
    if code := exit_code(findings):
        click.echo(f"Mend this in {options.file}, then: dipwatch --config {_typed(file)} check", err=True)
        context.exit(code)
    context.obj = options
    failed = [wish.name for wish in wishes.receivers if tests and wish.url != "console:" and not _took(context, wish)]
    if failed:
        raise MachineError(
            f"no test message reached {', '.join(failed)}; correct its URL (see {options.file}), then: "
            f"dipwatch --config {_typed(file)} alerts test {failed[0]}"
        )


def _typed(path: Path) -> str:
    """Return a path as it can be typed in any folder."""
    return shlex.quote(str(path.absolute()))


def _took(context: click.Context, wish: Wish) -> bool:
    try:
        context.invoke(send_test, receiver=wish.name)
    except DeliveryError as error:
        click.echo(f"{error}", err=True)
        return False
    return True


def _tell_next(context: click.Context, file: Path, wishes: Wishes, *, asks: bool) -> None:
    """Say what can be done now; where systemd runs and the configuration is the service's, offer to install it."""
    if asks and _SYSTEMD.is_dir() and file.absolute() == SYSTEM_FILE and click.confirm("Install it as a service now?"):
        context.invoke(install_service, print_only=False, now=False, root=Path("/"), command=None)
        return
    click.echo("Next:")
    for step, what in _STEPS.items():
        told = step.format(receiver=wishes.receivers[0].name)
        click.echo(f"  dipwatch --config {_typed(file)} {told:<20} {what}")
    click.echo(f"In {_typed(file.parent)} itself, --config can be left out.")
    click.echo("As a systemd service instead: dipwatch init --service (as root)")
