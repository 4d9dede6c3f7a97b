from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

import pytest
from tests.alerts.samples import NOW, SOURCES, FakeNames, a_change, a_claim, a_material, an_item

from dipwatch.alerts import words
from dipwatch.alerts.build import build_message, build_notice
from dipwatch.alerts.message import MOST_ENTRIES, Entry, Material, Message, Purpose
from dipwatch.model import (
    Account,
    ChangeType,
    Direction,
    Kind,
    Part,
    Reason,
    Role,
    Severity,
    Shift,
    SourceKind,
    Status,
    When,
)

ALERT, DIGEST, CORRECTION = Purpose.ALERT, Purpose.DIGEST, Purpose.CORRECTION


def message_of(*materials: Material, purpose: Purpose = ALERT) -> Message:
    return build_message(purpose, "key-1", materials, FakeNames(), NOW)


def entry_of(*materials: Material) -> Entry:
    (entry,) = message_of(*materials).entries
    return entry


def test_an_alert_says_what_is_new_who_where_when_and_on_what_evidence() -> None:
    entry = entry_of(a_material())
    assert (entry.label, entry.act, entry.severity) == ("NEW", "Meeting planned", "high")
    assert entry.headline == "Ukraine and Russia to meet in Ankara on 8 May"
    assert entry.why == ("first report", "not in the baseline: venue Ankara")
    assert (entry.who, entry.where, entry.when) == ("Ukraine, Russia, Turkey", "Ankara", "8 May 2026")
    assert entry.sources == "3 sources (2 wire, 1 official)"
    assert entry.confidence == "high confidence (0.82)"
    (evidence,) = entry.evidence
    assert evidence.quote == "Both delegations will sit down in Ankara on Friday, the host said."
    assert (evidence.outlet, evidence.published) == ("Morning Wire", "4 May 2026 11:50 UTC")
    assert evidence.link == "https://wire.example/2026/ankara"
    assert entry.show == "dipwatch show dev-1"
    assert entry.mark_false == "dipwatch mark dev-1 false"


def test_the_subject_names_act_and_headline() -> None:
    assert message_of(a_material()).subject == "NEW Meeting planned: Ukraine and Russia to meet in Ankara on 8 May"


def test_a_shift_shows_the_old_stance_beside_the_new() -> None:
    shift = Shift("russia", "territory", Direction.SOFTER, stance="open-to-freeze", was="demands-all")
    entry = entry_of(a_material(shift=shift, reasons=(Reason.POSITION_SHIFT,), kind=Kind.POSITION))
    assert entry.why == ("position moved: Russia on territory, softer",)
    assert (entry.was, entry.now) == ("demands all", "open to freeze")


@pytest.mark.parametrize(
    ("source", "was"),
    [("Morning Wire", "demands all (3 Apr 2026, Morning Wire)"), ("", "demands all (3 Apr 2026, the baseline)")],
)
def test_an_old_stance_says_since_when_and_by_whom(source: str, was: str) -> None:
    shift = Shift(
        "russia", "territory", Direction.SOFTER, "open-to-freeze", "demands-all", date(2026, 4, 3), "", source
    )
    assert entry_of(a_material(shift=shift, reasons=(Reason.POSITION_SHIFT,))).was == was


def test_who_says_the_contrary_is_quoted() -> None:
    contrary = Account(
        "russia", denies=True, evidence="No such meeting is planned, @all.", source="Evening Wire", item="i", at=NOW
    )
    (mark,) = entry_of(a_material(contradicts=contrary)).marks
    assert mark == "contradicted by Russia: “No such meeting is planned, ＠all.” (Evening Wire)"


def test_a_position_that_stays_has_no_old_and_new() -> None:
    shift = Shift("russia", "territory", Direction.HARDER, stance="demands-all", was="demands-all")
    entry = entry_of(a_material(kind=Kind.POSITION, shift=shift))
    assert (entry.was, entry.now) == ("", "")


def test_a_changed_status_shows_the_old_beside_the_new() -> None:
    entry = entry_of(a_material(status=Status.POSTPONED, status_was=Status.PLANNED, type=ChangeType.UPDATE))
    assert (entry.label, entry.was, entry.now) == ("UPDATE", "planned", "postponed")


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        ({"claim": a_claim(unnamed_source=True)}, ("rests on an unnamed source",)),
        ({"claim": a_claim(hedged=True), "status": Status.REPORTED}, ("hedged wording", "unconfirmed")),
        ({"status": Status.DENIED}, ("denied by a party",)),
        ({"reasons": (Reason.DENIED,)}, ("denied by a party",)),
        ({}, ()),
    ],
)
def test_what_a_reader_must_beware_of_is_marked(values: dict[str, object], marks: tuple[str, ...]) -> None:
    assert entry_of(a_material(**values)).marks == marks


