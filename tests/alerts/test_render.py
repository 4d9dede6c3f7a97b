from __future__ import annotations

import json
import logging
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.alerts.hostile import HOSTILE, HOSTILE_LINKS
from tests.alerts.samples import NOW, FakeNames, a_change, a_claim, a_material, an_item

from dipwatch.alerts.build import build_message
from dipwatch.alerts.example_messages import example_messages
from dipwatch.alerts.message import Material, Message, Purpose
from dipwatch.alerts.render import SHIPPED, WIDTH, Renderer
from dipwatch.model import ChangeType, Part, Reason, Role

RENDERER = Renderer()
hostile = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=200))
links = st.one_of(st.sampled_from(HOSTILE_LINKS), st.text(max_size=80))
OUR_TAGS = frozenset({"html", "head", "meta", "style", "body", "div", "p", "strong", "h1", "h2", "code"})
OUR_TAGS |= {"blockquote", "br", "span", "a"}


def message_from(text: str, link: str, purpose: Purpose = Purpose.ALERT) -> Message:
    """Build a message whose every text from outside is the same hostile one."""
    claim = a_claim(evidence=text, parts=(Part("russia", Role.PARTY, named=text),))
    change = a_change(title=text, note=text, claim=claim, type=ChangeType.CORRECTION, novel=(f"actor:{text}",))
    item = an_item(title=text + " again", source=text, link=link)
    return build_message(purpose, "key-1", [Material(change, item)] * 2, FakeNames(), NOW)


class Tags(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@settings(max_examples=60, deadline=None)
@given(hostile, links, st.sampled_from([Purpose.ALERT, Purpose.DIGEST]))
def test_html_holds_only_our_own_tags_and_links_that_are_shown(text: str, link: str, purpose: Purpose) -> None:
    page = Tags(RENDERER.render(message_from(text, link, purpose)).html)
    assert set(page.tags) <= OUR_TAGS
    assert page.tags.count("h1") == (1 if purpose is Purpose.ALERT else 0)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    for name, value in page.attributes:
        if name in {"href", "src"}:
            assert re.fullmatch(r"https?://[!-~]+", value)
            assert value in page.text


@settings(max_examples=60, deadline=None)
@given(hostile, links)
def test_plain_formats_mention_nobody_and_hold_no_control_characters(text: str, link: str) -> None:
    rendered = RENDERER.render(message_from(text, link))
    for plain in (rendered.text, rendered.chat, rendered.markdown, rendered.subject):
        assert "@" not in plain
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", plain)
    assert not set(rendered.chat) & set("<>")
    assert len(rendered.subject) < 120


@settings(max_examples=60, deadline=None)
@given(hostile, links, st.sampled_from([Purpose.ALERT, Purpose.DIGEST]))
def test_markdown_read_by_a_strict_reader_has_no_markup_from_feeds(text: str, link: str, purpose: Purpose) -> None:
    markdown = RENDERER.render(message_from(text, link, purpose)).markdown
    page = Tags(MarkdownIt("commonmark").render(markdown))
    assert set(page.tags) <= {"p", "strong", "ul", "li", "blockquote", "code", "a"}
    for name, value in page.attributes:
        assert name == "href"
        assert f"<{unquote(value)}>" in unquote(markdown)


@settings(max_examples=40, deadline=None)
@given(hostile, links)
def test_json_is_one_object_with_clean_texts(text: str, link: str) -> None:
    data = json.loads(RENDERER.render(message_from(text, link)).json)
    assert data["version"] == 1
    for value in _strings(data):
        assert "@" not in value
        assert "\n" not in value


def _strings(value: Any) -> list[str]:  # noqa: ANN401 (any JSON)
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in inner for text in _strings(part)]


@settings(max_examples=30, deadline=None)
@given(hostile, links)
def test_no_hostile_text_makes_a_message_too_long_for_a_channel(text: str, link: str) -> None:
    rendered = RENDERER.render(message_from(text, link))
    assert len(rendered.chat) < 8000
    assert len(rendered.html) < 30_000


