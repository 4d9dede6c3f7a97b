"""What a feed of another language only passes on is not told alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.detect.build import HOUR, START, Log, reading

from dipwatch.model import ChangeType, Reading, Reason

TITLE = "Дорин и Вельский встретились в Лунде"


def declared(language: str | None, *, name: str = "first", text: str = "ru", source: str = "portal") -> Reading:
    """A report in one language, in a feed that declares another."""
    report = reading(TITLE, name=name, source=source, language=text)
    return replace(report, item=replace(report.item, language=language))


@pytest.mark.parametrize("text", ["ru", "uk"])
def test_a_text_in_another_script_than_its_feed_declares_is_recorded_and_not_told(log: Log, text: str) -> None:
    change = log.tick(declared("en", text=text)).changes[0]
    assert (change.type, change.alert, change.kept_back) == (ChangeType.NEW, False, (Reason.SECOND_HAND,))


@pytest.mark.parametrize(("language", "text"), [("ru", "ru"), ("uk", "ru"), ("ru", "uk"), (None, "ru"), ("bg", "uk")])
def test_a_feed_that_may_write_so_itself_alerts(log: Log, language: str | None, text: str) -> None:
    assert log.tick(declared(language, text=text)).changes[0].alert


@pytest.mark.parametrize("language", ["en", "ru", "fr", None])
def test_a_text_in_latin_letters_alerts_whatever_its_feed_declares(log: Log, language: str | None) -> None:
    assert log.tick(declared(language, text="en")).changes[0].alert


def test_the_first_report_of_another_source_alerts_and_counts_both(log: Log) -> None:
    log.tick(declared("en"))
    later = START + HOUR
    change = log.tick(reading("Dorin and Velsky meet in Lunda", name="second", source="wire", at=later)).changes[0]
    assert change.type is ChangeType.UPDATE
    assert (change.alert, change.kept_back, change.sources) == (True, (), 2)
    assert Reason.SECOND_REPORT in change.reasons


def test_another_second_hand_report_does_not_alert_either(log: Log) -> None:
    log.tick(declared("en"))
    change = log.tick(declared("en", name="second", source="other")).changes[0]
    assert (change.alert, change.kept_back) == (False, (Reason.SECOND_HAND,))


def test_it_may_be_allowed(log: Log) -> None:
    log.policy = replace(log.policy, second_hand_alerts=True)
    assert log.tick(declared("en")).changes[0].alert
