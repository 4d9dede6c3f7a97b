"""Messages out through apprise, with what apprise does not tell or do by itself.

Redirects are not followed (a redirected POST turns into a GET and counts as delivered), sockets have timeouts, status
and Retry-After are observed where requests are made, and nothing that the libraries log leaves this module: their
records hold webhook URLs. Importing apprise takes a third of a second, so it waits for the first message.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from dipwatch.alerts.render import RenderedMessage
from dipwatch.alerts.sending import Outcome, SendResult
from dipwatch.alerts.verdict import Exchange, verdict_http, verdict_smtp

_NOISY = ("apprise", "urllib3", "requests")
_SMTP_CODE = re.compile(r"\((\d{3}), b?['\"]|was refused: (\d{3})")
_UNTRUSTED, _SUBMITTED = "CERTIFICATE_VERIFY_FAILED", "Sending email to "
"""Words of apprise's and ssl's records: what failed before a mail was handed over, and what failed after."""
_exchanges: ContextVar[list[Exchange] | None] = ContextVar("exchanges", default=None)


class Style(StrEnum):
    """Which rendering a service is given."""

    CHAT = "chat"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


_STYLES = {
    "mailto": Style.HTML,
    "mailtos": Style.HTML,
    "json": Style.JSON,
    "jsons": Style.JSON,
    "form": Style.JSON,
    "forms": Style.JSON,
    "mmost": Style.MARKDOWN,
    "mmosts": Style.MARKDOWN,
    "gotify": Style.MARKDOWN,
    "gotifys": Style.MARKDOWN,
}
"""By apprise schema; everything else gets plain text, which apprise escapes for the service where that is needed."""


class AppriseSender:
    """Sends through the apprise plugin that a URL names."""

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:
        """Try once to hand over a message; a URL that no plugin takes is refused for good."""
        service = _service(url, timeout)
        if service is None:
            return SendResult(Outcome.REFUSED, "apprise doesn't know such a URL", permanent=True)
        style = style_of(service)
        _label(service, message)
        with _observed() as exchanges:
            result = _notify(service, message, style, timeout)
        return _judged(result, exchanges)

    def accepts(self, url: str) -> bool:
        """Tell whether a plugin takes the URL; nothing is sent."""
        return _service(url, timedelta(seconds=1)) is not None


def style_of(service: Any) -> Style:  # noqa: ANN401 (apprise's plugins are built at run time)
    """Return the rendering for a service."""
    return next((_STYLES[schema] for schema in sorted(service.schemas()) if schema in _STYLES), Style.CHAT)


@cache
def _apprise() -> ModuleType:
    """Import apprise, silence it and what it uses, and observe their requests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of apprise's own imports; a user can't mend them
        import apprise  # noqa: PLC0415 (slow; only who sends needs it)

        apprise.Apprise.instantiate("json://localhost")  # makes it import its plugins now
    for name in _NOISY:
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.addHandler(logging.NullHandler())
    _observe_requests()
    return apprise


