from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.alerts.samples import NOW

from dipwatch.alerts.gate import Rules, decide
from dipwatch.alerts.policy import policies
from dipwatch.settings import Alerts, Rate
from dipwatch.store.waiting import WaitingRow

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ALERTS = Alerts.model_validate(
    {
        "times": [{"name": "noon", "times": ["11:00-14:00"]}],
        "route": {"receiver": "console", "mute": ["noon"], "break_through": ["high"], "routes": [{"mute": []}]},
    }
)
POLICIES = policies(ALERTS)
TWO = (Rate(2, HOUR),)
HELD = "digest:ukraine:20260504T140000Z"


def row(number: int, **values: object) -> WaitingRow:
    settings: dict[str, object] = {
        "id": number,
        "subject": "ukraine",
        "seq": number,
        "development": f"dev-{number}",
        "severity": "low",
        "group_key": f"dev-{number}",
        "purpose": "alert",
        "due": NOW,
        "message_key": None,
        "route": "root/1",
        "why": "",
    }
    return WaitingRow(**(settings | values))  # type: ignore[arg-type] # fields of several types


def decided(*rows: WaitingRow, **rules: object) -> list[WaitingRow]:
    return decide(rows, Rules(POLICIES, **rules), NOW)  # type: ignore[arg-type] # fields of several types


def test_what_is_due_and_allowed_stays_as_it_is() -> None:
    rows = [row(1), row(2, route="root", severity="high"), row(3, due=NOW + HOUR), row(4, route="gone")]
    assert decided(*rows) == rows


def test_what_is_due_in_quiet_times_goes_to_the_digest_of_their_end() -> None:
    (held,) = decided(row(1, route="root"))
    assert (held.group_key, held.purpose, held.due - NOW, held.why) == (HELD, "digest", 2 * HOUR, "held for noon")


def test_a_tried_message_is_put_off_as_it_is_and_only_if_all_of_it_is_quiet() -> None:
    quiet, urgent = row(1, route="root", message_key="k"), row(2, route="root", message_key="k", severity="high")
    assert decided(quiet) == [replace(quiet, due=NOW + 2 * HOUR, quiet=True)]
    assert decided(quiet, urgent) == [quiet, urgent]


def test_what_was_there_at_first_contact_waits_if_any_of_it_does() -> None:
    rows = [
        row(n, group_key="first-contact:ukraine", purpose="digest", route=r) for n, r in ((1, "root"), (2, "root/1"))
    ]
    assert {after.due for after in decided(*rows)} == {NOW + 2 * HOUR}
    assert {after.group_key for after in decided(*rows)} == {"first-contact:ukraine"}


def test_news_that_may_go_brings_along_what_was_held_of_its_development() -> None:
    held = row(1, development="d", group_key=HELD, purpose="digest", due=NOW + HOUR, why="held for noon")
    news = row(2, development="d", group_key="d")
    other = replace(held, id=3, development="e")
    brought, same, left = decided(held, news, other)
    assert (brought.group_key, brought.purpose, brought.due) == ("d", "alert", NOW)
    assert (same, left) == (news, other)


def test_a_correction_joins_what_was_held_instead() -> None:
    held = row(1, development="d", group_key=HELD, purpose="digest", due=NOW + HOUR)
    correction = row(2, development="d", group_key="d", purpose="correction")
    assert decided(held, correction) == [held, replace(correction, group_key=HELD, purpose="digest", due=NOW + HOUR)]


def test_news_waits_for_a_tried_message_that_its_receiver_failed_but_not_for_one_that_is_only_quiet() -> None:
    failed = row(1, development="d", message_key="k", due=NOW + HOUR)
    news = row(2, development="d")
    assert decided(failed, news) == [failed, news]
    quiet = replace(failed, quiet=True)
    assert decided(quiet, news)[0].due == NOW


@pytest.mark.parametrize(
    ("reminder", "why"),
    [
        ({}, ""),
        ({"ended": "false"}, "no reminder: it was marked as false"),
        ({"newest": 1}, ""),
        ({"newest": 9}, "no reminder: there is newer news of it"),
    ],
)
def test_a_reminder_that_is_moot_is_withheld(reminder: dict[str, object], why: str) -> None:
    (after,) = decided(row(1, purpose="reminder", **reminder))
    assert after.withheld == why


def test_what_a_silence_mutes_is_withheld_unless_it_was_tried() -> None:
    first, tried = decided(row(1), row(2, message_key="k"), silenced={1: "silence 1", 2: "silence 1"})
    assert (first.withheld, tried.withheld) == ("silence 1", "")


def test_what_is_more_than_the_limit_is_gathered_now_while_a_message_is_left() -> None:
    after = decided(row(1), row(2), row(3), limits=TWO)
    assert {(each.group_key, each.purpose, each.due) for each in after} == {
        ("digest:ukraine:20260504T120000Z", "digest", NOW)
    }
    assert {each.why for each in after} == {"gathered, because more messages were due than 2 per 1h"}
    assert decided(row(1), row(2), limits=TWO) == [row(1), row(2)]


def test_everything_waits_when_no_message_is_left_and_what_may_be_gathered_is() -> None:
    arrived = [NOW - 10 * MINUTE, NOW - 20 * MINUTE]
    rows = [row(1), row(2), row(3, message_key="k"), row(4, seq=None, development="", purpose="operator")]
    after = decided(*rows, limits=TWO, arrived=arrived)
    assert {each.due - NOW for each in after} == {40 * MINUTE}
    gathered = "digest:ukraine:20260504T124000Z"
    assert [each.group_key for each in after] == [gathered, gathered, "dev-3", "dev-4"]


def test_reminders_are_gathered_among_themselves() -> None:
    after = decided(row(1), row(2), row(3, purpose="reminder"), row(4, purpose="reminder"), limits=TWO)
    assert [each.purpose for each in after] == ["digest", "digest", "reminder", "reminder"]
    assert len({each.group_key for each in after}) == 1


def test_subjects_are_not_mixed_in_a_digest() -> None:
    after = decided(row(1), row(2), row(3, subject="talks"), row(4, subject="talks"), limits=TWO)
    assert [each.group_key.split(":")[1] for each in after] == ["ukraine", "ukraine", "talks", "talks"]


def test_parts_of_a_long_message_never_share_a_key_with_parts_that_still_wait() -> None:
    group: dict[str, object] = {"group_key": "by:ukraine:kind=meeting"}
    first = decided(*(row(number, **group) for number in range(1, 131)))
    waiting = [each for each in first if "#" in each.group_key]
    assert len(waiting) == 70
    more = [row(number, **group) for number in range(200, 300)]
    after = decided(*waiting, *more)
    sizes = [sum(each.group_key == key for each in after) for key in {each.group_key for each in after}]
    assert sorted(sizes) == [10, 40, 60, 60]


def test_a_development_is_never_parted() -> None:
    rows = [row(number, development=f"dev-{number % 65}", group_key="by:x") for number in range(1, 131)]
    after = decided(*rows)
    by_development = {each.development: set[str]() for each in after}
    for each in after:
        by_development[each.development].add(each.group_key)
    assert all(len(keys) == 1 for keys in by_development.values())
