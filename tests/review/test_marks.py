from __future__ import annotations

from datetime import UTC, datetime

from dipwatch.model import Change, ChangeType, Kind, Reason, Severity, Status
from dipwatch.review.evaluation.marks import MarkedGroup, score_marks

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def change(development: str, **values: object) -> Change:
    slots: dict[str, object] = {
        "type": ChangeType.NEW,
        "at": NOW,
        "alert": True,
        "kind": Kind.MEETING,
        "status": Status.HAPPENED,
        "severity": Severity.HIGH,
        "confidence": 0.9,
        "title": "Envoys meet",
        "reasons": (Reason.FIRST_REPORT,),
        "item": f"item of {development}",
        "source": "North Wire",
    }
    return Change(development=development, **(slots | values))  # type: ignore[arg-type] # fields by name


def word(development: str, note: str, item: str | None = None) -> Change:
    return change(development, type=ChangeType.CORRECTION, note=note, item=item, source="")


def group(groups: list[MarkedGroup], by: str, value: str = "") -> MarkedGroup:
    return next(each for each in groups if (each.by, each.value) == (by, value))


def test_each_mark_counts_once_for_each_alert_of_its_development() -> None:
    log = [
        change("a"),
        change("a", type=ChangeType.UPDATE, kind=Kind.POSITION),
        change("b", source="South Daily", severity=Severity.LOW),
        change("c"),
        change("d"),
        change("e", alert=False),
        word("a", "confirm"),
        word("b", "false"),
        word("c", "duplicate-of a"),
        word("e", "confirm"),
    ]
    groups = score_marks(log)
    assert group(groups, "all") == MarkedGroup("all", "", 5, 4, 2, 1, 1, 0, 0.5)
    assert group(groups, "kind", "position").precision == 1
    assert group(groups, "source", "South Daily").precision == 0
    assert group(groups, "severity", "low").false == 1
    assert group(groups, "reason", "first_report").alerts == 5


def test_the_last_word_wins_and_a_corrected_kind_confirms_the_development() -> None:
    groups = score_marks(
        [change("a"), change("b"), word("a", "confirm"), word("a", "false"), word("b", "kind agreement")]
    )
    assert (group(groups, "all").false, group(groups, "all").other_kind, group(groups, "all").precision) == (1, 1, 0.5)


def test_an_alert_that_was_split_off_goes_with_the_words_on_its_new_development() -> None:
    log = [change("a"), change("a", type=ChangeType.UPDATE, item="second"), word("a", "split b", "second")]
    groups = score_marks([*log, word("a", "confirm"), word("b", "false")])
    assert (group(groups, "all").confirmed, group(groups, "all").false) == (1, 1)


def test_without_marks_there_is_no_precision() -> None:
    assert group(score_marks([change("a")]), "all").precision is None
    assert group(score_marks([]), "all").alerts == 0


def test_only_alerts_asked_for_are_counted() -> None:
    groups = score_marks([change("a"), change("b"), word("a", "confirm")], lambda each: each.development == "a")
    assert (group(groups, "all").alerts, group(groups, "all").confirmed) == (1, 1)
