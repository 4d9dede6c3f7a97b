from __future__ import annotations

import pytest
from sqlalchemy import Connection
from tests.review.logged import HOUR, MEETING, NOW, POSITION, TWIN

from dipwatch.errors import UsageError
from dipwatch.review.detail import development
from dipwatch.review.ids import resolve_id
from dipwatch.review.listed import NameBook, Ref
from dipwatch.review.views import DetailView
from dipwatch.store.codec import decode, encode


@pytest.mark.parametrize(
    ("typed", "found"), [(MEETING, MEETING), ("meet", MEETING), (" POSI3 ", POSITION), (TWIN, MEETING), ("tw", MEETING)]
)
def test_an_id_is_found_by_its_beginning_and_a_merged_one_leads_on(log: Connection, typed: str, found: str) -> None:
    assert resolve_id(log, typed) == found


@pytest.mark.parametrize("typed", ["", "zz", "%", "_eet"])
def test_an_unknown_id_is_refused(log: Connection, typed: str) -> None:
    with pytest.raises(UsageError, match="there is no development"):
        resolve_id(log, typed)


def test_the_timeline_holds_every_change_of_it_and_of_what_was_merged_into_it(log: Connection, book: NameBook) -> None:
    detail = development(log, "meet", book)
    told = [(change.type, change.status, change.development) for change in detail.timeline]
    assert told == [
        ("new", "planned", MEETING),
        ("update", "happened", MEETING),
        ("support", "happened", MEETING),
        ("new", "happened", TWIN),
        ("correction", "happened", TWIN),
    ]
    assert detail.merged == (TWIN,)


def test_a_change_carries_what_it_rests_on(log: Connection, book: NameBook) -> None:
    first = development(log, "meet", book).timeline[0]
    assert first.report is not None
    assert first.claim is not None
    assert (first.report.source, first.report.title) == (
        "Bosphorus Wire",
        "Envoys to meet in Istanbul palace on Thursday",
    )
    assert first.claim.evidence == "Envoys will meet at Dolmabahce Palace on Thursday."
    assert (first.claim.quote, first.claim.speaker) == ("We will come.", Ref("sergei-lavrov", "Sergei Lavrov"))
    assert [(part.actor.id, part.role, part.named) for part in first.claim.parts][2] == ("turkey", "host", "an aide")
    assert [novel.sort for novel in first.novel] == ["pair"]
    assert [ref.name for ref in first.novel[0].refs] == ["Sergei Lavrov", "Rustem Umerov"]
    assert (first.tick, len(first.version)) == (1, 16)


def test_a_shift_says_where_the_position_was_and_is(log: Connection, book: NameBook) -> None:
    shift = development(log, POSITION, book).timeline[0].shift
    assert shift is not None
    assert (shift.direction, shift.was, shift.stance) == (
        "softer",
        Ref("demands-all", "demands all of it"),
        Ref("open-to-talks", "open to talks about it"),
    )


def test_deliveries_tell_what_became_of_each_message(log: Connection, book: NameBook) -> None:
    def sent(development_id: str) -> list[tuple[str, str | None, str]]:
        timeline = development(log, development_id, book).timeline
        return [(d.state, d.outcome, d.detail) for change in timeline for d in change.deliveries]

    assert sent(POSITION) == [("dead", "refused", "no such channel")]
    assert sent(MEETING)[0] == ("sent", "sent", "")
    assert sent(MEETING)[-1] == ("waiting", None, "")


def test_sources_and_edited_reports_are_listed(log: Connection, book: NameBook) -> None:
    detail = development(log, MEETING, book)
    assert [(source.source, source.reports) for source in detail.sources] == [
        ("Bosphorus Wire", 2),
        ("Nevskaya Gazeta", 1),
    ]
    assert detail.sources[0].first_at == NOW - 50.5 * HOUR
    assert [(revision.number, revision.title[-8:]) for revision in detail.revisions] == [
        (0, "Thursday"),
        (1, "n Friday"),
    ]


def test_a_detail_is_the_same_after_a_turn_through_json(log: Connection, book: NameBook) -> None:
    detail = development(log, MEETING, book)
    assert decode(DetailView, encode(detail)) == detail
