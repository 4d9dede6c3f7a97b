"""What ``dipwatch check`` looks at: each area for itself, so that a fault in one hides nothing in the others."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import make_url, select

from dipwatch.alerts import words
from dipwatch.alerts.example_messages import example_messages
from dipwatch.alerts.policy import policies
from dipwatch.alerts.receivers import check_receivers
from dipwatch.alerts.render import Renderer
from dipwatch.alerts.windows import opens_at_all
from dipwatch.cli.labels import choices, known_codes, known_ids
from dipwatch.cli.options import Options
from dipwatch.config import LoadedConfig, examine_config
from dipwatch.daemon.setup import load_subject
from dipwatch.errors import ConfigError, Problem, StoreError
from dipwatch.feeds.feed import Feed, load_feeds, merged
from dipwatch.feeds.own_list import with_own_list
from dipwatch.lexicon import Lexicon
from dipwatch.lexicon.explain import lexicon_report
from dipwatch.secret_reference import resolve_secret
from dipwatch.settings import Alerts, Route
from dipwatch.store.disk_space import lack_of_space
from dipwatch.store.store import Store
from dipwatch.times import format_duration
from dipwatch.toml_file import TomlFile, read_toml


@dataclass(frozen=True, slots=True)
class Finding:
    """An area, what stands in it, and its problems: those of the configuration, or ``of_machine``."""

    area: str
    about: str
    problems: tuple[Problem, ...] = ()
    of_machine: bool = False


def check_all(options: Options, lexicons: dict[str, Lexicon] | None = None) -> list[Finding]:
    """Check everything; where the configuration is faulty, what is sound of it is looked at all the same.

    Sound lexicons are added to ``lexicons``, for who wants to look further.
    """
    try:
        loaded, problems = examine_config(options.file, overrides=options.overrides)
    except ConfigError as error:
        return [Finding("config", str(options.file or ""), error.problems)]
    file = _file(loaded)
    lexicons = {} if lexicons is None else lexicons
    findings = [Finding("config", str(loaded.file or "no file, all defaults"), tuple(problems))]
    findings += [_subject(loaded, name, lexicons) for name in loaded.config.subjects]
    findings.append(_feeds(loaded))
    routes = _routes(loaded, file, lexicons)
    findings.append(replace(routes, problems=(*routes.problems, *_leads_nowhere(loaded.config.alerts.route, file))))
    findings.append(_receivers(loaded, file))
    findings.append(_templates(loaded, file))
    findings.append(_heartbeat(loaded))
    findings.append(_database(loaded))
    return findings


def _subject(loaded: LoadedConfig, name: str, lexicons: dict[str, Lexicon]) -> Finding:
    """Check what decides on a subject; its lexicon is added to ``lexicons`` where it is sound."""
    try:
        subject = load_subject(loaded, name)
    except ConfigError as error:
        return Finding("subject", name, error.problems)
    lexicons[name] = subject.lexicon
    return Finding("subject", f"{name}: {'; '.join(lexicon_report(subject.lexicon)[1:])}")


def _feeds(loaded: LoadedConfig) -> Finding:
    found: list[Feed] = []
    problems: list[Problem] = []
    folders = list(_folders(loaded))
    for folder, name in folders:
        try:
            found += load_feeds(folder, name)
        except ConfigError as error:
            problems += error.problems
    try:
        feeds = with_own_list(loaded, merged(found))
    except ConfigError as error:
        return Finding("feeds", f"{len(found)} listed", (*problems, *error.problems))
    problems += [problem for feed in feeds if feed.enabled for problem in _secrets(feed)]
    polled = sum(feed.enabled for feed in feeds)
    if not polled and not problems and len(folders) == len(loaded.config.subjects):
        problems.append(Problem("feeds", "there is none to poll", "list some in feeds.toml of the subject"))
    return Finding("feeds", f"{polled} to poll, {len(feeds) - polled} off", tuple(problems))


def _secrets(feed: Feed) -> Iterator[Problem]:
    """Yield the references of a feed that lead nowhere."""
    for value in (*(text for _, text in feed.headers), feed.username, feed.password):
        try:
            resolve_secret(value)
        except ConfigError as error:
            for problem in error.problems:
                yield Problem(f"feed {feed.id}: {problem.where}", problem.what, problem.mend)


def _folders(loaded: LoadedConfig) -> Iterator[tuple[Path, str]]:
    """Yield the subjects that have a folder: one that has none is a problem of the subject, not also of its feeds."""
    for name in loaded.config.subjects:
        with suppress(ConfigError):
            yield loaded.subject_folder(name), name


def alert_problems(loaded: LoadedConfig, lexicons: Mapping[str, Lexicon]) -> tuple[Problem, ...]:
    """Return what would keep alerts from arriving: routes that can't match, receivers that can't be used."""
    file = _file(loaded)
    return (*_routes(loaded, file, lexicons).problems, *_receivers(loaded, file).problems)


def _file(loaded: LoadedConfig) -> TomlFile:
    return read_toml(loaded.file) if loaded.file else TomlFile(Path("(defaults)"), {})


def _routes(loaded: LoadedConfig, file: TomlFile, lexicons: Mapping[str, Lexicon]) -> Finding:
    """Check that every value a route asks for can occur; what only a lexicon knows is left out where one is faulty."""
    known = known_codes(loaded.config.subjects)
    if len(lexicons) == len(loaded.config.subjects):
        known |= known_ids(list(lexicons.values()))
    routes = list(_walk(loaded.config.alerts.route, ("alerts", "route")))
    problems = [problem for key, route in routes for problem in _route(key, route, known, file)]
    problems += _never_open(loaded.config.alerts, [key for key, _ in routes], file)
    return Finding("routes", str(words.Counted(len(routes), "route")), tuple(problems))


def _walk(route: Route, key: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Route]]:
    yield key, route
    for number, child in enumerate(route.routes):
        yield from _walk(child, (*key, "routes", number))


def _route(
    key: tuple[str | int, ...], route: Route, known: Mapping[str, Iterable[str]], file: TomlFile
) -> Iterator[Problem]:
    for label, wanted in route.match:
        for value in wanted:
            if label in known and value not in known[label]:
                where = file.where(*key, "match", label)
                dotted = _dotted((*key, "match", label))
                yield Problem(where, f"{dotted}: there is no {label} {value!r}", choices(label, known[label]))


def _never_open(alerts: Alerts, keys: Iterable[tuple[str | int, ...]], file: TomlFile) -> Iterator[Problem]:
    """Yield the routes whose mute and active times leave no time to send at."""
    for key, policy in zip(keys, policies(alerts).values(), strict=True):
        if not opens_at_all(policy.mute, policy.active, policy.zone):
            what = f"{_dotted(key)}: its mute and active times leave no time to send at"
            yield Problem(file.where(*key), what, "shorten mute, or widen active")


def _leads_nowhere(root: Route, file: TomlFile) -> Iterator[Problem]:
    """Yield the only children that continue: none stands after them, and what they match misses their parent.

    Nothing is lost by it, so it does not keep the daemon from starting.
    """
    for key, parent in _walk(root, ("alerts", "route")):
        if len(parent.routes) == 1 and parent.routes[0].continue_:
            last = (*key, "routes", 0)
            what = f"{_dotted(last)}: it continues, but no route stands after it: what it matches reaches it alone"
            mend = "add an empty [[...routes]] after it, which gives all to the parent's receiver, or drop continue"
            yield Problem(file.where(*last), what, mend)


def _dotted(key: Iterable[str | int]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in key)


def _receivers(loaded: LoadedConfig, file: TomlFile) -> Finding:
    receivers = loaded.config.alerts.receivers
    problems = [
        Problem(file.where("alerts", "receivers", number), f"{problem.where}: {problem.what}", problem.mend)
        for number, receiver in enumerate(receivers)
        for problem in check_receivers((receiver,))
    ]
    return Finding("receivers", ", ".join(receiver.name for receiver in receivers), tuple(problems))


def _templates(loaded: LoadedConfig, file: TomlFile) -> Finding:
    """Try the templates on made-up messages. A fault loses no alert, so it does not keep the daemon from starting."""
    folder = loaded.under_base(loaded.config.alerts.templates)
    where = file.where("alerts", "templates")
    problems = [Problem(where, f"alerts.templates: {fault}") for fault in Renderer(folder).check(example_messages())]
    return Finding("templates", str(folder or "as shipped"), tuple(problems))


def _heartbeat(loaded: LoadedConfig) -> Finding:
    heartbeat = loaded.config.heartbeat
    about = f"every {format_duration(heartbeat.interval)}" if heartbeat.url else "none"
    try:
        url = resolve_secret(heartbeat.url)
    except ConfigError as error:
        return Finding("heartbeat", about, error.problems)
    if url and not url.startswith(("http://", "https://")):
        problem = Problem(heartbeat.url, "heartbeat.url is not an http(s) address", "correct what it refers to")
        return Finding("heartbeat", about, (problem,))
    return Finding("heartbeat", about)


def _database(loaded: LoadedConfig) -> Finding:
    try:
        url = resolve_secret(loaded.config.database)
    except ConfigError as error:
        return Finding("database", loaded.config.database, error.problems)
    missing = _missing_file(url, loaded.base)
    if missing is not None:
        return Finding("database", f"{missing}: will be created", tuple(_folder_problems(missing)), of_machine=True)
    try:
        store = Store.open(url, loaded.base, create=False)
    except StoreError as error:
        return Finding("database", "", _problems(error), of_machine=True)
    try:
        with store.begin() as connection:
            connection.execute(select(1))
        return Finding("database", f"{store.place}: up to date, can be written", room_problems(store), of_machine=True)
    except StoreError as error:
        return Finding("database", store.place, _problems(error), of_machine=True)
    finally:
        store.close()


def room_problems(store: Store) -> tuple[Problem, ...]:
    """Return that the disk of a database is full, or nearly: opening it for writing would not show that."""
    lack = lack_of_space(store)
    return (
        (Problem("database", lack, "make room on its disk; `dipwatch db prune` and `db vacuum` help"),) if lack else ()
    )


def _problems(error: StoreError) -> tuple[Problem, ...]:
    return (Problem("database", str(error).removeprefix("database ")),)


def _missing_file(url: str, base: Path) -> Path | None:
    """Return the SQLite file that is yet to be made, None where there is one or where it is a server."""
    if not url.startswith("sqlite:///"):
        return None
    path = base / str(make_url(url).database)
    return None if path.exists() else path


def _folder_problems(path: Path) -> Iterator[Problem]:
    folder = path.parent
    if not folder.is_dir():
        yield Problem("database", f"there is no folder {folder}", "create it or correct database")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield Problem("database", f"the folder {folder} can't be written", "change its permissions or correct database")