@pytest.mark.parametrize(
    ("age", "late"),
    [
        (timedelta(minutes=59), ""),
        (timedelta(hours=1), "1 h after its publication"),
        (timedelta(hours=7, minutes=40), "7 h after its publication"),
        (timedelta(days=3), "3 days after its publication"),
    ],
)
def test_a_late_alert_says_by_how_much(age: timedelta, late: str) -> None:
    item = an_item(published=NOW - age, first_seen=NOW)
    assert entry_of(Material(a_change(), item)).late == late


def test_several_changes_of_one_development_become_one_entry() -> None:
    update = Material(
        a_change(
            type=ChangeType.UPDATE, status=Status.HAPPENED, reasons=(Reason.STATUS_CHANGE,), severity=Severity.LOW
        ),
        an_item(id="item-2", source="Evening Wire", link="https://evening.example/1"),
    )
    entry = entry_of(a_material(), update)
    assert entry.label == "NEW"
    assert entry.act == "Meeting"
    assert entry.severity == "high"
    assert entry.why == ("first report", "not in the baseline: venue Ankara", "status changed")
    assert [piece.outlet for piece in entry.evidence] == ["Morning Wire", "Evening Wire"]


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("false", "marked as false"),
        ("false a namesake", "marked as false: a namesake"),
        ("duplicate-of dev-9", "the same development as dev-9"),
        ("withdrawn by its only source", "withdrawn by its only source"),
    ],
)
def test_a_correction_says_what_was_corrected(note: str, told: str) -> None:
    change = a_change(type=ChangeType.CORRECTION, note=note, reasons=(Reason.CORRECTED,))
    message = message_of(Material(change), purpose=CORRECTION)
    assert message.subject.startswith("CORRECTION Meeting planned")
    assert message.entries[0].note == told
    assert message.entries[0].evidence == ()


def test_a_digest_counts_kinds_and_puts_what_matters_first() -> None:
    low = a_material(development="dev-2", severity=Severity.LOW)
    call = a_material(development="dev-3", kind=Kind.CONTACT, severity=Severity.MEDIUM)
    message = message_of(low, call, a_material(), purpose=DIGEST)
    assert message.subject == "DIGEST 3 developments: 2 meeting, 1 contact"
    assert [(kind, [entry.development for entry in found]) for kind, found in message.by_kind] == [
        ("Meeting", ["dev-1", "dev-2"]),
        ("Contact", ["dev-3"]),
    ]


def test_a_digest_that_is_too_long_says_how_many_are_left_out() -> None:
    message = message_of(*(a_material(development=f"dev-{n}") for n in range(MOST_ENTRIES + 7)), purpose=DIGEST)
    assert len(message.entries) == MOST_ENTRIES
    assert message.left_out == 7
    assert message.subject == f"DIGEST {MOST_ENTRIES + 7} developments: {MOST_ENTRIES + 7} meeting"


def test_a_message_about_one_development_belongs_to_its_thread() -> None:
    assert message_of(a_material()).thread == "dev-1"
    assert message_of(a_material(), a_material(development="dev-2"), purpose=DIGEST).thread == ""


def test_persons_the_lexicon_does_not_know_appear_as_written_and_clean() -> None:
    claim = a_claim(parts=(Part("russia", Role.PARTY, named="Ivan @Petrov\u202e"), Part("turkey", Role.HOST)))
    assert entry_of(a_material(claim=claim)).who == "Ivan ＠Petrov, Turkey"


def test_a_change_without_claim_and_item_can_be_told() -> None:
    entry = entry_of(Material(a_change(claim=None, item=None, novel=())))
    assert (entry.who, entry.where, entry.when, entry.evidence, entry.late) == ("", "", "", (), "")
    assert entry.why == ("first report", "not in the baseline")


def test_sources_count_at_least_those_that_are_known() -> None:
    assert entry_of(Material(a_change(sources=5), an_item(), SOURCES)).sources == "5 sources (2 wire, 1 official)"
    assert entry_of(Material(a_change(sources=1), an_item())).sources == "1 source"


def test_a_notice_has_a_lead_and_no_entries() -> None:
    notice = build_notice(Purpose.TEST, "key-2", "dipwatch to desk", ("Nothing has happened.",))
    assert (notice.subject, notice.lead, notice.entries) == ("TEST dipwatch to desk", "Nothing has happened.", ())


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("kind", Kind),
        ("status", Status),
        ("reason", Reason),
        ("direction", Direction),
        ("source_kind", SourceKind),
        ("label", ChangeType),
    ],
)
def test_every_value_of_the_vocabulary_has_a_word(table: str, values: type[StrEnum]) -> None:
    assert set(words.keys(table)) >= {value.value for value in values}


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2026, 5, 8), date(2026, 5, 8), "8 May 2026"),
        (date(2026, 5, 8), date(2026, 5, 10), "8 to 10 May 2026"),
        (date(2026, 4, 30), date(2026, 5, 2), "30 Apr 2026 to 2 May 2026"),
    ],
)
def test_days_are_told_as_a_reader_would(first: date, last: date, told: str) -> None:
    assert words.days(When(first, last)) == told
