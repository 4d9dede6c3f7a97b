from __future__ import annotations

from tests.store.build import NOW, SUBJECT

from dipwatch.model import Command
from dipwatch.store.commands import CommandRecord, add_command, list_commands, pending_commands
from dipwatch.store.store import Store


def test_commands_are_kept_in_sequence_by_subject(store: Store) -> None:
    with store.begin() as connection:
        ids = [
            add_command(connection, subject=subject, verb="kind", target="d1", value=value, author="me", at=NOW)
            for subject, value in ((SUBJECT, "meeting"), ("gaza", "contact"), (SUBJECT, "proposal"))
        ]
    assert ids == sorted(ids)
    expected = [
        Command(ids[0], "kind", "d1", "meeting", "me", NOW),
        Command(ids[2], "kind", "d1", "proposal", "me", NOW),
    ]
    with store.connect() as connection:
        assert list(pending_commands(connection, SUBJECT)) == expected
        assert list_commands(connection, SUBJECT) == [CommandRecord(each, SUBJECT, None) for each in expected]