def test_the_longest_digest_stays_within_the_limits_of_a_chat() -> None:
    materials = [a_material(development=f"dev-{n}", title="word " * 100) for n in range(100)]
    rendered = RENDERER.render(build_message(Purpose.DIGEST, "key-1", materials, FakeNames(), NOW))
    assert len(rendered.chat) < 35_000
    assert "And 40 more" in rendered.chat


def test_the_console_text_is_read_from_what_to_why_to_evidence() -> None:
    text = RENDERER.render(build_message(Purpose.ALERT, "key-1", [a_material()], FakeNames(), NOW)).text
    assert text == (
        f"NEW · Meeting planned{'HIGH':>{WIDTH - 21}}\n"
        "Ukraine and Russia to meet in Ankara on 8 May\n"
        "  Why      first report; not in the baseline: venue Ankara\n"
        "  Who      Ukraine, Russia, Turkey\n"
        "  Where    Ankara, 8 May 2026\n"
        "  Evidence “Both delegations will sit down in Ankara on Friday, the host said.”\n"
        "           Morning Wire, 4 May 2026 11:50 UTC, Delegations to sit down in Ankara on Friday\n"
        "           https://wire.example/2026/ankara\n"
        "  Sources  3 sources (2 wire, 1 official), high confidence (0.82)\n"
        "  More     dipwatch show dev-1\n"
        "  If wrong dipwatch mark dev-1 false\n"
        "ref key-1\n"
    )


def test_the_chat_text_has_no_empty_lines_between_facts() -> None:
    chat = RENDERER.render(build_message(Purpose.ALERT, "key-1", [a_material()], FakeNames(), NOW)).chat
    assert "\n\n" not in chat
    assert chat.startswith("HIGH · Ukraine, Russia, Turkey · Ankara · 8 May 2026\nWhy: first report")


def test_a_chat_repeats_the_headline_only_where_the_subject_above_it_was_cut() -> None:
    long = "Delegations of both sides to meet in a city by the sea " * 3
    message = build_message(Purpose.ALERT, "key-1", [a_material(title=long)], FakeNames(), NOW)
    assert message.subject.endswith("…")
    assert RENDERER.render(message).chat.startswith(f"NEW · Meeting planned · HIGH\n{long.strip()}\n")


def test_a_correction_says_how_to_contradict_it() -> None:
    taken_back = a_change(type=ChangeType.CORRECTION, note="false")
    chat = RENDERER.render(build_message(Purpose.CORRECTION, "key-1", [Material(taken_back)], FakeNames(), NOW)).chat
    assert "if right: dipwatch mark dev-1 confirm" in chat
    assert "mark dev-1 false" not in chat


@pytest.mark.parametrize("style", ["text", "chat", "markdown", "html"])
def test_a_digest_lists_developments_under_their_kinds(style: str) -> None:
    held = an_item(history=True)
    materials = [Material(a_change(), held), Material(a_change(development="dev-2", title="A second meeting"), held)]
    shown = getattr(RENDERER.render(build_message(Purpose.DIGEST, "key-1", materials, FakeNames(), NOW)), style)
    assert "First contact: 2 developments" in shown
    assert shown.upper().index("MEETING") < shown.index("A second meeting")
    for part in ("dev-1", "dev-2", "dipwatch show ID"):
        assert part in shown


@pytest.mark.parametrize("style", ["text", "chat", "markdown", "html"])
def test_what_a_reader_needs_is_in_every_format(style: str) -> None:
    change = a_change(reasons=(Reason.DENIED,), claim=a_claim(unnamed_source=True), confidence=0.5)
    item = an_item(published=NOW.replace(hour=2))
    message = build_message(Purpose.ALERT, "key-1", [Material(change, item)], FakeNames(), NOW)
    shown = getattr(RENDERER.render(message), style)
    for part in (
        "a party denies it",
        "rests on an unnamed source; denied by a party",
        "low confidence (0.50)",
        "10 h after its publication",
        "dipwatch show dev-1",
        "dipwatch mark dev-1 false",
        "key-1",
    ):
        assert part in shown


