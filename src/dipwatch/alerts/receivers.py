"""Are the receivers usable? For ``dipwatch check``: nothing is sent, and no problem's text holds a secret."""

from __future__ import annotations

import os
from collections.abc import Mapping

from dipwatch.alerts.apprise_sender import AppriseSender
from dipwatch.alerts.sending import CONSOLE
from dipwatch.errors import ConfigError, Problem
from dipwatch.secret_reference import resolve_secret
from dipwatch.settings import Receiver

_NOT_A_URL = "write an apprise URL such as slack://TOKEN_A/TOKEN_B/TOKEN_C or mailtos://USER:PASSWORD@HOST"


def check_receivers(receivers: tuple[Receiver, ...], *, environ: Mapping[str, str] = os.environ) -> list[Problem]:
    """Return what is wrong with the receivers: references that lead nowhere, URLs that apprise doesn't take."""
    return [problem for receiver in receivers for problem in _check(receiver, environ)]


def _check(receiver: Receiver, environ: Mapping[str, str]) -> list[Problem]:
    where = f"receiver {receiver.name}"
    try:
        url = resolve_secret(receiver.url, environ=environ)
    except ConfigError as error:
        return [Problem(f"{where}: {problem.where}", problem.what, problem.mend) for problem in error.problems]
    if url == CONSOLE or AppriseSender().accepts(url):
        return []
    return [Problem(where, "apprise doesn't take its URL", _NOT_A_URL)]
