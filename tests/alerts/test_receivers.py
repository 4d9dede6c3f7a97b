from __future__ import annotations

import io
from pathlib import Path

import pytest

from dipwatch.alerts.receivers import check_receivers
from dipwatch.settings import Receiver

SECRET = "T0SECRET0"  # noqa: S105 (what must not be found)


def problems(url: str, **environ: str) -> list[str]:
    return [str(problem) for problem in check_receivers((Receiver(name="desk", url=url),), environ=environ)]


@pytest.mark.parametrize(
    ("url", "environ"),
    [
        ("console:", {}),
        (f"slack://{SECRET}/B0/XX", {}),
        ("env:DESK_URL", {"DESK_URL": f"https://hooks.slack.com/services/{SECRET}/B0/XX"}),
        (f"mailtos://user:{SECRET}@mail.example", {}),
        ("jsons://user:pw@desk.example/hook", {}),
    ],
)
def test_what_apprise_takes_has_no_problems(url: str, environ: dict[str, str]) -> None:
    assert problems(url, **environ) == []


@pytest.mark.parametrize(
    ("url", "environ", "told"),
    [
        ("env:DESK_URL", {}, "receiver desk: env:DESK_URL: this environment variable is not set"),
        ("env:DESK_URL", {"DESK_URL": f"slakc://{SECRET}"}, "receiver desk: apprise doesn't take its URL"),
        (f"slack://{SECRET}", {}, "receiver desk: apprise doesn't take its URL"),
        (f"smtp2://{SECRET}@", {}, "receiver desk: apprise doesn't take its URL"),
    ],
)
def test_what_is_wrong_is_told_without_the_secret(
    url: str, environ: dict[str, str], told: str, root_log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    (problem,) = problems(url, **environ)
    assert problem.startswith(told)
    printed = "".join(capfd.readouterr())
    assert SECRET not in problem + root_log.getvalue() + printed


def test_a_secret_file_that_is_missing_is_named(tmp_path: Path) -> None:
    (problem,) = problems(f"file:{tmp_path}/desk")
    assert problem.startswith(f"receiver desk: file:{tmp_path}/desk: can't read")
