"""The log: lines for people on a terminal, JSON lines elsewhere, always on the standard error."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

_CARRIERS = ("apprise", "requests", "urllib3")
"""Libraries that deliver alerts: the addresses they speak of are receivers', which are secrets."""
_CHATTY = (*_CARRIERS, "aiohttp", "alembic", "apscheduler", "asyncio", "charset_normalizer")
"""Libraries that are heard from WARNING on, even at debug."""
_ADDRESS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s'\"]+")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def set_up(level: str, form: str, stream: TextIO | None = None) -> None:
    """Set up the log of this process, in place of what was set up before; level and form as in ``[logging]``."""
    stream = stream or sys.stderr
    human = form == "human" or (form == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(HumanFormatter() if human else JsonFormatter())
    handler.addFilter(without_addresses)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def without_addresses(record: logging.LogRecord) -> bool:
    """Take the addresses out of what the carriers say; no record is dropped."""
    if record.name.split(".")[0] in _CARRIERS:
        record.msg, record.args = _ADDRESS.sub(r"\1...", record.getMessage()), None
        record.exc_info, record.exc_text = None, None
    return True


class HumanFormatter(logging.Formatter):
    """``12:05:33 WARNING daemon.poll: what happened (feed=reuters, seconds=3)``, in local time."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        when = datetime.fromtimestamp(record.created, UTC).astimezone()
        told = ", ".join(f"{name}={value}" for name, value in fields(record).items())
        where = record.name.removeprefix("dipwatch.")
        line = f"{when:%H:%M:%S} {record.levelname:<7} {where}: {record.getMessage()}"
        line = f"{line} ({told})" if told else line
        return "\n".join(filter(None, [_one_line(line), self._traceback(record)]))

    def _traceback(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at (UTC), level, logger, message, then the fields of the record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {name: value for name, value in fields(record).items() if name not in entry}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def fields(record: logging.LogRecord) -> dict[str, object]:
    """Return what was given as ``extra``."""
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _one_line(text: str) -> str:
    """Keep what a feed wrote from forging lines of the log or controlling the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)