def _observe_requests() -> None:
    """Note status and Retry-After of every request made while someone listens; apprise keeps neither."""
    from requests import RequestException  # noqa: PLC0415 (comes with apprise)
    from requests.adapters import HTTPAdapter  # noqa: PLC0415 (comes with apprise)

    plain_send = HTTPAdapter.send

    def send(self: HTTPAdapter, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (passed on as it is)
        exchanges = _exchanges.get()
        if exchanges is None:
            return plain_send(self, *args, **kwargs)
        try:
            response = plain_send(self, *args, **kwargs)
        except RequestException as error:
            exchanges.append(Exchange(errors=tuple(_error_names(error))))
            raise
        exchanges.append(Exchange(response.status_code, response.headers.get("Retry-After", "")))
        return response

    HTTPAdapter.send = send  # type: ignore[method-assign] # there is no hook for errors


@contextmanager
def _observed() -> Iterator[list[Exchange]]:
    exchanges: list[Exchange] = []
    token = _exchanges.set(exchanges)
    logger = logging.getLogger("apprise")
    level = logger.level
    logger.setLevel(logging.DEBUG)  # only DEBUG records hold a mail server's reply code
    try:
        yield exchanges
    finally:
        logger.setLevel(level)
        _exchanges.reset(token)


def _error_names(error: BaseException) -> Iterator[str]:
    """Name an error and what it wraps: requests keeps urllib3's error as an argument, that its cause as ``reason``."""
    seen: list[BaseException] = []
    todo: list[object] = [error]
    while todo:
        found = todo.pop(0)
        if isinstance(found, BaseException) and found not in seen:
            seen.append(found)
            yield type(found).__name__
            todo += [*found.args, getattr(found, "reason", None), found.__cause__]


def _service(url: str, timeout: timedelta) -> Any | None:  # noqa: ANN401 (a plugin, see style_of)
    apprise = _apprise()
    asset = apprise.AppriseAsset(app_id="dipwatch", app_desc="dipwatch", app_url="", http_redirects=False)
    service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is not None:
        service.redirects = False  # also where the URL asks for them
        service.socket_connect_timeout = service.socket_read_timeout = timeout.total_seconds()
    return service


def _label(service: Any, message: RenderedMessage) -> None:  # noqa: ANN401 (a plugin, see style_of)
    """Give the message's key, and the thread of its development, to services that have headers."""
    if not isinstance(getattr(service, "headers", None), dict):
        return
    if style_of(service) is not Style.HTML:
        service.headers.setdefault("Idempotency-Key", message.key)
        return
    service.headers["X-Dipwatch-Key"] = message.key
    if message.thread:
        # one made-up ancestor for all mails about a development makes them one thread (RFC 5322, section 3.6.4)
        service.headers["References"] = service.headers["In-Reply-To"] = f"<{message.thread}@dipwatch.invalid>"


def _notify(service: Any, message: RenderedMessage, style: Style, timeout: timedelta) -> Any:  # noqa: ANN401 (see style_of)
    apprise = _apprise()
    formats = {Style.HTML: apprise.NotifyFormat.HTML, Style.MARKDOWN: apprise.NotifyFormat.MARKDOWN}
    sender = apprise.Apprise(asset=service.asset)
    sender.add(service)
    return sender.notify(
        title=message.subject,
        body=getattr(message, style),
        body_format=formats.get(style, apprise.NotifyFormat.TEXT),
        timeout=timeout.total_seconds(),
        log_level=logging.DEBUG,
        attach=_attached(message, style),
    )


def _attached(message: RenderedMessage, style: Style) -> str | None:
    """Return the file to go with a message: to mailboxes only, and where it is still there; others have its link."""
    attached = message.attachment and style is Style.HTML and Path(message.attachment).is_file()
    return message.attachment if attached else None


def _judged(result: Any, exchanges: list[Exchange]) -> SendResult:  # noqa: ANN401 (an AppriseResult)
    statuses = [service.status.name for service in result]
    if statuses and all(status == "SUCCESS" for status in statuses):
        return SendResult(Outcome.SENT, _answer(exchanges))
    if "TIMEOUT" in statuses:
        return SendResult(Outcome.UNKNOWN, "no answer in time")
    if exchanges:
        return verdict_http(exchanges[-1], datetime.now(UTC))
    return _judged_mail([entry.message for entry in result.logs()])


def _judged_mail(records: list[str]) -> SendResult:
    """Judge a mail that was not taken from what apprise wrote down, since it keeps no reply."""
    codes = [int(one or other) for record in records for one, other in _SMTP_CODE.findall(record)]
    if codes:
        return verdict_smtp(codes[-1])
    if any(_UNTRUSTED in record for record in records):
        return SendResult(Outcome.FAILED, "its certificate is not trusted")
    if any(record.startswith(_SUBMITTED) for record in records):
        return SendResult(Outcome.UNKNOWN, "no answer came to a mail that was handed over")
    return SendResult(Outcome.FAILED, "can't be reached")


def _answer(exchanges: list[Exchange]) -> str:
    return f"HTTP {exchanges[-1].status}" if exchanges else "accepted"
