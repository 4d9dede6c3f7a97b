"""A message in every format a receiver may want, from Jinja2 templates that a user may replace.

Safety does not rest on the templates: whatever one prints passes the neutraliser of its format (Jinja2's ``finalize``),
and HTML is escaped as well.
"""

from __future__ import annotations

import json
import logging
import textwrap
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from markupsafe import Markup

from dipwatch.alerts import safety
from dipwatch.alerts.message import Message

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("templates")
WIDTH = 100
"""Columns of plain text: what two terminals side by side show."""
JSON_VERSION = 1
JSON = "message.json"


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
    attachment: str = ""
    """The path of a file that goes with it by mail."""


class Renderer:
    """Renders messages; ``folder`` may hold templates of the shipped names, which then take their place.

    JSON has no shipped template: it is the view itself, see ``as_json``; a user's ``message.json`` takes its place.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
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
            json=self._format(JSON, message),
            thread=message.thread,
            attachment=message.attachment,
        )

    def check(self, messages: Sequence[Message]) -> tuple[str, ...]:
        """Return what is wrong with the user's templates, tried on messages; for ``dipwatch check``."""
        if self._folder is None:
            return ()
        if not self._folder.is_dir():
            return (f"there is no folder {self._folder}",)
        return (*self._misnamed(), *(fault for name in self._own if (fault := self._fault(name, messages))))

    def _misnamed(self) -> Iterator[str]:
        for path in sorted(self._folder.glob("message.*")) if self._folder else ():
            if path.name not in self._own:
                yield f"{path.name}: no format has this name; there are {', '.join(self._own)}"

    def _fault(self, name: str, messages: Sequence[Message]) -> str:
        for message in messages:
            try:
                self._own_text(name, message)
            except Exception as error:  # noqa: BLE001 (a user's template may raise anything)
                return _fault(name, error)
        return ""

    def _format(self, name: str, message: Message) -> str:
        try:
            return self._own_text(name, message)
        except Exception as error:  # noqa: BLE001 (a user's template may raise anything; no alert may be lost to it)
            fault = _fault(name, error)
            log.error("a message template failed; the shipped one is used", extra={"fault": fault})  # noqa: TRY400 (a user's fault, no defect to trace)
            return _shipped_text(self._shipped, name, message)

    def _own_text(self, name: str, message: Message) -> str:
        """Return what a template prints. Raises whatever it does, and TemplateError where that is of no use."""
        if self._folder is None or not (self._folder / name).exists():
            return _shipped_text(self._shipped, name, message)
        text = self._own[name].get_template(name).render(message=message).strip()
        if not text:
            raise TemplateError("it prints nothing")
        if name == JSON:
            json.loads(text)
        return text + "\n"


def as_json(message: Message) -> str:
    """Return the message for programs: the view as an object, with the vocabulary's ids under ``codes``."""
    view = {"version": JSON_VERSION, **asdict(message)}
    del view["attachment"]  # a path of this machine
    for told, entry in zip(view["entries"], message.entries, strict=True):
        told.update(show=entry.show, mark_false=entry.mark_false)
    return json.dumps(view, ensure_ascii=False, separators=(",", ":"))


def _shipped_text(environments: dict[str, Environment], name: str, message: Message) -> str:
    if name == JSON:
        return as_json(message)
    return environments[name].get_template(name).render(message=message).strip() + "\n"


def _fault(name: str, error: Exception) -> str:
    """Say what is wrong with a template and in which line, as far as that shows."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(name)]
    line = error.lineno if isinstance(error, TemplateSyntaxError) else lines[-1] if lines else None
    told = str(error) if isinstance(error, TemplateError) else f"{type(error).__name__}: {error}"
    return f"{name}:{line}: {told}" if line else f"{name}: {told}"


def _environments(folders: list[Path]) -> dict[str, Environment]:
    loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    return {
        "message.txt": _environment(loader, safety.printable),
        "message.chat": _environment(loader, safety.chat),
        "message.md": _environment(loader, safety.markdown),
        "message.html": _environment(loader, safety.printable, escape=True),
        JSON: _environment(loader, safety.in_json),
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