def test_a_user_template_takes_the_place_of_the_shipped_one_and_stays_safe(tmp_path: Path) -> None:
    (tmp_path / "message.chat").write_text("My desk: {{ message.entries[0].headline }}\n", encoding="utf-8")
    rendered = Renderer(tmp_path).render(message_from("<!channel> @here [x](https://evil.example)", ""))
    assert rendered.chat == "My desk: ‹!channel› ＠here [x] (https://evil.example)\n"
    assert rendered.text == RENDERER.render(message_from("<!channel> @here [x](https://evil.example)", "")).text


@pytest.mark.parametrize("broken", ["{{ message.nothing_of_the_kind }}", "{% if %}"])
def test_a_user_template_that_fails_loses_no_alert(
    broken: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "message.txt").write_text(broken, encoding="utf-8")
    message = build_message(Purpose.ALERT, "key-1", [a_material()], FakeNames(), NOW)
    with caplog.at_level(logging.WARNING):
        assert Renderer(tmp_path).render(message) == RENDERER.render(message)
    assert "template failed" in caplog.text
    (problem,) = Renderer(tmp_path).check(example_messages())
    assert problem.startswith("message.txt:1: ")


def test_the_shipped_templates_have_no_problems() -> None:
    assert Renderer(SHIPPED).check(example_messages()) == ()
    assert RENDERER.check(example_messages()) == ()
    assert {path.name for path in SHIPPED.iterdir()} == {"message.txt", "message.chat", "message.md", "message.html"}


def test_json_of_the_users_own_shape(tmp_path: Path) -> None:
    template = '{"text": "{{ message.entries[0].headline }}", "why": {{ message.entries[0].why | tojson }}}'
    (tmp_path / "message.json").write_text(template, encoding="utf-8")
    rendered = Renderer(tmp_path).render(message_from('a "quoted" \\ headline', ""))
    assert json.loads(rendered.json)["text"] == 'a "quoted" \\ headline'


@pytest.mark.parametrize(
    ("name", "template", "told"),
    [
        ("message.json", "{half", "message.json: JSONDecodeError: "),
        ("message.txt", "{{ message.subject }}\n{% if %}", "message.txt:2: "),
        ("message.txt", "{{ message.subject }}\n{{ 1 // 0 }}", "message.txt:2: ZeroDivisionError: "),
        ("message.md", "\n \n", "message.md: it prints nothing"),
        ("message.chat", "{% include 'nowhere' %}", "message.chat:1: "),
        ("message.htm", "hello", "message.htm: no format has this name; there are message.txt, "),
    ],
)
def test_what_is_wrong_with_a_user_template_is_named_with_its_line(
    name: str, template: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(template, encoding="utf-8")
    (problem,) = Renderer(tmp_path).check(example_messages())
    assert problem.startswith(told)
    message = build_message(Purpose.ALERT, "key-1", [a_material()], FakeNames(), NOW)
    assert Renderer(tmp_path).render(message) == RENDERER.render(message)


def test_a_template_that_is_no_text_loses_no_alert(tmp_path: Path) -> None:
    (tmp_path / "message.txt").write_bytes(b"\xff\xfe")
    message = build_message(Purpose.ALERT, "key-1", [a_material()], FakeNames(), NOW)
    assert Renderer(tmp_path).render(message) == RENDERER.render(message)


def test_a_folder_of_templates_that_is_missing_is_named(tmp_path: Path) -> None:
    assert Renderer(tmp_path / "none").check(example_messages()) == (f"there is no folder {tmp_path / 'none'}",)
