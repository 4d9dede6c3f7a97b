from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.alerts.samples import NOW

from dipwatch.alerts import words
from dipwatch.alerts.operator import MOST_LINES, compose, plan_notice
from dipwatch.settings import Alerts
from dipwatch.store.troubles import Trouble

ALERTS = Alerts.model_validate({"operator_wait": "1m", "operator_interval": "30m"})
MINUTE = timedelta(minutes=1)
BROKEN = Trouble("feed:north", "broken", "north", "9 failures, the last timeout", NOW)
OVER = replace(BROKEN, told_at=NOW, ended_at=NOW + 90 * MINUTE)


@pytest.mark.parametrize(
    ("trouble", "last", "after", "due"),
    [
        (BROKEN, None, 0, False),
        (BROKEN, None, 1, True),
        (BROKEN, NOW, 1, False),
        (BROKEN, NOW, 30, True),
        (replace(BROKEN, told_at=NOW), None, 600, False),
        (OVER, NOW, 90, False),
        (OVER, NOW, 91, True),
    ],
)
def test_a_trouble_waits_for_company_and_for_its_turn(
    trouble: Trouble,
    last: object,
    after: int,
    due: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    notice = plan_notice([trouble], last, ALERTS, NOW + after * MINUTE)  # type: ignore[arg-type] # a time or None
    assert (notice is not None) is due


def test_nothing_is_told_where_there_is_no_trouble() -> None:
    assert plan_notice([], None, ALERTS, NOW) is None


def test_a_notice_says_what_since_when_and_why() -> None:
    notice = compose([BROKEN])
    assert notice.subject == "feed north is broken"
    assert notice.lines == (
        "1 trouble; `dipwatch status` shows how it stands now",
        "feed north is broken (since 4 May 2026 12:00 UTC): 9 failures, the last timeout",
    )


def test_an_end_says_how_long_it_lasted() -> None:
    notice = compose([OVER])
    assert notice.subject == "feed north works again"
    assert notice.lines[1] == "feed north works again (since 4 May 2026 13:30 UTC, after 1 h)"


def test_what_began_comes_before_what_is_over() -> None:
    notice = compose([OVER, replace(BROKEN, key="receiver:desk", sort="receiver", about="desk")])
    assert notice.subject == "receiver desk takes nothing and 1 more"
    assert notice.lines[0].startswith("1 trouble, 1 over")


def test_many_of_one_sort_are_counted() -> None:
    many = [replace(BROKEN, key=f"feed:{n}", about=f"n{n:02}") for n in range(40)]
    notice = compose(many)
    assert len(notice.lines) == 1 + MOST_LINES + 1
    assert notice.lines[-1] == "and 30 more like it"
    assert notice.told == tuple(many)


def test_every_trouble_that_can_end_has_words_for_it() -> None:
    assert set(words.keys("recovery")) == set(words.keys("trouble")) - {"dead", "lead"}
