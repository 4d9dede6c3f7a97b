"""Commands: a user's words on the log, from any process; the leader applies them in a tick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from dipwatch.model import Command
from dipwatch.store.schema import command_table


@dataclass(frozen=True, slots=True)
class CommandRecord:
    """A command with the leader's answer, None until it was applied."""

    command: Command
    subject: str
    answer: str | None


def add_command(
    connection: Connection, *, subject: str, verb: str, target: str, value: str, author: str, at: datetime
) -> int:
    """Append a command and return its id."""
    values = {"subject": subject, "verb": verb, "target": target, "value": value, "author": author, "at": at}
    return connection.execute(insert(command_table).values(values).returning(command_table.c.id)).scalar_one()


def list_commands(connection: Connection, subject: str) -> list[CommandRecord]:
    """Return every command on a subject, in sequence."""
    query = select(command_table).where(command_table.c.subject == subject).order_by(command_table.c.id)
    return [CommandRecord(command_of(row), row.subject, row.answer) for row in connection.execute(query)]


def pending_commands(connection: Connection, subject: str) -> tuple[Command, ...]:
    """Return the commands on a subject that no tick has taken, in sequence."""
    query = select(command_table).where(command_table.c.subject == subject, command_table.c.tick_id.is_(None))
    return tuple(command_of(row) for row in connection.execute(query.order_by(command_table.c.id)))


def command_of(row: Any) -> Command:  # noqa: ANN401 (a row of the commands table)
    """Return the command of a row."""
    return Command(row.id, row.verb, row.target, row.value, row.author, row.at)
