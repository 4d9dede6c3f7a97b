from __future__ import annotations

import io
import json
import logging

import pytest

from dipwatch.cli import logs
from dipwatch.settings import Logging

ADDRESS = "https://hooks.example/T0/B0/secret"


def fail(what: str) -> None:
    raise OSError(what)


def said(settings: Logging, *, terminal: bool = False) -> io.StringIO:
    stream = io.StringIO()
    stream.isatty = lambda: terminal  # type: ignore[method-assign] # plays a terminal
    logs.set_up(settings.level, settings.format, stream)
    return stream


def test_lines_are_json_where_nobody_looks_and_plain_where_somebody_does() -> None:
    for terminal, form, is_json in ((False, "auto", True), (True, "auto", False), (True, "json", True)):
        stream = said(Logging.model_validate({"format": form}), terminal=terminal)
        logging.getLogger("dipwatch.daemon").warning("a feed fails", extra={"feed": "wire", "streak": 3})
        line = stream.getvalue()
        if is_json:
            record = json.loads(line)
            assert record["at"].endswith("+00:00")
            assert {**record, "at": ""} == {
                "at": "",
                "level": "warning",
                "logger": "dipwatch.daemon",
                "message": "a feed fails",
                "feed": "wire",
                "streak": 3,
            }
        else:
            assert line.endswith("WARNING daemon: a feed fails (feed=wire, streak=3)\n")


def test_an_exception_keeps_its_traceback_in_both_formats() -> None:
    for form in ("human", "json"):
        stream = said(Logging.model_validate({"format": form}))
        try:
            fail("why")
        except OSError:
            logging.getLogger("dipwatch").exception("it broke")
        assert "Traceback" in stream.getvalue()
        assert "OSError: why" in stream.getvalue()


def test_a_field_can_neither_forge_a_line_nor_hide_the_message() -> None:
    stream = said(Logging(format="human"))
    logging.getLogger("dipwatch").warning("title\n12:00:00 ERROR forged\x1b[2J")
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()
    stream = said(Logging(format="json"))
    logging.getLogger("dipwatch").warning("true", extra={"level": "forged"})
    assert json.loads(stream.getvalue())["level"] == "warning"


@pytest.mark.parametrize("name", ["apprise", "urllib3.connectionpool", "requests", "aiohttp.access"])
def test_other_libraries_are_silent_below_a_warning_even_at_debug(name: str) -> None:
    stream = said(Logging(level="debug", format="json"))
    logging.getLogger(name).debug("POST %s", ADDRESS)
    logging.getLogger(name).info("POST %s", ADDRESS)
    assert stream.getvalue() == ""
    logging.getLogger("dipwatch").debug("heard")
    assert "heard" in stream.getvalue()


@pytest.mark.parametrize("name", ["apprise", "urllib3.connectionpool", "requests"])
def test_what_carries_alerts_never_says_an_address(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for logger in (name, name.partition(".")[0]):
        monkeypatch.setattr(logging.getLogger(logger), "propagate", True)  # where messages are sent, it is off
    stream = said(Logging(level="debug", format="human"))
    try:
        fail(ADDRESS)
    except OSError:
        logging.getLogger(name).exception("can't reach %s", ADDRESS)
    assert "can't reach https://..." in stream.getvalue()
    assert "secret" not in stream.getvalue()
