"""The sample of a webhook's body in the documentation is what is sent, and is parsed as the page says."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from tests.alerts.peers import http_peer
from tests.alerts.samples import NOW, FakeNames, a_material

from dipwatch.alerts.apprise_sender import AppriseSender
from dipwatch.alerts.build import build_message
from dipwatch.alerts.message import Purpose
from dipwatch.alerts.render import Renderer
from dipwatch.alerts.sending import Outcome

PAGE = Path(__file__).parents[2] / "docs" / "alerts.md"


def block(language: str, place: int) -> str:
    """Return a code block of the page's section on webhooks."""
    section = PAGE.read_text(encoding="utf-8").partition("### What a webhook gets")[2].partition("\n## ")[0]
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return found[place]


@pytest.fixture(scope="module")
def body() -> bytes:
    """The body of a request that was really made."""
    AppriseSender().accepts("json://localhost")  # imports apprise without the warnings of its own imports
    message = Renderer().render(build_message(Purpose.ALERT, "7f3a0c", [a_material()], FakeNames(), NOW))
    with http_peer() as peer:
        assert AppriseSender().send(f"json://127.0.0.1:{peer.port}/in", message, timedelta(seconds=5)).outcome is (
            Outcome.SENT
        )
        (request,) = peer.received
    return request.body


def test_the_sample_is_what_is_sent(body: bytes) -> None:
    sent, shown = json.loads(body), json.loads(block("json", 0))
    assert sent.keys() == shown.keys()
    record = sent.pop("message")
    assert record.startswith(shown.pop("message").removesuffix("..."))
    assert sent == shown
    assert json.loads(record) == json.loads(block("json", 1))


def test_it_is_parsed_as_the_page_says(body: bytes) -> None:
    given: dict[str, object] = {}
    exec(block("python", 0), given)  # noqa: S102 (the page's own lines)
    record = given["record_of"](body)  # type: ignore[operator] # a function of the page
    assert record["entries"][0]["codes"]["kind"] == "meeting"
