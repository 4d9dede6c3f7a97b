"""Broken and hostile feeds: each ends in its name, costs little, and stops none of the others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.certificates import Authority, available
from tests.acceptance.faults import NETWORK, SECRET, SOUND, Fault, Served, faults, says, served

from dipwatch.shipped import shipped

CPU = 3.0
"""Seconds of processor time that a fault may cost."""
MEMORY = 150_000_000
"""Bytes by which the process that fetches and parses may grow."""
NAMES = [fault.name for fault in faults("")]
PATIENCE = 110


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """All faults, served; with two feeds among them that are sound."""
    if not available():
        pytest.skip("needs the openssl command, for certificates")
    folder = tmp_path_factory.mktemp("faults")
    secret = folder / "secret"
    secret.write_text(SECRET)
    sound = tuple(Fault(name, says(SOUND), "ok", entries=2) for name in ("sound-one", "sound-two"))
    with served((sound[0], *faults(str(secret)), sound[1]), Authority(folder)) as trouble:
        yield trouble


@dataclass
class Meter:
    process: subprocess.Popen[str]

    def poll(self, url: str) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{url}\n")
        self.process.stdin.flush()
        measured: dict[str, Any] = json.loads(self.process.stdout.readline())
        return measured


@pytest.fixture(scope="module")
def meter(trouble: Served) -> Iterator[Meter]:
    environment = os.environ | {"SSL_CERT_FILE": trouble.trusted}
    command = (sys.executable, "-m", "tests.acceptance.fault_meter", NETWORK)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=shipped("")
    ) as process:
        yield Meter(process)
        assert process.stdin
        process.stdin.close()


@pytest.mark.parametrize("name", NAMES)
def test_each_fault_ends_in_its_name_and_costs_little(trouble: Served, meter: Meter, name: str) -> None:
    fault = next(fault for fault in trouble.faults if fault.name == name)
    measured = meter.poll(trouble.addresses[name])
    assert (measured["outcome"], len(measured["texts"])) == (fault.outcome, fault.entries), measured["detail"]
    assert fault.said in measured["detail"]
    assert all(fault.text in text and SECRET not in text for text in measured["texts"])
    assert measured["cpu"] < CPU
    assert measured["bytes"] < MEMORY


@dataclass
class Site:
    """An installation that polls every fault, and the two sound feeds."""

    command: str
    folder: Path
    trusted: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"SSL_CERT_FILE": self.trusted}
        command = (self.command, "--config", str(self.folder / "dipwatch.toml"), *arguments)
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, env=environment)

    def feeds(self) -> dict[str, dict[str, Any]]:
        return {feed["id"]: feed for feed in json.loads(self.run("feeds", "list", "--format", "json").stdout)}


@pytest.fixture(scope="module")
def troubled(installed: str, trouble: Served, tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("troubled")
    subject = folder / "subjects" / "ukraine"
    shutil.copytree(shipped("config", "subjects", "ukraine"), subject)
    (subject / "feeds.toml").write_text(
        "".join(
            f'[[feed]]\nid = "{fault.name}"\nurl = "{trouble.addresses[fault.name]}"\nsource = "{fault.name}"\n'
            'kind = "wire"\nlanguage = "en"\n'
            for fault in trouble.faults
        )
    )
    (folder / "dipwatch.toml").write_text(
        'subjects_dir = "subjects"\n[polling]\nhost_spacing = "0s"\ndeadline = "2s"\ninterval = "2m"\n'
        f'allow_networks = ["{NETWORK}"]\n'
    )
    return Site(installed, folder, trouble.trusted)


def test_none_of_them_stops_the_others_or_is_told_twice(trouble: Served, troubled: Site) -> None:
    done = troubled.run("poll", "--once", "--upgrade")
    assert done.returncode == 1, done.stderr  # feeds failed, and are named
    assert "Traceback" not in done.stderr
    first = troubled.feeds()
    assert {name: feed["outcome"] for name, feed in first.items()} == {
        fault.name: fault.outcome for fault in trouble.faults
    }
    assert {name: feed["items"] for name, feed in first.items()} == {
        fault.name: fault.entries for fault in trouble.faults
    }
    troubled.run("poll", "--once", "--all")
    assert {name: feed["items"] for name, feed in troubled.feeds().items()} == {
        name: feed["items"] for name, feed in first.items()
    }
