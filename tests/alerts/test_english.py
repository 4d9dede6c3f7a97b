"""The English line beside evidence in Russian or Ukrainian."""

from __future__ import annotations

from datetime import date

import pytest
from tests.alerts.samples import NOW, FakeNames, a_change, a_claim, a_material

from dipwatch.alerts.build import build_message
from dipwatch.alerts.english import english_line, english_of
from dipwatch.alerts.message import Purpose
from dipwatch.alerts.render import Renderer
from dipwatch.model import Claim, EventType, Kind, Part, Quantity, Role, Status, When

NAMES = FakeNames()
LAVROV = Part("sergei-lavrov", Role.SPEAKER)


def a_position(**values: object) -> Claim:
    return a_claim(
        **{
            "kind": Kind.POSITION,
            "status": Status.HAPPENED,
            "parts": (LAVROV,),
            "venue": None,
            "when": None,
            "issue": "territory",
            "stance": "open-to-freeze",
            **values,
        }
    )


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        (a_claim(), "Meeting planned: Ukraine, Russia, Turkey, Ankara, 8 May 2026"),
        (
            a_claim(status=Status.CANCELLED, when=When(date(2026, 5, 8), date(2026, 5, 10)), ordinal=3),
            "Meeting cancelled: Ukraine, Russia, Turkey, Ankara, 8 to 10 May 2026, round 3",
        ),
        (
            a_claim(parts=(Part("Игорь Петренко", Role.PARTY, named="Игорь Петренко"),), venue=None, when=None),
            "Meeting planned: Игорь Петренко",
        ),
        (a_claim(parts=(), venue=None, when=None), "Meeting planned"),
        (a_position(), "Position: Russia (sergei lavrov) on territory: open to freeze"),
        (a_position(stance=None), "Position: Russia (sergei lavrov) on territory"),
        (
            a_position(parts=(Part("russia", Role.SPEAKER), Part("ukraine", Role.TARGET)), venue="ankara"),
            "Position: Russia on territory: open to freeze; Ukraine, Ankara",
        ),
        (
            a_position(parts=(LAVROV, Part("russia", Role.PARTY), Part("ukraine", Role.TARGET))),
            "Position: Russia (sergei lavrov) on territory: open to freeze; Ukraine",
        ),
        (
            a_claim(parts=(Part("russia", Role.PARTY), LAVROV, Part("ukraine", Role.PARTY)), when=None),
            "Meeting planned: sergei lavrov, Ukraine, Ankara",
        ),
        (
            a_position(parts=(Part("russia", Role.SPEAKER), Part("ukraine", Role.TARGET), LAVROV)),
            "Position: Russia (sergei lavrov) on territory: open to freeze; Ukraine",
        ),
        (
            a_position(parts=(Part("ukraine", Role.SPEAKER), Part("russia", Role.TARGET)), event=EventType.REJECT),
            "Position: Ukraine on territory: rejection; Russia",
        ),
        (
            a_position(stance="rejects-cession", event=EventType.REJECT, states_position=True),
            "Position: Russia (sergei lavrov) on territory: rejects cession",
        ),
        (a_position(issue=None, stance=None), "Position: sergei lavrov"),
        (
            a_position(kind=Kind.PROPOSAL, status=Status.PLANNED, states_position=True),
            "Proposal planned: Russia (sergei lavrov) on territory: open to freeze",
        ),
        (
            a_position(kind=Kind.CONTACT),
            "Contact: sergei lavrov, on territory: open to freeze",
        ),
        (
            a_claim(
                kind=Kind.HUMANITARIAN,
                status=Status.HAPPENED,
                venue=None,
                when=None,
                quantities=(Quantity(157, "prisoners"), Quantity(90e9, "EUR"), Quantity(2.5, "state_media")),
            ),
            "Humanitarian step: Ukraine, Russia, Turkey, 157 prisoners, EUR 90,000,000,000, 2.50 state media",
        ),
    ],
)
def test_the_line_says_act_actors_place_time_and_numbers(claim: Claim, told: str) -> None:
    assert english_line(claim, NAMES) == told


@pytest.mark.parametrize(
    ("claim", "line"),
    [
        (a_claim(negated=True), "Meeting planned: Ukraine, Russia, Turkey, Ankara, 8 May 2026 (negated wording)"),
        (a_position(negated=True), "Position: Russia (sergei lavrov) on territory: open to freeze"),
        (
            a_position(conditions="если прекратят огонь"),
            "Position: Russia (sergei lavrov) on territory: open to freeze (under a condition)",
        ),
        (
            a_claim(parts=(), unnamed_source=True, hedged=True),
            "Meeting planned: Ankara, 8 May 2026 (rests on an unnamed source; hedged wording)",
        ),
    ],
)
def test_what_a_reader_must_beware_of_ends_the_line(claim: Claim, line: str) -> None:
    assert english_line(claim, NAMES) == line


@pytest.mark.parametrize(("language", "has_line"), [("ru", True), ("uk", True), ("en", False), ("", False)])
def test_only_reports_in_russian_or_ukrainian_get_a_line(language: str, has_line: bool) -> None:  # noqa: FBT001 (a column of the table)
    assert bool(english_of(a_change(language=language), NAMES)) is has_line
    assert english_of(a_change(language=language, claim=None), NAMES) == ""


@pytest.mark.parametrize("style", ["text", "chat", "markdown", "html"])
@pytest.mark.parametrize("purpose", [Purpose.ALERT, Purpose.DIGEST])
def test_an_alert_and_a_digest_have_the_line_in_every_format(style: str, purpose: Purpose) -> None:
    material = a_material(language="uk", title="Зустріч в Анкарі", claim=a_claim(hedged=True))
    rendered = Renderer().render(build_message(purpose, "key-1", [material], NAMES, NOW))
    shown = f"{rendered.subject}\n{getattr(rendered, style)}"  # chats show the subject above the text
    line = "n English: Meeting planned: Ukraine, Russia, Turkey, Ankara, 8 May 2026 (hedged wording)"
    assert line in " ".join(shown.split())
    assert shown.index("Зустріч в Анкарі") < shown.index("n English")
    plain = getattr(Renderer().render(build_message(purpose, "key-1", [a_material()], NAMES, NOW)), style)
    assert "n English" not in plain


def test_a_name_as_written_is_made_harmless_in_the_line() -> None:
    claim = a_claim(parts=(Part("x", Role.PARTY, named="Иван @all <b>\u202e"),))
    message = build_message(Purpose.ALERT, "key-1", [a_material(language="ru", claim=claim)], NAMES, NOW)
    assert message.entries[0].english.startswith("Meeting planned: Иван ＠all <b>, Ankara")
    assert "<b>" not in Renderer().render(message).html
