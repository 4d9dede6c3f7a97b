"""A real PostgreSQL server for the tests: started for a session, on loopback, in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=100", "shared_buffers=32MB")
BOUND = 30.0
"""Seconds the server may take to start."""


class NoServerError(Exception):
    """No server can be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``password`` is needed by user ``dipwatch`` over TCP."""

    folder: Path
    port: int
    password: str = "loopback-only"  # noqa: S105 (of a server that lives as long as the tests)

    def url(self, database: str) -> str:
        """Return the URL of one of its databases, as it stands in a configuration."""
        return f"postgresql+psycopg://dipwatch:{self.password}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: sql.SQL | sql.Composed) -> None:
        """Run a statement outside of a transaction in the database ``postgres``."""
        place = f"host=127.0.0.1 port={self.port} user=dipwatch password={self.password} dbname=postgres"
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute(statement)

    def create(self, database: str, template: str = "template0") -> None:
        """Create a database as a copy of another one."""
        names = sql.Identifier(database), sql.Identifier(template)
        self.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def drop(self, database: str) -> None:
        """Drop a database, ending what is still connected to it."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


@contextmanager
def running_server() -> Iterator[Server]:
    """Run a server until the block ends. Raises NoServerError where there are no binaries or no user to run them."""
    programs, user = _programs(), _user()
    folder = Path(tempfile.mkdtemp(prefix="dipwatch-postgres-"))
    server = Server(folder, _free_port())
    try:
        if user:
            shutil.chown(folder, user)
        _initialise(programs, server, user)
        process = _start(programs, server, user)
        try:
            _wait(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # its word for: end without waiting for those still connected
            process.wait(timeout=BOUND)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not folders:
        raise NoServerError("no PostgreSQL server here (initdb is neither on PATH nor in /usr/lib/postgresql/*/bin)")
    return max(folders, key=lambda folder: float(folder.parent.name))


def _user() -> str | None:
    """Return the user to run the server as: it refuses root."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError as error:
        raise NoServerError("the tests run as root and there is no user postgres to run a server as") from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _initialise(programs: Path, server: Server, user: str | None) -> None:
    password = server.folder / "password"
    password.write_text(server.password)
    password.chmod(0o644)
    options = ("--username=dipwatch", f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C")
    command = (str(programs / "initdb"), "-D", str(server.folder / "data"), "--no-sync", *options)
    result = _run(command, server, user)
    if result.returncode:
        raise NoServerError(f"initdb failed: {result.stderr.strip()[-300:]}")


def _run(command: Sequence[str], server: Server, user: str | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=server.folder, user=user, capture_output=True, text=True, check=False, timeout=120
    )


def _start(programs: Path, server: Server, user: str | None) -> subprocess.Popen[bytes]:
    sockets = f"unix_socket_directories={server.folder}"
    settings = ("listen_addresses=127.0.0.1", f"port={server.port}", sockets, *SETTINGS)
    options = [word for setting in settings for word in ("-c", setting)]
    command = (str(programs / "postgres"), "-D", str(server.folder / "data"), *options)
    with (server.folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=server.folder, user=user, stdout=log, stderr=log)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + BOUND
    while time.monotonic() < end and process.poll() is None:
        try:
            server.execute(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise NoServerError(f"the server did not start: {(server.folder / 'log').read_text(errors='replace')[-500:]}")
