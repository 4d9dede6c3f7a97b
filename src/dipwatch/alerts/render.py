"""A message in every format a receiver may want, from Jinja2 templates that a user may replace.

Safety does not rest on the templates: whatever one prints passes the neutraliser of its format (Jinja2's ``finalize``),
and HTML is escaped as well.
"""

from __future__ import annotations

import json
import logging
import textwrap
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from dipwatch.alerts import safety
from dipwatch.alerts.message import Message

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("templates")
WIDTH = 100
"""Columns of plain text: what two terminals side by side show."""
JSON_VERSION = 1


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message ready to be handed to any sort of receiver."""

    key: str
    subject: str
    text: str
    """For terminals."""
    chat: str
    """For chats and phones, where nothing lines up."""
    markdown: str
    html: str
    json: str
    thread: str = ""


class Renderer:
    """Renders messages; ``folder`` may hold templates of the shipped names, which then take their place."""

    def __init__(self, folder: Path | None = None) -> None:
        self._own = _environments([folder, SHIPPED] if folder else [SHIPPED])
        self._shipped = _environments([SHIPPED]) if folder else self._own

    def render(self, message: Message) -> RenderedMessage:
        """Return the message in every format; a user's template that fails is logged and the shipped one serves."""
        return RenderedMessage(
            key=message.key,
            subject=message.subject,
            text=self._format("message.txt", message),
            chat=self._format("message.chat", message),
            markdown=self._format("message.md", message),
            html=self._format("message.html", message),
            json=as_json(message),
            thread=message.thread,
        )

    def check(self, message: Message) -> tuple[str, ...]:
        """Return what is wrong with the templates, tried on a message; for ``dipwatch check``."""
        problems = []
        for name, environment in self._own.items():
            try:
                environment.get_template(name).render(message=message)
            except TemplateError as error:
                problems.append(f"{name}: {error}")
        return tuple(problems)

    def _format(self, name: str, message: Message) -> str:
        try:
            return self._own[name].get_template(name).render(message=message).strip() + "\n"
        except TemplateError as error:
            log.warning(
                "a message template failed; the shipped one is used", extra={"template": name, "why": str(error)}
            )
            return self._shipped[name].get_template(name).render(message=message).strip() + "\n"


def as_json(message: Message) -> str:
    """Return the message for programs: the view as an object, with the vocabulary's ids under ``codes``."""
    view = {"version": JSON_VERSION, **asdict(message)}
    for told, entry in zip(view["entries"], message.entries, strict=True):
        told.update(show=entry.show, mark_false=entry.mark_false)
    return json.dumps(view, ensure_ascii=False, separators=(",", ":"))


def _environments(folders: list[Path]) -> dict[str, Environment]:
    loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    return {
        "message.txt": _environment(loader, safety.printable),
        "message.chat": _environment(loader, safety.slack),
        "message.md": _environment(loader, safety.markdown),
        "message.html": _environment(loader, safety.printable, escape=True),
    }


def _environment(loader: ChoiceLoader, neutral: Callable[[str], str], *, escape: bool = False) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=escape,  # noqa: S701 (only the HTML format is HTML; the others have a neutraliser of their own)
        finalize=lambda value: _neutralised(value, neutral),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(hang=hang, ends=ends)
    return environment


def _neutralised(value: Any, neutral: Callable[[str], str]) -> Any:  # noqa: ANN401 (Jinja2 prints anything)
    if isinstance(value, (safety.Link, Markup)):
        return value
    return neutral(value) if isinstance(value, str) else value


def hang(text: str, indent: int) -> str:
    """Wrap a text to ``WIDTH``, its further lines indented; addresses and long words are left whole."""
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)[indent:]


def ends(left: str, right: str) -> str:
    """Put one text at the left and one at the right end of a line."""
    return f"{left}{right.rjust(max(WIDTH - len(left), len(right) + 2))}"
