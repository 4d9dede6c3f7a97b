"""The way from an alert to its record in the published report."""

from __future__ import annotations

import json

import pytest
from tests.alerts.samples import NOW, FakeNames, a_change, an_item

from dipwatch.alerts.build import build_message, build_notice
from dipwatch.alerts.message import Material, Message, Purpose
from dipwatch.alerts.render import RenderedMessage, Renderer

PAGE = "https://desk.example/report/"
STYLES = ("text", "chat", "markdown", "html", "json")


def message(address: str) -> Message:
    materials = [Material(a_change(), an_item())]
    return build_message(Purpose.ALERT, "key-1", materials, FakeNames(), NOW, address=address)


def rendered(address: str) -> RenderedMessage:
    return Renderer().render(message(address))


@pytest.mark.parametrize("style", STYLES)
def test_every_format_names_the_record_where_a_report_is_published(style: str) -> None:
    record = f"{PAGE}#{a_change().development}"
    assert getattr(rendered(PAGE), style).count(record) == 1
    assert PAGE not in getattr(rendered(""), style)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "not an address", "ftp://desk.example"])
def test_an_address_that_is_none_is_left_out(address: str) -> None:
    (entry,) = message(address).entries
    assert entry.record == ""


def test_json_holds_the_record_and_no_path_of_this_machine() -> None:
    told = json.loads(rendered(PAGE).json)
    assert told["entries"][0]["record"] == f"{PAGE}#{a_change().development}"
    notice = Renderer().render(build_notice(Purpose.REPORT, "k", "s", ("l",), attachment="/var/lib/report.html"))
    assert "/var/lib" not in notice.json
    assert notice.attachment == "/var/lib/report.html"
